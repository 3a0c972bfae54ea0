-- Answers given to requests that carried an Idempotency-Key, kept for a day.
CREATE TABLE idempotency (
  user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key        TEXT    NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request    BLOB    NOT NULL CHECK (length(request) = 32), -- hash of method, target and body
  status     INTEGER,                                       -- NULL while it runs
  body       TEXT,
  location   TEXT,                                          -- of the header Location
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Answers under an Idempotency-Key may hold what is shown only once, and requests a password: both are kept sealed. The
-- old table held a day's worth.
DROP TABLE idempotency;
CREATE TABLE idempotency (
  user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key        TEXT    NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request    BLOB    NOT NULL, -- sealed hash of method, target and body
  status     INTEGER,          -- NULL while it runs
  body       BLOB,             -- sealed
  location   TEXT,             -- of the header Location
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- What sessions keep on disk (federation/PROTOCOL.md, "Sessions" and "Private API"). Session keys are never stored.

-- Auth requests that were taken: the same bytes are not taken again for as long as their timestamp would be.
CREATE TABLE session_auths (
  request_hash  BLOB NOT NULL PRIMARY KEY CHECK (length(request_hash) = 32),
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  forget_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_auths_by_time ON session_auths (forget_at);
CREATE INDEX session_auths_by_connection ON session_auths (connection_id);

-- Notifications that were taken, so that each is acted on once.
CREATE TABLE peer_events (
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  event_id      TEXT NOT NULL CHECK (length(event_id) = 26),
  taken_at      INTEGER NOT NULL,
  PRIMARY KEY (connection_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX peer_events_by_time ON peer_events (connection_id, taken_at);

-- Notifications that still have to be delivered, oldest first.
CREATE TABLE share_notices (
  id            INTEGER PRIMARY KEY,
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  event_id      TEXT NOT NULL UNIQUE CHECK (length(event_id) = 26),
  body          TEXT NOT NULL CHECK (length(body) <= 65536)
) STRICT;
CREATE INDEX share_notices_by_connection ON share_notices (connection_id, id);

-- What peers told last of the assets they share with users here.
CREATE TABLE told_assets (
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  asset_id      TEXT NOT NULL CHECK (length(asset_id) = 26),
  name          TEXT NOT NULL,
  size          INTEGER NOT NULL CHECK (size >= 0),
  media_type    TEXT NOT NULL,
  kind          TEXT NOT NULL,
  digest        BLOB NOT NULL CHECK (length(digest) = 32),
  created_at    INTEGER NOT NULL,
  shared_at     INTEGER NOT NULL,
  expires_at    INTEGER,
  etag          TEXT NOT NULL,
  has_thumbnail INTEGER NOT NULL CHECK (has_thumbnail IN (0, 1)),
  told_at       INTEGER NOT NULL,
  PRIMARY KEY (connection_id, asset_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_assets_by_share ON told_assets (connection_id, shared_at, asset_id);

-- Users, their log-ins, the secrets that sign tokens, one-time links, and the audit log.

-- Everybody this instance knows by name: its own people, and those elsewhere with whom somebody here has a connection.
CREATE TABLE users (
  id            TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  handle        TEXT NOT NULL CHECK (handle NOT GLOB '*[^a-z0-9._-]*' AND
                (is_local = 1 AND length(handle) BETWEEN 3 AND 32 OR is_local = 0 AND length(handle) BETWEEN 1 AND 64)),
  domain        TEXT CHECK (length(domain) BETWEEN 1 AND 300),  -- NULL: lives here
  is_local      INTEGER NOT NULL CHECK (is_local IN (0, 1)),
  email         TEXT COLLATE NOCASE CHECK (length(email) BETWEEN 3 AND 254),
  password_hash TEXT CHECK (length(password_hash) <= 200),      -- Argon2id in PHC form
  first_name    TEXT NOT NULL DEFAULT '',
  last_name     TEXT NOT NULL DEFAULT '',
  organization  TEXT,
  permission    TEXT NOT NULL CHECK (permission IN ('none', 'user_registration', 'user', 'admin')),
  state         TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
  quota_bytes   INTEGER NOT NULL CHECK (quota_bytes >= 0),
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  CHECK ((is_local = 1) = (domain IS NULL)),
  -- Nobody from elsewhere can log in here.
  CHECK (is_local = 1 OR (email IS NULL AND password_hash IS NULL AND permission = 'none')),
  CHECK (is_local = 0 OR email IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX users_by_local_handle ON users (handle) WHERE domain IS NULL;
CREATE UNIQUE INDEX users_by_address ON users (domain, handle) WHERE domain IS NOT NULL;
CREATE INDEX users_admins ON users (id) WHERE permission = 'admin';
CREATE UNIQUE INDEX users_by_email ON users (email) WHERE email IS NOT NULL;

-- What signs tokens. One row is current (retired_at IS NULL); retired ones verify until the last token they signed ran out.
CREATE TABLE token_secrets (
  id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  sealed       BLOB NOT NULL,
  created_at   INTEGER NOT NULL,
  retired_at   INTEGER,
  verify_until INTEGER,
  CHECK ((retired_at IS NULL) = (verify_until IS NULL))
) STRICT;
CREATE UNIQUE INDEX token_secrets_one_current ON token_secrets ((retired_at IS NULL)) WHERE retired_at IS NULL;

-- The live log-ins. Renewal puts the new token's hash in the place of the old one's.
CREATE TABLE log_ins (
  id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  token_hash   BLOB NOT NULL CHECK (length(token_hash) = 32),
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  logged_in_at INTEGER NOT NULL,
  issued_at    INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  client       TEXT NOT NULL CHECK (length(client) <= 64),
  user_agent   TEXT NOT NULL CHECK (length(user_agent) <= 256)
) STRICT;
CREATE UNIQUE INDEX log_ins_by_token ON log_ins (token_hash);
CREATE INDEX log_ins_by_user ON log_ins (user_id, issued_at);
CREATE INDEX log_ins_by_expiry ON log_ins (expires_at);

-- Links that log in once (user_id set) or make the first admin (user_id NULL).
CREATE TABLE login_links (
  token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
  user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX login_links_by_user ON login_links (user_id);
CREATE INDEX login_links_by_expiry ON login_links (expires_at);

-- Who did what, when, from where. Names users by text, not by reference: entries outlive accounts.
CREATE TABLE audit_log (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL CHECK (length(actor) <= 320),
  action  TEXT NOT NULL CHECK (length(action) <= 64),
  subject TEXT NOT NULL CHECK (length(subject) <= 320),
  client  TEXT NOT NULL CHECK (length(client) <= 64),
  detail  TEXT NOT NULL CHECK (length(detail) <= 1024)
) STRICT;
CREATE INDEX audit_log_by_time ON audit_log (at);

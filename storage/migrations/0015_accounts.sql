-- Registration, changes of the e-mail address, the second factor, API tokens, mails that wait, and alerts.

ALTER TABLE users ADD COLUMN language TEXT CHECK (length(language) <= 16);  -- of mails; NULL: English
-- Set once the account was deleted: names and password are gone then, the row goes when its address gets free.
ALTER TABLE users ADD COLUMN deleted_at INTEGER;
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
-- The latest log-in or renewal; it outlives the log-in.
ALTER TABLE users ADD COLUMN last_seen_at INTEGER;
CREATE TRIGGER log_ins_seen AFTER INSERT ON log_ins BEGIN
  UPDATE users SET last_seen_at = NEW.issued_at WHERE id = NEW.user_id;
END;
CREATE TRIGGER log_ins_seen_again AFTER UPDATE OF issued_at ON log_ins BEGIN
  UPDATE users SET last_seen_at = NEW.issued_at WHERE id = NEW.user_id;
END;
UPDATE users SET last_seen_at = (SELECT max(issued_at) FROM log_ins WHERE user_id = users.id);

-- Who asked for an account and has not proven the e-mail address yet. A taken address is written down the same way, with
-- no token that could ever prove it, so that nobody can tell.
CREATE TABLE registrations (
  id            TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),   -- the user's, once there is one
  email         TEXT NOT NULL COLLATE NOCASE CHECK (length(email) BETWEEN 3 AND 254),
  handle        TEXT CHECK (length(handle) BETWEEN 3 AND 32),         -- NULL: one is made from the address in the end
  password_hash TEXT NOT NULL CHECK (length(password_hash) <= 200),
  first_name    TEXT NOT NULL,
  last_name     TEXT NOT NULL,
  organization  TEXT,
  language      TEXT CHECK (length(language) <= 16),
  token_hash    BLOB CHECK (length(token_hash) = 32),                -- NULL: the address was taken
  expires_at    INTEGER NOT NULL,                                    -- of the token
  created_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX registrations_by_token ON registrations (token_hash) WHERE token_hash IS NOT NULL;
CREATE UNIQUE INDEX registrations_by_handle ON registrations (handle);
CREATE UNIQUE INDEX registrations_by_email ON registrations (email);
CREATE INDEX registrations_by_age ON registrations (created_at);

-- The right to register once: given for a solved challenge.
CREATE TABLE registration_tokens (
  token_hash  BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
  invite_hash BLOB CHECK (length(invite_hash) = 32),
  expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX registration_tokens_by_expiry ON registration_tokens (expires_at);

-- Invites to register here, made by admins; each is for one account.
CREATE TABLE registration_invites (
  id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  made_by    TEXT NOT NULL,
  note       TEXT NOT NULL CHECK (length(note) <= 200),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX registration_invites_by_expiry ON registration_invites (expires_at);

-- The address somebody wants in the place of the one they have; one a user.
CREATE TABLE email_changes (
  user_id    TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  email      TEXT NOT NULL COLLATE NOCASE CHECK (length(email) BETWEEN 3 AND 254),
  token_hash BLOB CHECK (length(token_hash) = 32),                   -- NULL: that address was taken
  expires_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX email_changes_by_token ON email_changes (token_hash) WHERE token_hash IS NOT NULL;

-- Forgotten passwords. A few a user, so that nobody ends a link by asking for another.
CREATE TABLE password_resets (
  token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX password_resets_by_user ON password_resets (user_id);

-- Time-based one-time passwords (RFC 6238). One that is not confirmed asks nobody for anything.
CREATE TABLE second_factors (
  user_id      TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  sealed       BLOB NOT NULL,
  last_step    INTEGER NOT NULL,       -- the time step of the code taken last: none is taken twice
  created_at   INTEGER NOT NULL,
  confirmed_at INTEGER
) STRICT;
CREATE TABLE recovery_codes (
  user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
  PRIMARY KEY (user_id, code_hash)
) STRICT;

-- Tokens of scripts. `scopes` is a set of bits, see accounts/scopes.hpp.
CREATE TABLE api_tokens (
  id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  token_hash   BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  scopes       INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  last_used_at INTEGER,
  last_client  TEXT CHECK (length(last_client) <= 64)
) STRICT;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);

-- Mails that wait for the mail server. What they say holds tokens, so it is sealed.
CREATE TABLE mails (
  id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  recipient  TEXT NOT NULL COLLATE NOCASE CHECK (length(recipient) BETWEEN 3 AND 254),
  kind       TEXT NOT NULL CHECK (length(kind) <= 64),
  sealed     BLOB NOT NULL CHECK (length(sealed) <= 65536),
  created_at INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  give_up_at INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  tried_at   INTEGER,                                                -- the last time
  held_up    INTEGER NOT NULL DEFAULT 0,                             -- the server could not be reached or used then
  last_error TEXT CHECK (length(last_error) <= 500)
) STRICT;
CREATE INDEX mails_by_due ON mails (due_at);
-- How many mails an address was sent lately, for the bound on that.
CREATE TABLE mails_sent (
  recipient TEXT NOT NULL COLLATE NOCASE,
  kind      TEXT NOT NULL,
  notice    INTEGER NOT NULL,   -- about the recipient's own account; strangers can't cause it
  at        INTEGER NOT NULL
) STRICT;
CREATE INDEX mails_sent_by_recipient ON mails_sent (recipient, at);
CREATE INDEX mails_sent_by_time ON mails_sent (at);

-- What admins should look at. Equal ones (kind, about) are one row, which is announced once a day at most.
CREATE TABLE alerts (
  kind     TEXT NOT NULL CHECK (length(kind) <= 64),
  about    TEXT NOT NULL CHECK (length(about) <= 320),
  detail   TEXT NOT NULL CHECK (length(detail) <= 1024),
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  told_at  INTEGER NOT NULL,            -- when it was announced last
  tell_at  INTEGER,                     -- when the webhook is tried next; NULL: it knows, or never will
  attempts INTEGER NOT NULL DEFAULT 0,  -- of the webhook, since told_at
  PRIMARY KEY (kind, about)
) STRICT;
CREATE INDEX alerts_by_time ON alerts (last_at);
CREATE INDEX alerts_to_tell ON alerts (tell_at) WHERE tell_at IS NOT NULL;

-- Exchanges with people who have no account (assets/).

-- `state` is the last step of assets/exchange_states.hpp; that an exchange has expired follows from its time.
CREATE TABLE exchanges (
  id            TEXT PRIMARY KEY CHECK (length(id) = 26),
  owner         TEXT NOT NULL REFERENCES users (id),
  direction     TEXT NOT NULL CHECK (direction IN ('send', 'receive')),
  state         TEXT NOT NULL CHECK (state IN ('open', 'uploading', 'available', 'exhausted', 'revoked')),
  finished      INTEGER NOT NULL CHECK (finished IN (0, 1)),        -- takes no more files
  encrypted     INTEGER NOT NULL CHECK (encrypted IN (0, 1)),
  note          TEXT CHECK (length(note) <= 1000),
  password_hash TEXT CHECK (length(password_hash) <= 200),          -- Argon2id in PHC form
  upload_hash   BLOB CHECK (length(upload_hash) = 32),              -- SHA-256 of the token; NULL: there is none
  download_hash BLOB CHECK (length(download_hash) = 32),
  max_downloads INTEGER CHECK (max_downloads >= 1),                 -- of each file
  max_files     INTEGER NOT NULL CHECK (max_files >= 1),
  max_size      INTEGER CHECK (max_size >= 0),                      -- of all files together
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL,
  CHECK (upload_hash IS NOT NULL OR download_hash IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX exchanges_by_upload_token ON exchanges (upload_hash) WHERE upload_hash IS NOT NULL;
CREATE UNIQUE INDEX exchanges_by_download_token ON exchanges (download_hash) WHERE download_hash IS NOT NULL;
CREATE INDEX exchanges_listed ON exchanges (owner, id);
CREATE INDEX exchanges_expiring ON exchanges (expires_at);
CREATE INDEX exchanges_by_state ON exchanges (state);

-- Files in an exchange. One with an `owner` is a name of that owner's content, like a version of an asset; without,
-- the content belongs to an asset, or was erased.
CREATE TABLE exchange_files (
  exchange    TEXT NOT NULL REFERENCES exchanges (id) ON DELETE CASCADE,
  number      INTEGER NOT NULL CHECK (number >= 1),
  owner       TEXT,
  digest      BLOB NOT NULL CHECK (length(digest) = 32),
  strip       TEXT CHECK (strip IN ('location', 'all')),            -- what outsiders get goes without it
  shown       BLOB CHECK (length(shown) = 32),                      -- and has this digest; NULL: it is the content itself
  size        INTEGER NOT NULL CHECK (size >= 0),                   -- of what outsiders get
  name        TEXT NOT NULL CHECK (length(name) > 0),
  sealed_name TEXT CHECK (length(sealed_name) <= 2048),
  media_type  TEXT NOT NULL,
  asset       TEXT REFERENCES assets (id) ON DELETE SET NULL,       -- where it landed, or was taken from
  downloads   INTEGER NOT NULL DEFAULT 0 CHECK (downloads >= 0),    -- whole ones
  fetched     TEXT NOT NULL DEFAULT '' CHECK (length(fetched) <= 4096),  -- ranges sent since, on all addresses
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (exchange, number),
  FOREIGN KEY (owner, digest) REFERENCES blobs (owner, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_files_by_blob ON exchange_files (owner, digest) WHERE owner IS NOT NULL;
CREATE INDEX exchange_files_by_asset ON exchange_files (asset) WHERE asset IS NOT NULL;

CREATE TRIGGER exchange_files_name_blob AFTER INSERT ON exchange_files WHEN NEW.owner IS NOT NULL BEGIN
  UPDATE blobs SET names = names + 1 WHERE owner = NEW.owner AND digest = NEW.digest;
END;
CREATE TRIGGER exchange_files_unname_blob AFTER DELETE ON exchange_files WHEN OLD.owner IS NOT NULL BEGIN
  UPDATE blobs SET names = names - 1 WHERE owner = OLD.owner AND digest = OLD.digest;
END;
CREATE TRIGGER exchange_files_erase AFTER UPDATE OF owner ON exchange_files
  WHEN OLD.owner IS NOT NULL AND NEW.owner IS NULL BEGIN
  UPDATE blobs SET names = names - 1 WHERE owner = OLD.owner AND digest = OLD.digest;
END;

-- What stands behind each presigned address: leave to bring one file or to fetch some. While it is used it holds a
-- place: `running` until this process ends it or `held_until`, `kept` (a resumable upload) until then in any process.
CREATE TABLE exchange_tickets (
  id          TEXT PRIMARY KEY CHECK (length(id) = 26),
  exchange    TEXT NOT NULL REFERENCES exchanges (id) ON DELETE CASCADE,
  purpose     TEXT NOT NULL CHECK (purpose IN ('upload', 'download')),
  name        TEXT NOT NULL DEFAULT '',                             -- upload: of the file
  sealed_name TEXT CHECK (length(sealed_name) <= 2048),
  first_file  INTEGER NOT NULL DEFAULT 0,                           -- download: the numbers
  last_file   INTEGER NOT NULL DEFAULT 0,
  is_archive  INTEGER NOT NULL DEFAULT 0 CHECK (is_archive IN (0, 1)),
  size        INTEGER NOT NULL CHECK (size >= 0),
  expires_at  INTEGER NOT NULL,
  held        TEXT NOT NULL DEFAULT 'no' CHECK (held IN ('no', 'running', 'kept')),
  held_until  INTEGER,                                              -- NULL with 'running': as long as it runs
  fetched     TEXT NOT NULL DEFAULT '' CHECK (length(fetched) <= 4096),  -- download: ranges sent so far
  spent       INTEGER NOT NULL DEFAULT 0 CHECK (spent IN (0, 1))    -- download: counted
) STRICT;
CREATE INDEX exchange_tickets_of_exchange ON exchange_tickets (exchange, purpose, held);
CREATE INDEX exchange_tickets_expiring ON exchange_tickets (expires_at);
CREATE INDEX exchange_tickets_held ON exchange_tickets (held, held_until);

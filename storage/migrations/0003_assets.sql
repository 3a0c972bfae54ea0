-- Content, the assets it belongs to, and who may see them (assets/).

-- One row for each content an owner has, whatever number of assets and versions it is in. `names` counts the rows that
-- name it; triggers keep it, also when rows go by a cascade. The file of a blob without names is removed first, its row
-- after that. The owner is no foreign key: an account may go before its files are.
CREATE TABLE blobs (
  owner TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),  -- SHA-256
  size INTEGER NOT NULL CHECK (size >= 0),
  names INTEGER NOT NULL DEFAULT 0 CHECK (names >= 0),
  PRIMARY KEY (owner, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_unnamed ON blobs (owner, digest) WHERE names = 0;

CREATE TABLE assets (
  id TEXT PRIMARY KEY CHECK (length(id) = 26),
  owner TEXT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL CHECK (length(name) > 0),
  name_folded TEXT NOT NULL,                         -- what names are searched in: lower case
  kind TEXT NOT NULL CHECK (kind IN ('photo', 'video', 'audio', 'document', 'other')),
  version INTEGER NOT NULL CHECK (version >= 1),     -- the newest one's number
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER                                 -- can be restored until the sweep takes it
) STRICT;
CREATE UNIQUE INDEX assets_name ON assets (owner, name) WHERE deleted_at IS NULL;
CREATE INDEX assets_listed ON assets (owner, id) WHERE deleted_at IS NULL;
CREATE INDEX assets_listed_by_kind ON assets (owner, kind, id) WHERE deleted_at IS NULL;
CREATE INDEX assets_deleted ON assets (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX assets_of_owner ON assets (owner, deleted_at);

CREATE TABLE asset_versions (
  asset TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number >= 1),
  owner TEXT NOT NULL,
  digest BLOB NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  media_type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  superseded_at INTEGER,                             -- since when a newer one stands in its place
  PRIMARY KEY (asset, number),
  FOREIGN KEY (owner, digest) REFERENCES blobs (owner, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_versions_by_blob ON asset_versions (owner, digest);
CREATE INDEX asset_versions_superseded ON asset_versions (superseded_at) WHERE superseded_at IS NOT NULL;

CREATE TRIGGER asset_versions_name_blob AFTER INSERT ON asset_versions BEGIN
  UPDATE blobs SET names = names + 1 WHERE owner = NEW.owner AND digest = NEW.digest;
END;
CREATE TRIGGER asset_versions_unname_blob AFTER DELETE ON asset_versions BEGIN
  UPDATE blobs SET names = names - 1 WHERE owner = OLD.owner AND digest = OLD.digest;
END;

-- One row for each asset and viewer; a viewer lives here or on another instance.
CREATE TABLE shares (
  id TEXT PRIMARY KEY CHECK (length(id) = 26),
  owner TEXT NOT NULL REFERENCES users (id),
  viewer TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  asset TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  shared_at INTEGER NOT NULL,
  expires_at INTEGER,
  UNIQUE (viewer, asset),
  CHECK (owner <> viewer)
) STRICT;
CREATE INDEX shares_by_owner ON shares (owner, id);
CREATE INDEX shares_by_viewer ON shares (viewer, id);
CREATE INDEX shares_between ON shares (viewer, owner, id);
CREATE INDEX shares_of_asset ON shares (asset);
CREATE INDEX shares_expiring ON shares (expires_at) WHERE expires_at IS NOT NULL;

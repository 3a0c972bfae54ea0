-- What was read out of photos: when and with what they were taken, and whether there are thumbnails (assets/).

-- One row for each content that may be a photo, from the moment it is named; triggers keep them, whoever names it.
CREATE TABLE photos (
  owner TEXT NOT NULL,
  digest BLOB NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'ready', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,               -- counted before each one, so that a crash counts
  width INTEGER,                                     -- upright
  height INTEGER,
  captured_at TEXT,                                  -- as the camera's clock showed it, core/wall_time.hpp
  captured_ms INTEGER,                               -- the same as a number
  camera TEXT,
  has_location INTEGER NOT NULL DEFAULT 0 CHECK (has_location IN (0, 1)),
  PRIMARY KEY (owner, digest),
  FOREIGN KEY (owner, digest) REFERENCES blobs (owner, digest) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX photos_waiting ON photos (attempts) WHERE state = 'waiting';

-- Thumbnails whose photo is gone: their files go next.
CREATE TABLE photos_gone (
  owner TEXT NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (owner, digest)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER photos_leave_thumbnails AFTER DELETE ON photos BEGIN
  INSERT OR IGNORE INTO photos_gone (owner, digest) VALUES (OLD.owner, OLD.digest);
END;

-- What photos are sorted by: the time they were taken, or came here where that is not known.
ALTER TABLE assets ADD COLUMN taken_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX assets_by_time ON assets (owner, kind, taken_at, id) WHERE deleted_at IS NULL;

CREATE TRIGGER asset_versions_await_photo AFTER INSERT ON asset_versions BEGIN
  INSERT OR IGNORE INTO photos (owner, digest) SELECT NEW.owner, NEW.digest WHERE NEW.media_type IN
    ('image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/tiff', 'image/heic', 'image/heif', 'image/avif');
  UPDATE assets SET taken_at = coalesce(
    (SELECT p.captured_ms FROM photos p WHERE p.owner = NEW.owner AND p.digest = NEW.digest), created_at)
    WHERE id = NEW.asset;
END;
CREATE TRIGGER photos_date_assets AFTER UPDATE OF captured_ms ON photos BEGIN
  UPDATE assets SET taken_at = coalesce(NEW.captured_ms, created_at) WHERE id IN (
    SELECT v.asset FROM asset_versions v JOIN assets a ON a.id = v.asset AND a.version = v.number
    WHERE v.owner = NEW.owner AND v.digest = NEW.digest);
END;

-- What is here already.
INSERT INTO photos (owner, digest) SELECT DISTINCT owner, digest FROM asset_versions WHERE media_type IN
  ('image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/tiff', 'image/heic', 'image/heif', 'image/avif');
UPDATE assets SET taken_at = created_at;

-- What peers tell of photos.
ALTER TABLE told_assets ADD COLUMN captured_at TEXT;
ALTER TABLE told_assets ADD COLUMN width INTEGER;
ALTER TABLE told_assets ADD COLUMN height INTEGER;
ALTER TABLE told_assets ADD COLUMN camera TEXT;

-- Albums, and what shares leave out of photos (assets/).

CREATE TABLE albums (
  id TEXT PRIMARY KEY CHECK (length(id) = 26),
  owner TEXT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL CHECK (length(name) > 0),
  cover TEXT REFERENCES assets (id) ON DELETE SET NULL,  -- the one that was chosen; counts while it is in the album
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX albums_by_owner ON albums (owner, id);
CREATE INDEX albums_by_cover ON albums (cover) WHERE cover IS NOT NULL;

-- What is in them, in the order of `position`. A deleted asset keeps its place for as long as it can be restored.
CREATE TABLE album_assets (
  album TEXT NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
  asset TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  PRIMARY KEY (album, asset)
) STRICT, WITHOUT ROWID;
CREATE INDEX album_assets_in_order ON album_assets (album, position, asset);
CREATE INDEX album_assets_of_asset ON album_assets (asset);

-- Albums as a whole: each asset in one is shown to these viewers, by a row of `shares`.
CREATE TABLE album_shares (
  id TEXT PRIMARY KEY CHECK (length(id) = 26),
  album TEXT NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
  owner TEXT NOT NULL REFERENCES users (id),
  viewer TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  shared_at INTEGER NOT NULL,
  expires_at INTEGER,
  strip TEXT NOT NULL CHECK (strip IN ('none', 'location', 'all')),
  UNIQUE (album, viewer),
  CHECK (owner <> viewer)
) STRICT;
CREATE INDEX album_shares_between ON album_shares (viewer, owner);
CREATE INDEX album_shares_by_owner ON album_shares (owner);
CREATE INDEX album_shares_expiring ON album_shares (expires_at) WHERE expires_at IS NOT NULL;

-- A share stands for all that show the asset to the viewer: the owner's own act (is_own, own_…), and albums. expires_at,
-- strip and album are what follows from them together; assets/share_sources.cpp alone writes them. Shares from before
-- showed the content as it is, and still do.
ALTER TABLE shares ADD COLUMN strip TEXT NOT NULL DEFAULT 'none' CHECK (strip IN ('none', 'location', 'all'));
ALTER TABLE shares ADD COLUMN album TEXT REFERENCES albums (id) ON DELETE SET NULL;  -- whose name the viewer is told
ALTER TABLE shares ADD COLUMN is_own INTEGER NOT NULL DEFAULT 1 CHECK (is_own IN (0, 1));
ALTER TABLE shares ADD COLUMN own_expires_at INTEGER;
ALTER TABLE shares ADD COLUMN own_strip TEXT NOT NULL DEFAULT 'none' CHECK (own_strip IN ('none', 'location', 'all'));
UPDATE shares SET own_expires_at = expires_at;
CREATE INDEX shares_own_by_owner ON shares (owner, id) WHERE is_own = 1;
CREATE INDEX shares_of_album ON shares (album) WHERE album IS NOT NULL;
CREATE INDEX shares_own_expiring ON shares (own_expires_at) WHERE own_expires_at IS NOT NULL;

-- The album's name a peer told with an asset.
ALTER TABLE told_assets ADD COLUMN album TEXT;

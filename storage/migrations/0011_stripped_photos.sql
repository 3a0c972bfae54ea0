-- What a photo's content is without what a share leaves out of it (assets/). Nothing is stored twice: the bytes are made
-- of the original's as they are read; here stands what they come to. A missing row is not known yet; a row without a
-- digest says that it can't be left out of this content. A later change of what is left out must empty this table.
CREATE TABLE stripped_photos (
  owner TEXT NOT NULL,
  digest BLOB NOT NULL,                              -- of the original
  mode TEXT NOT NULL CHECK (mode IN ('location', 'all')),
  stripped_digest BLOB CHECK (stripped_digest IS NULL OR length(stripped_digest) = 32),
  size INTEGER NOT NULL CHECK (size >= 0),           -- of what is left
  PRIMARY KEY (owner, digest, mode),
  FOREIGN KEY (owner, digest) REFERENCES blobs (owner, digest) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

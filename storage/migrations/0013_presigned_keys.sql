-- Keys of presigned URLs (daemon/). One row is current (retired_at IS NULL); retired ones verify until the last URL they signed ran out.
CREATE TABLE presigned_keys (
  id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  sealed       BLOB NOT NULL,
  created_at   INTEGER NOT NULL,
  retired_at   INTEGER,
  verify_until INTEGER,
  CHECK ((retired_at IS NULL) = (verify_until IS NULL))
) STRICT;
CREATE UNIQUE INDEX presigned_keys_one_current ON presigned_keys ((retired_at IS NULL)) WHERE retired_at IS NULL;

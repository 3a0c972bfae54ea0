-- When things an operator does outside of everyday work were last done: one row for each kind (storage/operations.hpp).
CREATE TABLE operations (
  name        TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32),
  finished_at INTEGER NOT NULL,
  detail      TEXT NOT NULL CHECK (length(detail) <= 4096)  -- a small JSON object
) STRICT;

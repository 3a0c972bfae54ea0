-- Uploads that go on after a break (assets/). While one is open its whole size counts towards the owner's quota. Its row
-- stays for a while after its end, so that a client whose answer was lost hears how it ended.
CREATE TABLE resumable_uploads (
  id TEXT PRIMARY KEY CHECK (length(id) = 26),
  owner TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  target TEXT NOT NULL,                              -- where the content goes when it is whole: 'catalogue', …
  reference TEXT NOT NULL,                           -- what the target knows it by; empty for the catalogue
  name TEXT NOT NULL,
  metadata TEXT NOT NULL,                            -- as the client sent it
  size INTEGER NOT NULL CHECK (size >= 0),           -- as declared
  received INTEGER NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),  -- on the disk for sure
  state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'ended')),       -- ended: given up, run out or lost
  asset TEXT,                                        -- what it became, where that is an asset
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL                        -- of an open one; the others are forgotten then
) STRICT;
CREATE INDEX resumable_uploads_of_owner ON resumable_uploads (owner, state, id);
CREATE INDEX resumable_uploads_expiring ON resumable_uploads (expires_at);
CREATE INDEX resumable_uploads_of_target ON resumable_uploads (target, reference);

-- How this instance is known, and what it knows of others. Times are Unix milliseconds.

-- The instance key: one row, made at the first start. The seed is sealed under purpose 'instance key', id the number.
CREATE TABLE own_instance_key (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 16),
  public_key BLOB NOT NULL CHECK (length(public_key) = 32),
  sealed_seed BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- How the instance key came about, as sent: one statement a change of key.
CREATE TABLE own_key_statements (
  number INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 16),
  domain TEXT NOT NULL,
  old_key BLOB NOT NULL CHECK (length(old_key) = 32),
  new_key BLOB NOT NULL CHECK (length(new_key) = 32),
  made_at INTEGER NOT NULL,
  old_signature BLOB NOT NULL CHECK (length(old_signature) = 64),
  new_signature BLOB NOT NULL CHECK (length(new_signature) = 64)
) STRICT;

-- Other instances, by domain. A key is pinned ('web_authority', 'admin') or only the one seen last ('provisional').
CREATE TABLE instances (
  domain TEXT PRIMARY KEY CHECK (length(domain) BETWEEN 1 AND 300),
  pin TEXT NOT NULL CHECK (pin IN ('none', 'provisional', 'web_authority', 'admin')),
  instance_key BLOB CHECK (length(instance_key) = 32),
  key_number INTEGER NOT NULL DEFAULT 0 CHECK (key_number >= 0),
  offered_key BLOB CHECK (length(offered_key) = 32),
  name TEXT NOT NULL DEFAULT '',
  software TEXT NOT NULL DEFAULT '',
  scheme TEXT NOT NULL DEFAULT 'unknown' CHECK (scheme IN ('unknown', 'https', 'http')),
  https_only INTEGER NOT NULL DEFAULT 0 CHECK (https_only IN (0, 1)),
  blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
  in_use INTEGER NOT NULL DEFAULT 0 CHECK (in_use IN (0, 1)),
  alert TEXT,
  alert_at INTEGER,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER,
  down_since INTEGER,
  last_error TEXT,
  CHECK ((pin = 'none') = (instance_key IS NULL)),
  CHECK ((alert IS NULL) = (alert_at IS NULL)),
  CHECK (NOT (https_only = 1 AND scheme = 'http'))
) STRICT;

-- Strangers, oldest first: what is swept when there are too many.
CREATE INDEX instances_strangers ON instances (coalesce(last_seen, first_seen))
  WHERE pin IN ('none', 'provisional') AND blocked = 0 AND in_use = 0;

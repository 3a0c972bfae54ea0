-- Settings of the instance as a whole that the program keeps itself (the configuration file is for people).
-- 'vault.check' holds a known text sealed under the master key: a wrong key is noticed before it does harm.
CREATE TABLE instance_settings (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;

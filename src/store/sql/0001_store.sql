-- 0001_store.sql: which migrations this database has had.
CREATE TABLE schema_version (
    version INTEGER NOT NULL PRIMARY KEY, -- number of the migration's file
    name TEXT NOT NULL,                   -- its file name
    at INTEGER NOT NULL                   -- ms UTC when it was applied
) STRICT;

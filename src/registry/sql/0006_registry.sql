-- 0006_registry.sql: who lives here.
-- Identity number and phone are sealed (store/keys.h: bound to community,
-- table, row and field); keyed hashes serve exact look-up, last digits serve
-- the eye.
CREATE TABLE person (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,     -- for comparing (text_key)
    sex INTEGER,                -- enum sex, NULL unknown
    birth INTEGER,              -- day, NULL unknown
    household INTEGER NOT NULL, -- place (door) lived at, 0 unknown
    building INTEGER NOT NULL,  -- its building, 0 unknown
    idno BLOB,                  -- sealed identity number
    idno_hash BLOB,             -- keyed hash, 16 bytes
    idno_tail TEXT NOT NULL,    -- last 4 characters, '' none
    phone BLOB,                 -- sealed
    phone_hash BLOB,
    phone_tail TEXT NOT NULL,   -- last 4 digits, '' none
    tags TEXT NOT NULL,         -- words separated by ;
    merged_into INTEGER NOT NULL, -- the record this one became, 0 itself
    since INTEGER NOT NULL,     -- day it was entered
    until INTEGER NOT NULL,     -- day moved away or died; 2932896 open
    batch INTEGER NOT NULL,     -- import that last wrote it, 0 by hand
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_household ON person (community, household, id);
CREATE INDEX person_building ON person (community, building, id);
CREATE INDEX person_idno ON person (community, idno_hash, id);
CREATE INDEX person_phone ON person (community, phone_hash, id);
CREATE INDEX person_written ON person (community, batch, id);

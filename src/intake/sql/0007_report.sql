-- 0007_report.sql: what every report has, whatever its kind.  The kind's own
-- table (one each) holds what was reported.
CREATE TABLE report (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- "temperature"
    account INTEGER NOT NULL,   -- who sent it
    subject INTEGER NOT NULL,   -- person it is about, 0 none
    household INTEGER NOT NULL, -- where the subject lived then, 0 unknown
    building INTEGER NOT NULL,
    on_day INTEGER NOT NULL,    -- civil day it speaks of
    received INTEGER NOT NULL,  -- ms UTC
    counts INTEGER NOT NULL,    -- 1: raises the kind's signal
    uuid TEXT,                  -- the sender's own name for it, NULL none
    salt BLOB NOT NULL,         -- 16 random bytes
    digest BLOB NOT NULL,       -- SHA-256(salt || JSON), as in the ledger
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX report_uuid ON report (community, account, uuid);
CREATE INDEX report_kind ON report (community, kind, id);
CREATE INDEX report_subject ON report (community, subject, kind, on_day);

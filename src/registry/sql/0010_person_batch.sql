-- 0010_person_batch.sql: many people brought in at once, and taken back.
-- Rows are staged where nobody looks, then land in person; what stood there
-- before is kept beside them, so that a batch can be undone.
CREATE TABLE person_batch (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    state INTEGER NOT NULL,     -- enum person_batch_state
    source TEXT NOT NULL,       -- name of the file
    actor INTEGER NOT NULL,     -- account, 0 the operator of the machine
    created INTEGER NOT NULL,   -- ms UTC
    staged INTEGER NOT NULL,    -- rows staged, numbered from 0
    landed INTEGER NOT NULL,    -- rows below this have landed
    added INTEGER NOT NULL,     -- people that landing made
    changed INTEGER NOT NULL,   -- people that landing changed
    unchanged INTEGER NOT NULL, -- rows that said nothing new
    refused INTEGER NOT NULL,   -- rows with cells that were wrong
    undone INTEGER NOT NULL,    -- rows below this have been undone
    restored INTEGER NOT NULL,  -- people undoing put back
    closed INTEGER NOT NULL,    -- people undoing took out
    salt BLOB,                  -- of the rows' leaves; NULL: rows are gone
    root BLOB,                  -- Merkle root of the leaves, once all staged
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_batch_state ON person_batch (community, state, created);

-- Columns are those of person.
CREATE TABLE person_stage (
    community INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    side INTEGER NOT NULL,      -- 1 what the batch says, 0 what stood before
    num INTEGER NOT NULL,       -- row of the batch
    person INTEGER NOT NULL,
    adds INTEGER NOT NULL,      -- 1: a new person
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    sex INTEGER,
    birth INTEGER,
    household INTEGER NOT NULL,
    building INTEGER NOT NULL,
    idno BLOB,                  -- sealed as person's; NULL: stays as it was
    idno_hash BLOB,
    idno_tail TEXT NOT NULL,
    phone BLOB,                 -- likewise
    phone_hash BLOB,
    phone_tail TEXT NOT NULL,
    tags TEXT NOT NULL,
    until INTEGER NOT NULL,
    last_batch INTEGER NOT NULL, -- side 0: which batch had written it
    leaf BLOB,                  -- side 1: hash of the row with the salt
    PRIMARY KEY (community, batch, side, num)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_stage_person ON person_stage (community, person);

-- 0002_ledger.sql: the account of what was done, as an RFC 9162 Merkle tree.
-- Rows are only ever added; what can be erased stands in ledger_secret.

-- One row a community: the tree as it stands, locked by every commit.
CREATE TABLE ledger_head (
    community INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,      -- entries in the tree
    frontier BLOB NOT NULL      -- roots of its full subtrees (merkle.h)
) STRICT;

-- One row an entry.  body is what is hashed; the other columns repeat parts
-- of it for searching and are checked against it by `renlin verify`.
CREATE TABLE ledger_entry (
    community INTEGER NOT NULL,
    seq INTEGER NOT NULL,       -- 0, 1, 2 … without a gap
    kind TEXT NOT NULL,         -- "report.received"
    thing INTEGER NOT NULL,     -- id of what it is about, 0 none
    actor INTEGER NOT NULL,     -- account, 0 the system
    recorded INTEGER NOT NULL,  -- ms UTC, by the world's clock
    body TEXT NOT NULL,         -- canonical JSON
    leaf BLOB NOT NULL,         -- SHA-256(0x00 || body)
    PRIMARY KEY (community, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_entry_thing ON ledger_entry (community, thing, seq);
CREATE INDEX ledger_entry_kind ON ledger_entry (community, kind, seq);
CREATE INDEX ledger_entry_actor ON ledger_entry (community, actor, seq);

-- Roots of each complete run of 256 leaves, so that proofs read little.
CREATE TABLE ledger_node (
    community INTEGER NOT NULL,
    idx INTEGER NOT NULL,       -- leaves idx*256 … idx*256+255
    hash BLOB NOT NULL,
    PRIMARY KEY (community, idx)
) STRICT, WITHOUT ROWID;

-- Personal values of an entry; the body holds SHA-256(salt || value).
-- Erasing a person deletes rows here and leaves the tree whole.
CREATE TABLE ledger_secret (
    community INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    part TEXT NOT NULL,         -- name of the value in the body
    salt BLOB NOT NULL,         -- 16 random bytes
    value TEXT NOT NULL,
    PRIMARY KEY (community, seq, part)
) STRICT, WITHOUT ROWID;

-- Whose personal data a reading's entry is about.
CREATE TABLE reading_subject (
    community INTEGER NOT NULL,
    person INTEGER NOT NULL,
    seq INTEGER NOT NULL,       -- of the entry
    PRIMARY KEY (community, person, seq)
) STRICT, WITHOUT ROWID;

-- Signed statements of the tree that left the machine.
CREATE TABLE ledger_checkpoint (
    community INTEGER NOT NULL,
    size INTEGER NOT NULL,
    at INTEGER NOT NULL,        -- ms UTC
    note TEXT NOT NULL,         -- signed note, checkpoint.h
    PRIMARY KEY (community, size)
) STRICT, WITHOUT ROWID;

-- How far each follower has read.
CREATE TABLE follower (
    community INTEGER NOT NULL,
    name TEXT NOT NULL,
    seq INTEGER NOT NULL,       -- entries below it are done
    PRIMARY KEY (community, name)
) STRICT, WITHOUT ROWID;

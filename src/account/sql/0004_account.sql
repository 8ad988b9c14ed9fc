-- 0004_account.sql: who may do what, where, until when.

-- Someone who logs in.
CREATE TABLE account (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,         -- login name, unique in the database
    role INTEGER NOT NULL,      -- enum role
    person INTEGER NOT NULL,    -- who it is in the registry, 0 unknown
    scope INTEGER NOT NULL,     -- place the role is bound to, 0 all
    password TEXT NOT NULL,     -- Argon2id string, '' cannot log in
    created INTEGER NOT NULL,   -- ms UTC
    closed INTEGER,             -- ms UTC it ended, NULL open
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;

-- A role lent for a time: a seconded worker, a stand-in.  Ends by itself.
CREATE TABLE role_grant (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    role INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    since INTEGER NOT NULL,     -- ms UTC
    until INTEGER NOT NULL,     -- ms UTC, always set
    lender TEXT NOT NULL,       -- who lends the person: "区卫健委"
    reason TEXT NOT NULL,
    revoked INTEGER,            -- ms UTC, NULL in force
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_grant_account ON role_grant (community, account, since);

-- A log-in that is open, or an API token.
CREATE TABLE session (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    is_token INTEGER NOT NULL,  -- 1: an API token
    hash BLOB NOT NULL,         -- keyed hash of the secret, as in directory
    label TEXT NOT NULL,        -- device or token name
    created INTEGER NOT NULL,   -- ms UTC, wall clock as all here
    until INTEGER NOT NULL,
    revoked INTEGER,
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (community, account, id);

-- City-wide: whose log-in name, session or token is this?  Keyed hashes only.
CREATE TABLE directory (
    hash BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,         -- "login", "session"
    community INTEGER NOT NULL,
    id INTEGER NOT NULL         -- account or session
) STRICT, WITHOUT ROWID;

-- City-wide: failed log-ins by keyed hash of the name or the address.
CREATE TABLE login_throttle (
    hash BLOB NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    until INTEGER NOT NULL      -- ms UTC: refused before
) STRICT, WITHOUT ROWID;

-- Settings of a community that differ from their default (settings.def).
CREATE TABLE setting (
    community INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (community, name)
) STRICT, WITHOUT ROWID;

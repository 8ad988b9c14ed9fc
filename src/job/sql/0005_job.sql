-- 0005_job.sql: what runs later, and what leaves the house later.

-- A piece of work to run when it is due.  One waits a community, name and
-- key; another may wait while one runs.
CREATE TABLE job (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,           -- of its struct job_kind: "retention"
    key TEXT NOT NULL,            -- which of that name, '' the only one
    payload TEXT NOT NULL,        -- what the kind makes of it; JSON or ''
    state INTEGER NOT NULL,       -- enum job_state
    due INTEGER NOT NULL,         -- ms UTC, the world's clock
    lease_until INTEGER NOT NULL, -- ms UTC, wall clock; 0 nobody has it
    claim INTEGER NOT NULL,       -- times taken: the holder knows his number
    attempts INTEGER NOT NULL,    -- times taken since it last worked
    last_fault TEXT NOT NULL,     -- code and sentence, '' none; no values
    ended INTEGER,                -- ms UTC done or given up, NULL open
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_waiting ON job (community, name, key) WHERE state=0;
CREATE INDEX job_state ON job (community, state, id);
CREATE INDEX job_ended ON job (community, ended) WHERE state>1;
-- City-wide, over the few that are open: what is due anywhere?
CREATE INDEX job_due ON job (due) WHERE state<2;

-- A message on its way out, written in the unit that decided to send it.
-- The row's id is the idempotency key that the channel hands on.
CREATE TABLE outbox (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    channel TEXT NOT NULL,        -- "log", "sms", "mail"
    to_ref TEXT NOT NULL,         -- whom: "person:123", never an address
    template TEXT NOT NULL,       -- key of the sentence
    args TEXT NOT NULL,           -- JSON object of what it quotes
    dedupe TEXT NOT NULL,         -- same key, same message: kept once
    state INTEGER NOT NULL,       -- enum outbox_state
    due INTEGER NOT NULL,         -- ms UTC, the world's clock
    lease_until INTEGER NOT NULL, -- ms UTC, wall clock; 0 nobody has it
    claim INTEGER NOT NULL,       -- times taken: the holder knows his number
    attempts INTEGER NOT NULL,    -- times taken
    last_fault TEXT NOT NULL,     -- code and sentence, '' none; no values
    created INTEGER NOT NULL,     -- ms UTC
    ended INTEGER,                -- ms UTC sent or given up, NULL open
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_dedupe ON outbox (community, channel, dedupe);
CREATE INDEX outbox_open ON outbox (community, channel, due) WHERE state<2;
CREATE INDEX outbox_ended ON outbox (community, ended) WHERE state>1;
-- City-wide, over the few that are open: which communities have some?
CREATE INDEX outbox_due ON outbox (channel, due) WHERE state<2;

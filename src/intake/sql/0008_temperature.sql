-- 0008_temperature.sql: daily temperature and symptoms (体温上报).
CREATE TABLE temperature (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,            -- the report's
    person INTEGER NOT NULL,
    day INTEGER NOT NULL,           -- civil day it was measured
    temperature_c INTEGER NOT NULL, -- tenths of a degree Celsius
    symptoms INTEGER NOT NULL,      -- bits of temperature.c's words
    note TEXT NOT NULL,
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;

-- 0003_place.sql: communities and the tree of places in each.

-- One row a community: the only table that the city as a whole lists.
CREATE TABLE community (
    community INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    zone TEXT NOT NULL,         -- IANA time zone
    demo INTEGER NOT NULL,      -- 1: demonstration data, said on each page
    hotline TEXT NOT NULL,      -- help telephone on every page
    created INTEGER NOT NULL    -- ms UTC
) STRICT;

-- A place: community > building > unit (stair) > household (door), and the
-- two groupings of buildings, grid and compound, beside the buildings.
CREATE TABLE place (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    level INTEGER NOT NULL,     -- enum place_level
    parent INTEGER NOT NULL,    -- place above; 0 for the community itself
    building INTEGER NOT NULL,  -- the building it is in or is; 0 above
    code TEXT NOT NULL,         -- "12", "12-2", "12-2-501", "G1"
    name TEXT NOT NULL,         -- as people say it
    x INTEGER,                  -- decimetres east of the site's corner
    y INTEGER,                  -- decimetres north of it
    outline TEXT NOT NULL,      -- "x,y x,y …" decimetres, '' unknown
    since INTEGER NOT NULL,     -- day it began to exist
    until INTEGER NOT NULL,     -- day it no longer does; 2932896 open
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX place_code ON place (community, level, code, since);
CREATE INDEX place_parent ON place (community, parent, id);
CREATE INDEX place_level ON place (community, level, id);
CREATE INDEX place_building ON place (community, building, level, id);

-- Which building belongs to which grid (duty) and compound (property), from
-- when to when: many to many over time.
CREATE TABLE place_group (
    community INTEGER NOT NULL,
    grp INTEGER NOT NULL,       -- place of level grid or compound
    building INTEGER NOT NULL,
    since INTEGER NOT NULL,     -- first day
    until INTEGER NOT NULL,     -- first day no longer; 2932896 open
    PRIMARY KEY (community, grp, building, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_group_building
    ON place_group (community, building, since);

-- 0009_watch.sql: what the reports add up to, and what was more than chance.

-- A person is counted once a kind and day, and stays where it was first
-- counted.  Erased with the window it serves (signal_expire).
CREATE TABLE signal_seen (
    community INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- of report: "temperature"
    day INTEGER NOT NULL,       -- civil day spoken of
    person INTEGER NOT NULL,
    household INTEGER NOT NULL, -- counted there; 0 unknown
    building INTEGER NOT NULL,
    counted INTEGER NOT NULL,   -- 0 only reported, 1 raised the signal, 2
                                -- goes on being ill (signal.h)
    PRIMARY KEY (community, kind, day, person)
) STRICT, WITHOUT ROWID;

-- Counts of a signal, one a place and day.  No persons: kept.  A day's rows
-- lie together, so that counting touches few pages, and so do all buildings'
-- or the community's over many days; a place's window is one look-up a day.
CREATE TABLE signal_count (
    community INTEGER NOT NULL,
    signal TEXT NOT NULL,       -- kind of report
    level INTEGER NOT NULL,     -- enum watch_level of place
    day INTEGER NOT NULL,       -- civil day
    place INTEGER NOT NULL,     -- household, building; 0 the community
    counts INTEGER NOT NULL,    -- persons who raised the signal
    due INTEGER NOT NULL,       -- persons who reported at all
    PRIMARY KEY (community, signal, level, day, place)
) STRICT, WITHOUT ROWID;

-- More than by chance.  At most one live alert a kind, place and detector.
CREATE TABLE alert (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- of report
    level INTEGER NOT NULL,     -- enum watch_level
    detector TEXT NOT NULL,     -- name in detectors.def
    place INTEGER NOT NULL,     -- household, building; 0 the community
    building INTEGER NOT NULL,  -- it is in or is; 0 the community
    parent INTEGER NOT NULL,    -- building's alert that it belongs to, 0 none
    day INTEGER NOT NULL,       -- last day of the window, when raised
    window_days INTEGER NOT NULL,
    observed INTEGER NOT NULL,  -- persons in the window
    expected INTEGER NOT NULL,  -- by chance, millionths of a person
    p INTEGER NOT NULL,         -- on one day in one place, 1e-12; 0 none
    places INTEGER NOT NULL,    -- of that level then
    state INTEGER NOT NULL,     -- enum alert_state
    raised INTEGER NOT NULL,    -- ms UTC
    updated INTEGER NOT NULL,   -- ms UTC it last grew or moved
    owner INTEGER NOT NULL,     -- account that took it, 0 nobody
    reason TEXT NOT NULL,       -- why it was dismissed, '' otherwise
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alert_live ON alert (community, kind, place, detector)
    WHERE state < 2;
CREATE INDEX alert_place ON alert (community, kind, place, detector, id);
CREATE INDEX alert_state ON alert (community, state, id);
CREATE INDEX alert_building ON alert (community, building, id);

-- 0011_notified.sql: notified cases of notifiable diseases (病例报告).
CREATE TABLE notified (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,        -- the report's
    person INTEGER NOT NULL,    -- who is ill
    day INTEGER NOT NULL,       -- civil day it was notified
    onset INTEGER,              -- civil day of the first symptom, NULL unknown
    disease TEXT NOT NULL,      -- as the notification names it, '' unknown
    note TEXT NOT NULL,
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;

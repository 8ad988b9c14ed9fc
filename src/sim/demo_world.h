/* demo_world.h - the demonstration community (示范社区) and what it reports.
 *
 *     seed, today ──► demo_world_make() ──► places, households, people
 *                                                │
 *     day index ─────► demo_reports_day() ◄──────┘
 *
 * Everybody here is invented.  The size is that of a real community (47
 * buildings, 4 grids, 3,331 households, 5,600 residents, a third of them 60
 * or older); names, numbers and the site plan are made from the seed.
 * Identity numbers carry a region code that was never issued, phones a
 * prefix that no operator has; both can be accepted here and nowhere else.
 *
 * The same seed and day give the same bytes on every machine: only whole
 * numbers are drawn and reckoned with.
 * The site plan is the same for every seed.
 *
 * Blemishes that the product must stand: 212 households without any phone,
 * six people entered twice, a tenant whom the registry does not know, a
 * building (31) from which nobody reports.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/day.h"

#define DEMO_GRIDS 4
#define DEMO_COMPOUNDS 3
#define DEMO_BUILDINGS 47
#define DEMO_HOUSEHOLDS 3331
#define DEMO_RESIDENTS 5600 /* registered, each once */
#define DEMO_DOUBLES 6
#define DEMO_PEOPLE (DEMO_RESIDENTS + DEMO_DOUBLES + 2)
#define DEMO_NO_PHONE 212 /* households */

#define DEMO_DAYS 60          /* day index 0 is today - 60, 59 is yesterday */
#define DEMO_CAMPAIGN 40      /* first day index of the campaign */
#define DEMO_CLUSTER 55       /* first day index of the cluster: today - 5 */
#define DEMO_CLUSTER_FIRST 12 /* the two buildings of the cluster, side by */
#define DEMO_CLUSTER_LAST 13  /* side on the ground and in number */
#define DEMO_NEVER INT32_MAX
#define DEMO_SILENT "31" /* code of the building that reports nothing */

#define DEMO_REGION "999999"        /* first six digits of every idno */
#define DEMO_MOBILE_PREFIX "1007"   /* of 11 digits */
#define DEMO_LANDLINE_PREFIX "1004" /* of 11 digits */

/* Site plan: decimetres, x to the east and y to the south, from the north
 * western corner; the whole site is DEMO_SIDE square (250,000 m2). */
#define DEMO_SIDE 5000

struct demo_grid {
    const char *code; /* "G1" */
    const char *name; /* "第一网格" */
};

struct demo_compound {
    const char *code; /* "C1" */
    const char *name; /* "示范一村" */
};

struct demo_building {
    const char *code;    /* "12" */
    const char *name;    /* "12栋" */
    const char *outline; /* "x,y x,y x,y x,y", clockwise, not closed */
    int grid, compound;  /* indexes */
    int first_unit, units;
    int floors;
    int flats; /* doors on one floor of one unit */
    int x, y;  /* middle of the outline */
};

struct demo_unit {
    const char *code; /* "12-2" */
    const char *name; /* "2单元" */
    int building;
};

struct demo_household {
    const char *code;     /* "12-2-501" */
    const char *landline; /* 11 digits or "" */
    int building, unit;   /* indexes */
    int first, size;      /* its residents in people[]; others stand alone */
    bool has_phone;       /* a landline, or a resident with a mobile */
};

enum demo_sex { DEMO_MALE, DEMO_FEMALE };

/* people[] holds first the residents, household after household, then the
 * double records, then the daughter, then the unregistered tenant. */
struct demo_person {
    const char *name;
    const char *idno;  /* 18 characters; "" in some double records */
    const char *phone; /* 11 digits or "" */
    const char *tags;  /* "独居;高龄", or "" */
    struct day birth;
    enum demo_sex sex;
    int household;   /* index, or -1: lives elsewhere */
    int double_of;   /* index of the first record of this person, or -1 */
    bool registered; /* stands in the registry of residents */
};

/* Roles that the demonstration's script relies on; same people every time. */
enum demo_cast {
    CAST_DIRECTOR,    /* 林晓岚, 46 */
    CAST_GRID_WORKER, /* 陈志远, 31; lives in the grid of building 12 */
    CAST_GUARD,       /* 赵国栋, 68 */
    CAST_GRANDMOTHER, /* 王秀英, 80, alone in 12-2-501, a landline only */
    CAST_DAUGHTER,    /* 李敏, 53, in another city: household -1 */
    CASTS
};

/* Bits of demo_report.symptoms. */
enum demo_symptom {
    DEMO_COUGH,
    DEMO_SORE_THROAT,
    DEMO_FATIGUE,
    DEMO_HEADACHE,
    DEMO_SHORT_BREATH,
    DEMO_DIARRHEA,
    DEMO_RASH,
    DEMO_LOSS_OF_SMELL,
    DEMO_SYMPTOMS
};

#define DEMO_FEVER 373 /* tenths of a degree: febrile from here */

struct demo_report {
    int32_t person;      /* index; never a double record */
    int16_t minute;      /* of the civil day, 0..1439 */
    int16_t temperature; /* tenths of a degree Celsius */
    uint32_t symptoms;   /* bit 1 << enum demo_symptom */
};

struct demo_world {
    const char *name; /* "示范社区" */
    struct demo_grid grids[DEMO_GRIDS];
    struct demo_compound compounds[DEMO_COMPOUNDS];
    struct demo_building buildings[DEMO_BUILDINGS];
    struct demo_unit *units;
    size_t unit_n;
    struct demo_household *households; /* DEMO_HOUSEHOLDS, by door */
    struct demo_person *people;        /* DEMO_PEOPLE */
    int cast[CASTS];                   /* indexes into people */
    int tenant;                        /* index of the unregistered one */
    uint64_t seed;
    struct day today;

    /* May be changed before reports are asked for; DEMO_NEVER leaves it out
     * (for a background without a cluster, or with one way of reporting). */
    int campaign_from, cluster_from;

    /* Held for demo_reports_day. */
    uint64_t onsets_per_1e9;     /* new fevers per 1e9 person-days */
    struct demo_report *reports; /* room for one of each person */
    struct demo_report *unsorted;
    bool *febrile;
};

/* The community as it stands on `today` (its own civil day).  Everything
 * lives in the arena, about 2 MiB. */
struct demo_world *demo_world_make(struct arena *a, uint64_t seed,
                                   struct day today);

/* All reports of one day, by minute and person, at most one of a person.
 * Day 60 is today and later ones follow a demonstration's clock; the cluster
 * stays.  A fifth of the residents reports voluntarily, four fifths since the
 * campaign, more on Mondays than on Sundays, nobody from building 31; those
 * with a fever are 1.2 times as likely to report on a day as others.  They
 * depend on seed and day alone, whatever was asked before.  The array is
 * overwritten by the next call.  Days may be negative down to -100,000. */
size_t demo_reports_day(struct demo_world *w, int day_index,
                        const struct demo_report **out);

/* The truth behind the reports: febrile[DEMO_PEOPLE] says who has a fever on
 * that day, reporting or not; returns how many.
 *   background  4 per 1,000 person-days
 *   household   each other member falls ill with probability 0.10, one to
 *               four days after the first
 *   cluster     2, 3, 5, 7, 9 new fevers a day in buildings 12 and 13, then
 *               6 a day; never the cast
 * A background fever lasts one to three days, a cluster's three to five. */
size_t demo_febrile_day(const struct demo_world *w, int day_index,
                        bool *febrile);

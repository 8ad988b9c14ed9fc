/* signal.c - counts kept and read.  See signal.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/signal.h"

static const struct field facts_fields[] = {
    {.name = "kind", .offset = offsetof(struct signal_facts, kind),
     .type = F_TEXT},
    {.name = "on_day", .offset = offsetof(struct signal_facts, day),
     .type = F_DAY},
    {.name = "received", .offset = offsetof(struct signal_facts, received),
     .type = F_INSTANT},
    {.name = "subject", .offset = offsetof(struct signal_facts, person),
     .type = F_REF},
    {.name = "household", .offset = offsetof(struct signal_facts, household),
     .type = F_REF},
    {.name = "building", .offset = offsetof(struct signal_facts, building),
     .type = F_REF},
    {.name = "counts", .offset = offsetof(struct signal_facts, counts),
     .type = F_BOOL},
};
static const struct shape facts_shape = {
    "signal_facts", sizeof(struct signal_facts), facts_fields,
    COUNT_OF(facts_fields)};

enum rc signal_facts_load(struct work *w, struct report_id report,
                          struct signal_facts *out)
{
    shape_clear(&facts_shape, out);
    return db_one(w, &facts_shape, out,
                  "SELECT kind, on_day, received, subject, household,"
                  " building, counts FROM report"
                  " WHERE community=$1 AND id=$2", report.v);
}

/* ---- counting ---- */

static enum rc add(struct work *w, const struct signal_facts *f,
                   enum watch_level level, struct place_id place,
                   int64_t counts, int64_t due)
{
    return db_exec(w,
        "INSERT INTO signal_count(community, signal, level, day, place,"
        " counts, due) VALUES($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT(community, signal, level, day, place) DO UPDATE SET"
        " counts=signal_count.counts+excluded.counts,"
        " due=signal_count.due+excluded.due",
        f->kind, level, f->day.n, place.v, counts, due);
}

/* In the household, the building and the community. */
static enum rc add_all(struct work *w, const struct signal_facts *f,
                       int64_t counts, int64_t due)
{
    enum rc rc = add(w, f, WATCH_COMMUNITY, (struct place_id){0}, counts,
                     due);
    if (!rc && f->building.v)
        rc = add(w, f, WATCH_BUILDING, f->building, counts, due);
    if (!rc && f->household.v)
        rc = add(w, f, WATCH_HOUSEHOLD, f->household, counts, due);
    return rc;
}

struct seen {
    struct place_id household, building;
};
static const struct field seen_fields[] = {
    FIELD(seen, household, F_REF, 0),
    FIELD(seen, building, F_REF, 0),
};
static const struct shape seen_shape = SHAPE(seen, seen_fields);

/* Was the person counted in the days around this one?  Then it is the same
 * illness.  Fourteen look-ups by key. */
static enum rc is_known_ill(struct work *w, const struct signal_facts *f,
                            bool *known)
{
    int64_t n = 0, d = f->day.n;
    enum { E = SIGNAL_EPISODE_DAYS };
    static_assert(E == 7, "the days stand in the statement");
    enum rc rc = db_int(w, &n,
        "SELECT count(*) FROM signal_seen WHERE community=$1 AND kind=$2"
        " AND person=$3 AND day IN ($4, $5, $6, $7, $8, $9, $10, $11, $12,"
        " $13, $14, $15, $16, $17) AND counted>0",
        f->kind, f->person.v, d - 7, d - 6, d - 5, d - 4, d - 3, d - 2,
        d - 1, d + 1, d + 2, d + 3, d + 4, d + 5, d + 6, d + 7);
    *known = n > 0;
    return rc;
}

/* The person reported that day before: where, and is it news that the signal
 * is raised? */
static enum rc take_again(struct work *w, struct signal_facts *f,
                          int64_t counted, bool *changed)
{
    struct seen s;
    enum rc rc = db_one(w, &seen_shape, &s,
        "SELECT household, building FROM signal_seen WHERE community=$1"
        " AND kind=$2 AND day=$3 AND person=$4",
        f->kind, f->day.n, f->person.v);
    if (rc) return rc;
    f->household = s.household;
    f->building = s.building;
    if (!counted) return OK;
    rc = db_exec(w,
        "UPDATE signal_seen SET counted=$5 WHERE community=$1 AND kind=$2"
        " AND day=$3 AND person=$4 AND counted=0",
        f->kind, f->day.n, f->person.v, counted);
    if (rc) return rc;
    *changed = db_changes(w) > 0 && f->counts;
    return *changed ? add_all(w, f, 1, 0) : OK;
}

enum rc signal_take(struct work *w, struct signal_facts *f, bool *changed)
{
    bool known = false;
    *changed = false;
    if (!f->person.v) return OK;
    enum rc rc = f->counts ? is_known_ill(w, f, &known) : OK;
    if (rc) return rc;
    int64_t counted = !f->counts ? 0 : known ? 2 : 1;
    f->counts = counted == 1;
    rc = db_exec(w,
        "INSERT INTO signal_seen(community, kind, day, person, household,"
        " building, counted) VALUES($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT(community, kind, day, person) DO NOTHING",
        f->kind, f->day.n, f->person.v, f->household.v, f->building.v,
        counted);
    if (rc) return rc;
    if (db_changes(w) == 0) return take_again(w, f, counted, changed);
    *changed = true;
    return add_all(w, f, f->counts, 1);
}

/* ---- reading ---- */

struct count_row {
    int64_t day, counts, due;
};
static const struct field count_row_fields[] = {
    FIELD(count_row, day, F_INT, 0),
    FIELD(count_row, counts, F_INT, 0),
    FIELD(count_row, due, F_INT, 0),
};
static const struct shape count_row_shape =
    SHAPE(count_row, count_row_fields);

enum rc signal_window(struct work *w, const char *kind,
                      enum watch_level level, struct place_id place,
                      struct day from, size_t days, int32_t *counts,
                      int32_t *due)
{
    struct count_row *rows;
    size_t n;
    memset(counts, 0, days * sizeof *counts);
    memset(due, 0, days * sizeof *due);
    enum rc rc = db_all(w, &count_row_shape, &rows, &n,
        "WITH RECURSIVE rows(day) AS (SELECT CAST($5 AS BIGINT)"
        " UNION ALL SELECT day+1 FROM rows WHERE day<$6)"
        " SELECT s.day, s.counts, s.due FROM rows JOIN signal_count s"
        " ON s.community=$1 AND s.signal=$2 AND s.level=$3 AND s.place=$4"
        " AND s.day=rows.day",
        kind, level, place.v, from.n, from.n + (int64_t)days - 1);
    if (rc) return rc;
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)(rows[i].day - from.n);
        counts[at] = (int32_t)rows[i].counts;
        due[at] = (int32_t)rows[i].due;
    }
    return OK;
}

enum rc signal_residents(struct work *w, enum watch_level level,
                         struct place_id place, int64_t *n)
{
    int64_t today = work_today(w).n;
    enum rc rc = OK;
    *n = 0;
    if (level == WATCH_HOUSEHOLD)
        rc = db_int(w, n, "SELECT count(*) FROM person WHERE community=$1"
                          " AND household=$2 AND merged_into=0 AND until>$3",
                    place.v, today);
    else if (level == WATCH_BUILDING)
        rc = db_int(w, n, "SELECT count(*) FROM person WHERE community=$1"
                          " AND building=$2 AND merged_into=0 AND until>$3",
                    place.v, today);
    else /* a few thousand rows, once a unit that had such a report */
        rc = db_int(w, n, "SELECT count(*) FROM person WHERE community=$1"
                          " AND id>$2 AND merged_into=0 AND until>$3",
                    0, today);
    if (*n < 1) *n = 1;
    return rc;
}

/* Person-days of residents in [from, until): of days that the community has
 * been there. */
static enum rc resident_days(struct work *w, int64_t from, int64_t until,
                             double *days)
{
    int64_t since = 0, people = 0;
    enum rc rc = db_int(w, &since, "SELECT min(since) FROM place"
                                   " WHERE community=$1 AND level=$2",
                        PLACE_COMMUNITY);
    if (!rc)
        rc = signal_residents(w, WATCH_COMMUNITY, (struct place_id){0},
                              &people);
    if (since > from) from = since;
    *days = until > from ? (double)(until - from) * (double)people : 0;
    return rc;
}

enum rc signal_rate(struct work *w, const char *kind,
                    const struct watch_rule *rule, struct day today,
                    double *per_1000)
{
    enum { DAYS = SIGNAL_PAST_FROM - SIGNAL_PAST_UNTIL + 1 };
    int32_t counts[DAYS], due[DAYS];
    struct day from = {today.n - SIGNAL_PAST_FROM};
    double counted = 0, person_days = 0;
    enum rc rc = signal_window(w, kind, WATCH_COMMUNITY, (struct place_id){0},
                               from, DAYS, counts, due);
    if (rc) return rc;
    for (size_t i = 0; i < DAYS; i++) {
        counted += counts[i];
        person_days += due[i];
    }
    if (rule->due == WATCH_RESIDENTS)
        rc = resident_days(w, from.n, from.n + DAYS, &person_days);
    *per_1000 = (rule->rate_per_1000 / 1000 * SIGNAL_PRIOR_PERSON_DAYS +
                 counted) / (SIGNAL_PRIOR_PERSON_DAYS + person_days) * 1000;
    return rc;
}

/* ---- end ---- */

enum rc signal_expire(struct work *w, int64_t limit, int64_t *erased)
{
    int64_t before = work_today(w).n - SIGNAL_WINDOW_MAX;
    enum rc rc = OK;
    *erased = 0;
    for (size_t i = 0; !rc && report_kinds[i] && *erased < limit; i++) {
        rc = db_exec(w,
            "DELETE FROM signal_seen WHERE community=$1 AND kind=$2"
            " AND (day, person) IN (SELECT day, person FROM signal_seen"
            " WHERE community=$1 AND kind=$2 AND day<$3"
            " ORDER BY day, person LIMIT $4)",
            report_kinds[i]->name, before, limit - *erased);
        if (!rc) *erased += db_changes(w);
    }
    return rc;
}

const struct retention_rule signal_retention = {
    .name = "signal.seen", .days = SIGNAL_WINDOW_MAX, .erase = signal_expire};

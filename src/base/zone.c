/* zone.c - offsets of IANA zones, by ICU, tabulated once.  See day.h.
 *
 * ICU's calendars are neither small nor meant for many threads, so a zone is
 * its list of changes between 1970 and 2100; before 1970 the offset of
 * 1970-01-01 holds, after 2100 the last one.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <unicode/ucal.h>

#include "base/day.h"

enum { CHANGES_MAX = 400, ZONES_MAX = 64, NAME_MAX_ = 64 };

struct change {
    int64_t from_ms, offset_ms; /* since when, how far east */
};

struct zone {
    char name[NAME_MAX_];
    size_t n;
    struct change at[];
};

static const struct zone *zones[ZONES_MAX]; /* written under the lock */
static size_t zones_n;
static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;

/* ASCII only: IANA names are. */
static bool widen(UChar *out, const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || n >= NAME_MAX_) return false;
    for (size_t i = 0; i <= n; i++) {
        if ((unsigned char)s[i] >= 0x80) return false;
        out[i] = (UChar)s[i];
    }
    return true;
}

static int64_t offset_now(UCalendar *c, UErrorCode *e)
{
    return ucal_get(c, UCAL_ZONE_OFFSET, e) +
           (int64_t)ucal_get(c, UCAL_DST_OFFSET, e);
}

static size_t tabulate(UCalendar *c, struct change *at, UErrorCode *e)
{
    const double end_ms = 4102444800000.0; /* 2100-01-01 */
    size_t n = 0;
    ucal_setMillis(c, 0, e);
    at[n++] = (struct change){INT64_MIN, offset_now(c, e)};
    UDate next = 0;
    while (n < CHANGES_MAX && U_SUCCESS(*e) &&
           ucal_getTimeZoneTransitionDate(c, UCAL_TZ_TRANSITION_NEXT, &next,
                                          e) && next < end_ms) {
        ucal_setMillis(c, next, e);
        at[n++] = (struct change){(int64_t)next, offset_now(c, e)};
    }
    return n;
}

static const struct zone *make(const char *name)
{
    UChar wide[NAME_MAX_], found[NAME_MAX_];
    struct change at[CHANGES_MAX];
    UErrorCode e = U_ZERO_ERROR;
    UBool system = false;
    if (!widen(wide, name)) return NULL;
    ucal_getCanonicalTimeZoneID(wide, -1, found, NAME_MAX_, &system, &e);
    if (U_FAILURE(e) || !system) return NULL;
    UCalendar *c = ucal_open(wide, -1, "en", UCAL_GREGORIAN, &e);
    if (U_FAILURE(e)) return NULL;
    size_t n = tabulate(c, at, &e);
    ucal_close(c);
    if (U_FAILURE(e)) return NULL;
    struct zone *z = malloc(sizeof *z + n * sizeof *at);
    assert(z);
    snprintf(z->name, sizeof z->name, "%s", name);
    z->n = n;
    memcpy(z->at, at, n * sizeof *at);
    return z;
}

const struct zone *zone_find(const char *iana_name)
{
    const struct zone *z = NULL;
    pthread_mutex_lock(&zones_lock);
    for (size_t i = 0; !z && i < zones_n; i++)
        if (strcmp(zones[i]->name, iana_name) == 0) z = zones[i];
    if (!z && zones_n < ZONES_MAX) {
        z = make(iana_name);
        if (z) zones[zones_n++] = z;
    }
    pthread_mutex_unlock(&zones_lock);
    return z;
}

const char *zone_name(const struct zone *z) { return z->name; }

int64_t zone_offset_ms(const struct zone *z, struct instant t)
{
    size_t i = z->n - 1; /* the present lies near the end */
    while (i > 0 && t.ms < z->at[i].from_ms) i--;
    return z->at[i].offset_ms;
}

struct day zone_day(const struct zone *z, struct instant t)
{
    int64_t ms = t.ms + zone_offset_ms(z, t);
    int64_t n = ms / MS_PER_DAY;
    return (struct day){n - (ms % MS_PER_DAY < 0)};
}

/* The first instant at which that day is told: where a change skips midnight,
 * the change itself. */
struct instant zone_start(const struct zone *z, struct day d)
{
    int64_t local = d.n * MS_PER_DAY;
    struct instant t = {local - zone_offset_ms(z, (struct instant){local})};
    t.ms = local - zone_offset_ms(z, t);
    while (zone_day(z, t).n < d.n) t.ms += 15 * MS_PER_MINUTE;
    while (zone_day(z, (struct instant){t.ms - 1}).n >= d.n)
        t.ms -= 15 * MS_PER_MINUTE;
    return t;
}

/* day.h - instants, civil days, time zones.
 *
 * A struct instant is milliseconds since 1970-01-01T00:00:00Z; a struct day
 * counts civil days from 1970-01-01 in the proleptic Gregorian calendar (1861
 * is negative).  Which day an instant falls on depends on the community's
 * zone: IANA rules after 1970, before it the fixed offset that the zone had
 * at 1970-01-01 (so that 1861 is not shifted by local mean time).
 * Both are one-member structs: a day can never be passed as a second.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"

struct instant { int64_t ms; };
struct day { int64_t n; };

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)
#define MS_PER_DAY (24 * MS_PER_HOUR)

#define NO_DAY ((struct day){NONE})
#define NO_INSTANT ((struct instant){NONE})

struct civil { int year, month, day; }; /* month and day from 1 */

struct day day_of(int year, int month, int day); /* date must exist */
bool day_exists(int year, int month, int day);
struct civil day_civil(struct day d);
int day_weekday(struct day d);                   /* 1 Monday ... 7 Sunday */
int day_age(struct day birth, struct day on);    /* full years; < 0 if unborn */

/* "2026-11-24", exactly; years 0001-9999. */
bool day_parse(const char *s, struct day *out);
void day_format(char out[11], struct day d);
/* RFC 3339 with Z or an offset, fraction optional: "2026-11-24T08:00:00.000Z".
 * Seconds 60 refused. */
bool instant_parse(const char *s, struct instant *out);
void instant_format(char out[25], struct instant t); /* always UTC with ms */

/* Time since the epoch by the machine's clock: base, store, web and channel
 * only; rooms use w->now. */
struct instant instant_wall(void);
/* Nanoseconds of a clock that never jumps, for measuring. */
int64_t clock_ns(void);

struct zone; /* offsets of one IANA zone; immutable, lives as long as the
                process, shared by threads */
/* NULL if there is no such zone.  Cached: ask as often as you like. */
const struct zone *zone_find(const char *iana_name);
const char *zone_name(const struct zone *z);
int64_t zone_offset_ms(const struct zone *z, struct instant t); /* east > 0 */
struct day zone_day(const struct zone *z, struct instant t);
/* First instant of a civil day. */
struct instant zone_start(const struct zone *z, struct day d);

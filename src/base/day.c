/* day.c - civil days and instants.  Time zones are in zone.c.  See day.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/day.h"

/* Days from civil: Howard Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms" (2013); March is the first month, so leap days come last. */
struct day day_of(int year, int month, int day)
{
    assert(day_exists(year, month, day));
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day -
                  1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (struct day){era * 146097 + doe - 719468};
}

bool day_exists(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= lengths[month - 1] + (month == 2 && leap);
}

struct civil day_civil(struct day d)
{
    int64_t z = d.n + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    struct civil c;
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = (int)(yoe + era * 400 + (c.month <= 2));
    return c;
}

int day_weekday(struct day d)
{
    int64_t n = (d.n + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(n < 0 ? n + 7 : n) + 1;
}

int day_age(struct day birth, struct day on)
{
    struct civil b = day_civil(birth), o = day_civil(on);
    bool before = o.month < b.month || (o.month == b.month && o.day < b.day);
    return o.year - b.year - before;
}

/* n digits at s, exactly. */
static bool number(const char *s, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') return false;
        *out = *out * 10 + (s[i] - '0');
    }
    return true;
}

static bool parse_date(const char *s, struct day *out)
{
    int y, m, d;
    if (!number(s, 4, &y) || s[4] != '-' || !number(s + 5, 2, &m) ||
        s[7] != '-' || !number(s + 8, 2, &d) || !day_exists(y, m, d))
        return false;
    *out = day_of(y, m, d);
    return true;
}

bool day_parse(const char *s, struct day *out)
{
    return strlen(s) == 10 && parse_date(s, out);
}

void day_format(char out[11], struct day d)
{
    struct civil c = day_civil(d);
    if (c.year < 0 || c.year > 9999) c = (struct civil){9999, 12, 31};
    out[0] = (char)('0' + c.year / 1000);
    out[1] = (char)('0' + c.year / 100 % 10);
    out[2] = (char)('0' + c.year / 10 % 10);
    out[3] = (char)('0' + c.year % 10);
    out[4] = out[7] = '-';
    out[5] = (char)('0' + c.month / 10);
    out[6] = (char)('0' + c.month % 10);
    out[8] = (char)('0' + c.day / 10);
    out[9] = (char)('0' + c.day % 10);
    out[10] = '\0';
}

/* Z, +08:00 or -05:30: minutes east. */
static bool parse_offset(const char *s, int64_t *minutes)
{
    int h, m;
    *minutes = 0;
    if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0) return true;
    if ((*s != '+' && *s != '-') || strlen(s) != 6 || s[3] != ':') return false;
    if (!number(s + 1, 2, &h) || !number(s + 4, 2, &m) || h > 23 || m > 59)
        return false;
    *minutes = (h * 60 + m) * (*s == '-' ? -1 : 1);
    return true;
}

bool instant_parse(const char *s, struct instant *out)
{
    struct day d;
    int h, m, sec;
    int64_t ms = 0, offset;
    if (strlen(s) < 20 || !parse_date(s, &d)) return false;
    if ((s[10] != 'T' && s[10] != 't') || s[13] != ':' || s[16] != ':' ||
        !number(s + 11, 2, &h) || !number(s + 14, 2, &m) ||
        !number(s + 17, 2, &sec) || h > 23 || m > 59 || sec > 59)
        return false;
    s += 19;
    if (*s == '.') {
        int64_t unit = 100;
        if (s[1] < '0' || s[1] > '9') return false;
        for (s++; *s >= '0' && *s <= '9'; s++, unit /= 10)
            ms += (*s - '0') * unit;
    }
    if (!parse_offset(s, &offset)) return false;
    out->ms = d.n * MS_PER_DAY + h * MS_PER_HOUR + (m - offset) * MS_PER_MINUTE
              + sec * MS_PER_SECOND + ms;
    return true;
}

void instant_format(char out[25], struct instant t)
{
    int64_t n = t.ms / MS_PER_DAY;
    int64_t ms = t.ms % MS_PER_DAY;
    if (ms < 0) {
        ms += MS_PER_DAY;
        n--;
    }
    char date[11];
    day_format(date, (struct day){n});
    snprintf(out, 25, "%sT%02u:%02u:%02u.%03uZ", date,
             (unsigned)(ms / MS_PER_HOUR) % 24u,
             (unsigned)(ms / MS_PER_MINUTE % 60),
             (unsigned)(ms / MS_PER_SECOND % 60),
             (unsigned)(ms % MS_PER_SECOND));
}

struct instant instant_wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (struct instant){t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000};
}

int64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

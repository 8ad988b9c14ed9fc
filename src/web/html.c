/* html.c - escaping, and days and times in words.  See html.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/html.h"

#include <string.h>

#include "base/text.h"

/* NULL for a byte that stands for itself. */
static const char *escape_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void html_raw(struct html *h, const char *s)
{
    buf_puts(h->out, s);
}

void html_text(struct html *h, const char *s)
{
    if (!s) return;
    const char *from = s;
    for (; *s; s++) {
        const char *escape = escape_of(*s);
        if (!escape) continue;
        buf_add(h->out, from, (size_t)(s - from));
        buf_puts(h->out, escape);
        from = s + 1;
    }
    buf_add(h->out, from, (size_t)(s - from));
}

static void char_put(struct html *h, char c)
{
    const char one[2] = {c, '\0'};
    html_text(h, one);
}

/* 1234567.8 as 1,234,567.8. */
static void grouped_put(struct html *h, int64_t value, int digits)
{
    char text[32];
    text_from_decimal(text, value, digits);
    const char *p = text;
    if (*p == '-') {
        html(h, "−"); /* U+2212, as wide as a digit */
        p++;
    }
    size_t whole = strcspn(p, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0) buf_putc(h->out, ',');
        buf_putc(h->out, p[i]);
    }
    buf_puts(h->out, p + whole);
}

/* The conversion behind a %; returns its last letter. */
static const char *conversion(struct html *h, const char *p, bool sentence,
                              va_list *args)
{
    if (*p == '%') {
        buf_putc(h->out, '%');
    } else if (*p == 's') {
        html_text(h, va_arg(*args, const char *));
    } else if (*p == 'd') {
        buf_int(h->out, va_arg(*args, int));
    } else if (*p == 'u') {
        buf_int(h->out, va_arg(*args, unsigned));
    } else if (*p == 'c') {
        char_put(h, (char)va_arg(*args, int));
    } else if (strncmp(p, "zu", 2) == 0) {
        buf_int(h->out, (int64_t)va_arg(*args, size_t));
        p++;
    } else if (strncmp(p, "lld", 3) == 0) {
        long long n = va_arg(*args, long long);
        if (sentence) grouped_put(h, n, 0);
        else buf_int(h->out, n);
        p += 2;
    } else {
        assert(*p == '%'); /* no conversion that html() knows */
    }
    return p;
}

static void write_formatted(struct html *h, const char *format,
                            bool sentence, va_list *args)
{
    for (const char *p = format; *p; p++) {
        size_t n = strcspn(p, "%");
        if (n && sentence) {
            for (size_t i = 0; i < n; i++) {
                const char *escape = escape_of(p[i]);
                if (escape) buf_puts(h->out, escape);
                else buf_putc(h->out, p[i]);
            }
        } else if (n) {
            buf_add(h->out, p, n);
        }
        p += n;
        if (!*p) break;
        p = conversion(h, p + 1, sentence, args);
    }
}

void html(struct html *h, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_formatted(h, format, false, &args);
    va_end(args);
}

void html_words(struct html *h, const char *key, ...)
{
    va_list args;
    va_start(args, key);
    write_formatted(h, T(h, key), true, &args);
    va_end(args);
}

void html_number(struct html *h, int64_t value, int digits)
{
    if (value == NONE) html_unknown(h);
    else grouped_put(h, value, digits);
}

void html_unknown(struct html *h)
{
    html(h, "<span class=\"unknown\">%s</span>", T(h, "unknown"));
}

static void day_words(struct html *h, struct day day)
{
    static const char *const zh[] = {"一", "二", "三", "四", "五", "六", "日"};
    static const char *const en[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
                                     "Sun"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
        "Nov", "Dec"};
    struct civil c = day_civil(day);
    int this_year = day_civil(zone_day(h->zone, h->now)).year;
    int weekday = day_weekday(day);
    assert(weekday >= 1 && weekday <= 7 && c.month >= 1 && c.month <= 12);
    if (h->language == LANG_ZH) {
        if (c.year != this_year) html(h, "%d年", c.year);
        html(h, "%d月%d日 周%s", c.month, c.day, zh[weekday - 1]);
    } else {
        html(h, "%s %d %s", en[weekday - 1], c.day, months[c.month - 1]);
        if (c.year != this_year) html(h, " %d", c.year);
    }
}

void html_day(struct html *h, struct day day)
{
    if (day.n == NONE) {
        html_unknown(h);
        return;
    }
    char iso[11];
    day_format(iso, day);
    html(h, "<time datetime=\"%s\">", iso);
    day_words(h, day);
    html(h, "</time>");
}

static void time_words(struct html *h, struct instant at)
{
    struct day day = zone_day(h->zone, at);
    int64_t local = at.ms + zone_offset_ms(h->zone, at);
    int64_t of_day = (local % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY;
    int64_t minutes = of_day / MS_PER_MINUTE;
    day_words(h, day);
    html(h, " %c%c:%c%c", (int)('0' + minutes / 600),
         (int)('0' + minutes / 60 % 10), (int)('0' + minutes % 60 / 10),
         (int)('0' + minutes % 10));
}

static void distance_words(struct html *h, struct instant at)
{
    int64_t ms = h->now.ms - at.ms;
    bool past = ms >= 0;
    if (!past) ms = -ms;
    long long minutes = ms / MS_PER_MINUTE, hours = ms / MS_PER_HOUR,
              days = ms / MS_PER_DAY;
    if (minutes == 0) html_words(h, past ? "just now" : "in a moment");
    else if (hours == 0)
        html_words(h, past ? "%lld min ago" : "in %lld min", minutes);
    else if (days == 0)
        html_words(h, past ? "%lld h ago" : "in %lld h", hours);
    else if (days == 1) html_words(h, past ? "1 day ago" : "in 1 day");
    else html_words(h, past ? "%lld days ago" : "in %lld days", days);
}

void html_time(struct html *h, struct instant at)
{
    if (at.ms == NONE) {
        html_unknown(h);
        return;
    }
    char iso[25];
    instant_format(iso, at);
    html(h, "<time datetime=\"%s\">", iso);
    time_words(h, at);
    html(h, "</time> <span class=\"ago\">");
    distance_words(h, at);
    html(h, "</span>");
}

void html_ago(struct html *h, struct instant at)
{
    if (at.ms == NONE) {
        html_unknown(h);
        return;
    }
    char iso[25];
    instant_format(iso, at);
    html(h, "<time datetime=\"%s\" title=\"", iso);
    time_words(h, at);
    html(h, "\">");
    distance_words(h, at);
    html(h, "</time>");
}

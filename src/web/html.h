/* html.h - a writer of HTML that escapes by default.
 *
 *     html(h, "<td class=\"%s\">%s</td>", kind, name);
 *
 * %s is escaped, so that it is safe as text and inside double-quoted
 * attributes; the format itself is trusted and must be a constant.  The only
 * conversions are %s %d %lld %zu %u %c %%, without flags or widths; any other
 * stops the program.  Unescaped output is html_raw(), whose uses a checker
 * lists.  Attributes are always double-quoted; there are no inline styles or
 * scripts anywhere (Content-Security-Policy: default-src 'self').
 *
 * Words come from assets/i18n/ through T() and html_words().
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/buf.h"
#include "base/day.h"
#include "base/words.h"

struct html {
    struct buf *out;         /* the caller's; buf_ok() tells at the end */
    enum language language;
    const struct zone *zone; /* the community's, for days and times */
    struct instant now;      /* what "3 min ago" counts from */
    const char *form_token;  /* of the session; NULL where nobody writes */
};

/* What a form's token is called among its fields. */
#define FORM_TOKEN_FIELD "form_token"

/* A word or sentence in the reader's language. */
#define T(h, key) words_in((h)->language, key)

void html(struct html *h, const char *format, ...) PRINTF_LIKE(2, 3);
/* As it stands.  Only for what a function of this room has escaped. */
void html_raw(struct html *h, const char *s);
/* Escaped: & < > " '. */
void html_text(struct html *h, const char *s);
/* The key's sentence, written like html()'s format, but itself escaped: a
 * translator cannot write markup.  NULL for a %s is "" (here and in html());
 * %lld is a count, grouped by thousands. */
void html_words(struct html *h, const char *key, ...) PRINTF_LIKE(2, 3);

/* <time datetime="2026-11-24">11月24日 周二</time>, with the year where it is
 * not this one; absent: the hatched "unknown". */
void html_day(struct html *h, struct day day);
/* <time datetime="…Z" title="…">11月24日 周二 08:30</time> followed by how
 * long ago (or how soon) in a small span. */
void html_time(struct html *h, struct instant at);
/* Only "3 分钟前" / "3 min ago", the full time as its title. */
void html_ago(struct html *h, struct instant at);
/* 12,345.6: value in units of 10^-digits, grouped by thousands; NONE is the
 * hatched "unknown". */
void html_number(struct html *h, int64_t value, int digits);
/* The hatched "未知": what is not known is never shown as zero. */
void html_unknown(struct html *h);

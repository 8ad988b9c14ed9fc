/* rc.h - what a call came to, and the fault it left for the reader.
 *
 * A function that can fail returns enum rc.  The place that knows the reason
 * fills a struct fault once (fault_set, or work_fail above base/) and returns
 * the code in the same expression; callers write `if (rc) return rc;`.  What
 * cannot happen is an assert, kept in release.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

enum rc {
    OK,        /* done */
    NOT_FOUND, /* not there, or not for this caller to know of */
    INVALID,   /* the input is wrong; the fault names the field */
    DENIED,    /* the caller may not */
    CONFLICT,  /* somebody was faster, or the state forbids it */
    BUSY,      /* try again later: a limit is reached, a resource is away */
    FAILED,    /* the machine failed: disk, memory, a library */
};

/* An optional whole number, day or instant that is not there.  NULL in SQL,
 * null or absent in JSON, an empty cell in a sheet. */
#define NONE INT64_MIN

/* Why a call failed, in words.  `detail` is an English sentence that is its
 * own key in assets/i18n/ (printf conversions stand in the same order in
 * every language), `remedy` likewise or NULL: what to do now.  `field` names
 * the input ("due", "items[3].title", a column heading) or is "".  Text that
 * the two quote is copied in here, so a fault outlives its arena. */
struct fault {
    enum rc code;
    bool malformed;       /* not even readable (HTTP 400 rather than 422) */
    int64_t row;          /* 1-based line of a sheet or batch, 0 if none */
    const char *detail;   /* format and key; a string constant */
    const char *remedy;   /* key; a string constant, or NULL */
    char field[64];
    char args[2][128];    /* what detail's %s stand for, in order */
};

/* Fill f and return its code.  `detail` may hold up to two %s, whose texts
 * follow (a text over 127 bytes is cut at a character). */
enum rc fault_set(struct fault *f, enum rc code, const char *field,
                  const char *detail, ...) PRINTF_LIKE(4, 5);

/* "not-found", "invalid" ...: for logs and problem documents. */
const char *rc_name(enum rc rc);

/* detect_request.h - a request to detect_json while it is being read.
 *
 * The first thing wrong fills the fault; after that every reader gives its
 * default, so a method reads all it needs and asks request_ok() once.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "watch/series.h"

enum { CONTROLS_MAX = 24 };

struct request {
    const json_t *root, *control; /* control NULL: all defaults */
    struct series s;
    struct span r;
    bool textbook;
    const char *asked[CONTROLS_MAX]; /* controls that the method knows */
    size_t asked_n;
    struct arena *a;
    struct fault fault;
    enum rc rc;
    bool answered;                   /* the answer has a member already */
};

/* Observed, freq, start, epoch, population, textbook. */
void request_read(struct request *q);
/* Times to evaluate; each has at least `lag` values before it. */
void request_range(struct request *q, size_t lag);
/* False if anything was wrong, or a control was given that nobody asked. */
bool request_ok(struct request *q);
void request_fail(struct request *q, const char *field, const char *detail);

/* Controls: absent or null is the default; outside [least, most] a fault. */
const json_t *control_get(struct request *q, const char *name);
double control_number(struct request *q, const char *name, double otherwise,
                      double least, double most);
int control_int(struct request *q, const char *name, int otherwise,
                int least, int most);
bool control_bool(struct request *q, const char *name, bool otherwise);
int control_word(struct request *q, const char *name, int otherwise,
                 const char *const *words);
/* An array of numbers >= 0 (null: NaN); NULL after a fault. */
double *numbers_read(struct request *q, const json_t *list,
                     const char *field, size_t least, size_t most,
                     size_t *n);

/* Members of the answer; what is not finite is null. */
void answer_list(struct request *q, struct buf *out, const char *name,
                 const double *x, size_t n);
void answer_one(struct request *q, struct buf *out, const char *name,
                double x);
static inline double *list_new(struct request *q) /* of the range */
{
    return ARENA_ARRAY(q->a, q->r.n, double);
}

/* Methods in a file of their own. */
void detect_lr_poisson(struct request *q, struct buf *out);
void detect_glr_poisson(struct request *q, struct buf *out);
void detect_glr_nb(struct request *q, struct buf *out);

/* kind.c - the table of kinds and the shapes of their reports.  See
 * intake.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>

#include "intake/intake.h"

#define KIND(name) extern const struct report_kind name##_kind;
#include "intake/kinds.def"
#undef KIND

const struct report_kind *const report_kinds[] = {
#define KIND(name) &name##_kind,
#include "intake/kinds.def"
#undef KIND
    NULL,
};

const struct report_kind *report_kind_find(const char *name)
{
    for (size_t i = 0; report_kinds[i]; i++)
        if (strcmp(report_kinds[i]->name, name) == 0) return report_kinds[i];
    return NULL;
}

static const struct field report_fields[] = {
    FIELD(report, id, F_ID, F_OURS),
    FIELD(report, uuid, F_TEXT, 0, .max = 36),
    FIELD(report, account, F_REF, F_OURS),
    FIELD(report, received, F_INSTANT, F_OURS),
    FIELD(report, subject, F_REF, F_OURS | F_HIDDEN),
    FIELD(report, household, F_REF, F_OURS | F_HIDDEN),
    FIELD(report, building, F_REF, F_OURS | F_HIDDEN),
    FIELD(report, on_day, F_DAY, F_OURS | F_HIDDEN),
    FIELD(report, counts, F_BOOL, F_OURS | F_HIDDEN),
    FIELD(report, salt, F_BYTES, F_OURS | F_HIDDEN),
    FIELD(report, digest, F_BYTES, F_OURS | F_HIDDEN),
};

/* One a kind: the common members, then the kind's own moved behind them. */
struct whole {
    struct field fields[SHAPE_FIELDS_MAX];
    struct shape shape;
};
static struct whole wholes[COUNT_OF(report_kinds)]; /* written once */
static pthread_once_t wholes_once = PTHREAD_ONCE_INIT;

static void make_wholes(void)
{
    for (size_t k = 0; report_kinds[k]; k++) {
        const struct shape *own = report_kinds[k]->shape;
        struct whole *whole = &wholes[k];
        size_t n = COUNT_OF(report_fields);
        assert(n + own->n <= SHAPE_FIELDS_MAX);
        memcpy(whole->fields, report_fields, sizeof report_fields);
        for (size_t i = 0; i < own->n; i++) {
            whole->fields[n + i] = own->fields[i];
            whole->fields[n + i].offset += sizeof(struct report);
        }
        whole->shape = (struct shape){own->name,
                                      sizeof(struct report) + own->size,
                                      whole->fields, n + own->n};
    }
}

const struct shape *report_shape(const struct report_kind *k)
{
    pthread_once(&wholes_once, make_wholes);
    for (size_t i = 0; report_kinds[i]; i++)
        if (report_kinds[i] == k) return &wholes[i].shape;
    abort(); /* a kind that is not in kinds.def */
}

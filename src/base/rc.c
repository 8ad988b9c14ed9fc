/* rc.c - faults filled in.  See rc.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/rc.h"

#include "base/text.h"

const char *rc_name(enum rc rc)
{
    static const char *const names[] = {
        [OK] = "ok",           [NOT_FOUND] = "not-found",
        [INVALID] = "invalid", [DENIED] = "denied",
        [CONFLICT] = "conflict", [BUSY] = "busy", [FAILED] = "failed",
    };
    return (size_t)rc < COUNT_OF(names) ? names[rc] : "unknown";
}

static void keep(char *out, size_t size, const char *s)
{
    if (!s) s = "";
    size_t n = strlen(s);
    if (n >= size) n = text_cut(s, size - 1);
    memcpy(out, s, n);
    out[n] = '\0';
}

enum rc fault_set(struct fault *f, enum rc code, const char *field,
                  const char *detail, ...)
{
    va_list list;
    memset(f, 0, sizeof *f);
    f->code = code;
    f->detail = detail;
    keep(f->field, sizeof f->field, field);
    va_start(list, detail);
    const char *p = detail;
    for (size_t i = 0; (p = strchr(p, '%')); p += 2) {
        if (p[1] == '%') continue;
        assert(p[1] == 's' && i < COUNT_OF(f->args));
        keep(f->args[i++], sizeof f->args[0], va_arg(list, const char *));
    }
    va_end(list);
    return code;
}

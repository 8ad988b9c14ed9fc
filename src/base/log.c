/* log.c - lines for whoever runs the machine.  See log.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <stdatomic.h>

#include "base/day.h"

static _Atomic int least_level = LOG_INFO;

void log_set_level(enum log_level least) { least_level = (int)least; }

/* One write a line, so lines of threads do not mix. */
static void line(enum log_level level, const char *what, const char *format,
                 va_list list)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char out[1024], now[25];
    if ((int)level < least_level) return;
    instant_format(now, instant_wall());
    int n = snprintf(out, sizeof out, "%s %s %s ", now, names[level], what);
    if (n < 0) return;
    size_t at = (size_t)n < sizeof out - 2 ? (size_t)n : sizeof out - 2;
    int k = vsnprintf(out + at, sizeof out - at - 1, format, list);
    if (k > 0) at += (size_t)k;
    if (at > sizeof out - 2) at = sizeof out - 2;
    for (size_t i = 0; i < at; i++)
        if (out[i] == '\n') out[i] = ' ';
    out[at] = '\n';
    fwrite(out, 1, at + 1, stderr);
}

#define LOG_VERB(verb, level)                       \
    void verb(const char *what, const char *format, ...) \
    {                                               \
        va_list list;                               \
        va_start(list, format);                     \
        line((level), what, format, list);          \
        va_end(list);                               \
    }
LOG_VERB(log_debug, LOG_DEBUG)
LOG_VERB(log_info, LOG_INFO)
LOG_VERB(log_warn, LOG_WARN)
LOG_VERB(log_error, LOG_ERROR)

/* log.h - one line of key=value on stderr for whoever runs the machine.
 *
 * Ids and codes only: never a name, a number or an address.  The ledger, not
 * the log, is the account of what was done.  First argument: what happened,
 * as a short fixed word ("listening", "checkpoint-failed"), then a printf
 * format of key=value pairs.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level least);
void log_debug(const char *what, const char *format, ...) PRINTF_LIKE(2, 3);
void log_info(const char *what, const char *format, ...) PRINTF_LIKE(2, 3);
void log_warn(const char *what, const char *format, ...) PRINTF_LIKE(2, 3);
void log_error(const char *what, const char *format, ...) PRINTF_LIKE(2, 3);

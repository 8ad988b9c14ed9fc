/* house.h - who follows the ledger, what runs by itself, what is erased when:
 * the tables that only the top floor can fill in. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/job.h"
#include "ledger/follower.h"

#define RENLIN_VERSION "0.1.0"

extern const struct follower *const all_followers[];
extern const size_t all_followers_n;
extern const struct job_kind *const all_jobs[];
extern const size_t all_jobs_n;
extern const struct retention_rule *const all_retention[];
extern const size_t all_retention_n;

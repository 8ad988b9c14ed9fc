/* random.h - seeded streams of dice: xoshiro256** (Blackman & Vigna 2018),
 * seeded by SplitMix64 of a seed and the stream's name, so that each module
 * has a stream of its own and adding a draw in one changes no other.
 * Not for secrets: those come from libsodium's randombytes.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

struct random { uint64_t s[4]; };

void random_seed(struct random *r, uint64_t seed, const char *stream);
uint64_t random_u64(struct random *r);
double random_unit(struct random *r);              /* [0, 1), 53 bits */
/* Unbiased whole number in [0, n), n > 0 (Lemire 2019). */
uint64_t random_below(struct random *r, uint64_t n);
bool random_chance(struct random *r, double p);    /* true with probability p */
double random_normal(struct random *r);            /* mean 0, sd 1 */
int64_t random_poisson(struct random *r, double mean);
/* Shuffle n things of the given size (at most 64 bytes each). */
void random_shuffle(struct random *r, void *base, size_t n, size_t size);

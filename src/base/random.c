/* random.c - xoshiro256** and what is drawn from it.  See random.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void random_seed(struct random *r, uint64_t seed, const char *stream)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a of the name */
    for (const char *s = stream; *s; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    uint64_t x = seed;
    x = splitmix(&x) ^ h;
    for (int i = 0; i < 4; i++) r->s[i] = splitmix(&x);
}

static uint64_t rotl(uint64_t x, int k) { return x << k | x >> (64 - k); }

uint64_t random_u64(struct random *r)
{
    uint64_t *s = r->s;
    uint64_t out = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return out;
}

double random_unit(struct random *r)
{
    return (double)(random_u64(r) >> 11) * 0x1p-53;
}

uint64_t random_below(struct random *r, uint64_t n)
{
    assert(n > 0);
    __extension__ typedef unsigned __int128 u128;
    u128 m = (u128)random_u64(r) * n;
    if ((uint64_t)m < n) {
        uint64_t least = (0 - n) % n;
        while ((uint64_t)m < least) m = (u128)random_u64(r) * n;
    }
    return (uint64_t)(m >> 64);
}

bool random_chance(struct random *r, double p) { return random_unit(r) < p; }

/* Marsaglia's polar method; the second number is thrown away so that the
 * stream has no hidden state. */
double random_normal(struct random *r)
{
    for (;;) {
        double x = 2 * random_unit(r) - 1;
        double y = 2 * random_unit(r) - 1;
        double s = x * x + y * y;
        if (s > 0 && s < 1) return x * sqrt(-2 * log(s) / s);
    }
}

/* Multiplication (Knuth) for small means; larger ones are split, since a sum
 * of Poisson numbers is one. */
int64_t random_poisson(struct random *r, double mean)
{
    assert(mean >= 0 && mean < 1e7);
    int64_t n = 0;
    while (mean > 30) {
        n += random_poisson(r, 25);
        mean -= 25;
    }
    double limit = exp(-mean);
    double p = random_unit(r);
    for (; p > limit; n++) p *= random_unit(r);
    return n;
}

void random_shuffle(struct random *r, void *base, size_t n, size_t size)
{
    char *at = base;
    char hold[64];
    assert(size <= sizeof hold);
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)random_below(r, i);
        memcpy(hold, at + k * size, size);
        memcpy(at + k * size, at + (i - 1) * size, size);
        memcpy(at + (i - 1) * size, hold, size);
    }
}

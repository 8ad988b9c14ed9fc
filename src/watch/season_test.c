/* season_test.c - log-linear models: maxima are maxima, offsets offset. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"
#include "watch/glm.h"

#include <math.h>

#include "base/random.h"

enum { WEEKS = 260 };

/* Counts with a season; spread > 0 makes their mean vary from week to week. */
static void counts_make(double *y, double spread)
{
    struct random dice;
    random_seed(&dice, 1861, "season");
    for (int t = 0; t < WEEKS; t++) {
        double mean = exp(1.5 + cos(2 * M_PI * (t + 1) / 52)
                          + spread * random_normal(&dice));
        double still = random_unit(&dice), p = exp(-mean), sum = p;
        for (y[t] = 0; sum < still && y[t] < 1000; sum += p)
            p *= mean / ++y[t];
    }
}

static double log_likelihood(const struct season_model *m, const double *y)
{
    double sum = 0, size = 1 / m->overdispersion;
    for (size_t t = 0; t < WEEKS; t++) {
        double mu = season_mean(m, t);
        sum += lgamma(y[t] + size) - lgamma(size) - lgamma(y[t] + 1)
               + size * log(size / (size + mu)) + y[t] * log(mu / (size + mu));
    }
    return sum;
}

TEST(the_fitted_overdispersion_has_the_largest_likelihood)
{
    double y[WEEKS];
    counts_make(y, 0.5);
    struct season_model m = {.harmonics = 1, .freq = 52, .first_period = 1};
    assert_true(season_fit_negbin(&m, y, WEEKS));
    assert_true(m.overdispersion > 0.1 && m.overdispersion < 0.6);
    assert_true(fabs(m.coef[1] - 1) < 0.2);
    double best = log_likelihood(&m, y);
    for (int i = 0; i < 3; i++) {
        struct season_model away = m;
        away.coef[i] += 0.01;
        assert_true(log_likelihood(&away, y) < best);
        away = m;
        away.coef[i] -= 0.01;
        assert_true(log_likelihood(&away, y) < best);
    }
    struct season_model more = m, less = m;
    more.overdispersion *= 1.01;
    less.overdispersion /= 1.01;
    assert_true(log_likelihood(&more, y) < best);
    assert_true(log_likelihood(&less, y) < best);
}

TEST(a_season_of_no_terms_is_the_mean)
{
    double y[] = {1, 4, NAN, 4, 7};
    struct season_model m = {.freq = 52, .first_period = 1};
    assert_true(season_fit(&m, y, COUNT_OF(y)));
    assert_true(fabs(season_mean(&m, 3) - 4) < 1e-6);
}

TEST(only_zeros_or_nothing_has_no_fit_worth_a_mean)
{
    double y[40] = {0};
    struct season_model m = {.freq = 52, .first_period = 1};
    assert_false(season_fit(&m, y, 0));
    bool fit = season_fit(&m, y, 40);
    assert_true(!fit || season_mean(&m, 0) < 1e-6);
}

/* Farrington Flexible without trend, at the last week. */
static double expected_at(const double *y, const double *population,
                          double *bound)
{
    struct series s = {y, WEEKS, 52, 1, NULL, population};
    size_t last = WEEKS - 1;
    struct farrington_control c = {
        .flexible = true, .years = 3, .halfwidth = 3, .periods = 10,
        .excluded = 26, .reweight = true, .weights_threshold = 2.58,
        .alpha = 0.01, .trend = false, .limit_weeks = 4,
        .method = THRESHOLD_NB_PLUGIN, .population_offset = population != NULL,
        .textbook = true};
    double v[9];
    struct farrington_result out = {&v[0], &v[1], &v[2], &v[3], &v[4],
                                    &v[5], &v[6], &v[7], &v[8]};
    struct fault f;
    assert_int_equal(farrington_run(&s, (struct span){&last, 1}, &c, &out,
                                    &test_arena, &f), OK);
    assert_true(v[2] > 0 && v[0] > v[2]);
    *bound = v[0];
    return v[2];
}

TEST(a_population_that_doubles_doubles_what_is_expected)
{
    double y[WEEKS], same[WEEKS], doubled[WEEKS];
    counts_make(y, 0);
    for (int t = 0; t < WEEKS; t++) {
        same[t] = 5600;
        doubled[t] = t == WEEKS - 1 ? 11200 : 5600;
    }
    double u, plain = expected_at(y, NULL, &u);
    assert_true(fabs(expected_at(y, same, &u) - plain) < 1e-6 * plain);
    assert_true(fabs(expected_at(y, doubled, &u) - 2 * plain)
                < 1e-6 * plain);
}

TEST(counts_without_spread_are_judged_by_the_poisson_quantile)
{
    double y[WEEKS], u;
    for (int t = 0; t < WEEKS; t++) y[t] = 4;
    assert_true(fabs(expected_at(y, NULL, &u) - 4) < 1e-6);
    assert_true(u == 9); /* P(X <= 8) = 0.979, P(X <= 9) = 0.992 */
}

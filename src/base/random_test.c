/* random_test.c - the dice: reference outputs and their moments.  Bounds are
 * five standard errors of the mean, so a right generator never fails. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <math.h>

#include "base/random.h"

/* xoshiro256** 1.0 started from 1, 2, 3, 4: the published vector. */
TEST(the_generator_is_xoshiro256_starstar)
{
    static const uint64_t want[] = {
        UINT64_C(11520), UINT64_C(0), UINT64_C(1509978240),
        UINT64_C(1215971899390074240), UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600), UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832), UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576),
    };
    struct random r = {{1, 2, 3, 4}};
    for (size_t i = 0; i < COUNT_OF(want); i++)
        assert_true(random_u64(&r) == want[i]);
}

TEST(a_stream_is_its_seed_and_its_name)
{
    struct random a, b;
    random_seed(&a, 7, "births");
    random_seed(&b, 7, "births");
    for (int i = 0; i < 100; i++)
        assert_true(random_u64(&a) == random_u64(&b));
    random_seed(&b, 8, "births");
    random_seed(&a, 7, "births");
    assert_true(random_u64(&a) != random_u64(&b));
    random_seed(&a, 7, "births");
    random_seed(&b, 7, "deaths");
    assert_true(random_u64(&a) != random_u64(&b));
    random_seed(&a, 0, "");
    assert_true(a.s[0] | a.s[1] | a.s[2] | a.s[3]);
}

TEST(units_are_uniform_and_below_one)
{
    struct random r;
    random_seed(&r, 1, "units");
    int n = 100000;
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double u = random_unit(&r);
        assert_true(u >= 0 && u < 1);
        sum += u;
    }
    double error = sqrt(1.0 / 12 / n);
    assert_true(fabs(sum / n - 0.5) < 5 * error);
}

TEST(below_is_unbiased)
{
    struct random r;
    random_seed(&r, 2, "below");
    enum { SIDES = 6, THROWS = 60000 };
    int count[SIDES] = {0};
    for (int i = 0; i < THROWS; i++) {
        uint64_t k = random_below(&r, SIDES);
        assert_true(k < SIDES);
        count[k]++;
    }
    double chi = 0, want = THROWS / (double)SIDES;
    for (int i = 0; i < SIDES; i++)
        chi += (count[i] - want) * (count[i] - want) / want;
    assert_true(chi < 20.5); /* 0.999 of chi squared, 5 degrees */
    /* n of three quarters of the range: plain remainders would put 2/3 of
     * the draws in the lower third of it */
    uint64_t big = UINT64_C(3) << 62;
    int low = 0;
    for (int i = 0; i < THROWS; i++) {
        uint64_t k = random_below(&r, big);
        assert_true(k < big);
        low += k < UINT64_C(1) << 62;
    }
    double share = low / (double)THROWS;
    assert_true(fabs(share - 1.0 / 3) < 5 * sqrt(2.0 / 9 / THROWS));
    for (int i = 0; i < 100; i++) assert_int_equal(random_below(&r, 1), 0);
}

TEST(chances_come_true_as_often_as_they_say)
{
    struct random r;
    random_seed(&r, 3, "chance");
    int n = 50000, yes = 0;
    for (int i = 0; i < n; i++) yes += random_chance(&r, 0.3);
    assert_true(fabs(yes / (double)n - 0.3) < 5 * sqrt(0.21 / n));
    for (int i = 0; i < 1000; i++) {
        assert_false(random_chance(&r, 0));
        assert_true(random_chance(&r, 1));
    }
}

TEST(normals_have_mean_0_and_deviation_1)
{
    struct random r;
    random_seed(&r, 4, "normal");
    int n = 100000, tail = 0;
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) {
        double x = random_normal(&r);
        assert_true(isfinite(x));
        sum += x;
        squares += x * x;
        tail += fabs(x) > 1.959964;
    }
    assert_true(fabs(sum / n) < 5 / sqrt(n));
    assert_true(fabs(squares / n - 1) < 5 * sqrt(2.0 / n));
    assert_true(fabs(tail / (double)n - 0.05) < 5 * sqrt(0.0475 / n));
}

TEST(poissons_have_their_mean_as_variance)
{
    static const double means[] = {0.2, 3, 11, 40, 900};
    struct random r;
    random_seed(&r, 5, "poisson");
    int n = 40000;
    for (size_t i = 0; i < COUNT_OF(means); i++) {
        double m = means[i], sum = 0, squares = 0;
        for (int k = 0; k < n; k++) {
            int64_t x = random_poisson(&r, m);
            assert_true(x >= 0);
            sum += (double)x;
            squares += ((double)x - m) * ((double)x - m);
        }
        assert_true(fabs(sum / n - m) < 5 * sqrt(m / n));
        /* variance of the squared deviation is 2m^2 + m */
        assert_true(fabs(squares / n - m) < 5 * sqrt((2 * m * m + m) / n));
    }
    for (int k = 0; k < 100; k++)
        assert_int_equal(random_poisson(&r, 0), 0);
}

TEST(a_shuffle_keeps_all_and_favours_no_order)
{
    struct random r;
    random_seed(&r, 6, "shuffle");
    int count[6] = {0}, n = 60000;
    for (int i = 0; i < n; i++) {
        int64_t three[] = {1, 2, 4};
        random_shuffle(&r, three, 3, sizeof three[0]);
        assert_int_equal(three[0] | three[1] | three[2], 7);
        int first = three[0] == 1 ? 0 : three[0] == 2 ? 1 : 2;
        count[first * 2 + (three[1] > three[2])]++;
    }
    double chi = 0, want = n / 6.0;
    for (int i = 0; i < 6; i++)
        chi += (count[i] - want) * (count[i] - want) / want;
    assert_true(chi < 20.5);
    random_shuffle(&r, NULL, 0, 8);
}

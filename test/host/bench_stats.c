/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics of the benchmark suite: sorting, and the ranks of the confidence interval against the exact distribution. */
#include <host.h>

#include <math.h>
#include <stats.h>

static uint64_t seed = 1;

static int64_t of_test (unsigned i, unsigned shape)
{
    switch (shape) {
        case 0:  return i;                              /* sorted                                               */
        case 1:  return -(int64_t) i;                   /* the other way round                                  */
        case 2:  return 7;                              /* all the same                                         */
        case 3:  return i % 3 - 1;                      /* few values                                           */
        default: return (int64_t) host_random (&seed);
    }
}

static void test_sort (void **state UNUSED)
{
    for (unsigned shape = 0; shape < 5; shape++)
        for (unsigned n = 0; n < 200; n++) {

            int64_t *const v = malloc ((n + 1) * sizeof (*v));          /* an access outside is reported         */
            uint64_t sum = 0, after = 0;

            for (unsigned i = 0; i < n; i++)
                sum += (uint64_t) (v[i] = of_test (i, shape)) * 0x9e3779b97f4a7c15;

            stats_sort (v, n);

            for (unsigned i = 0; i < n; i++) {
                after += (uint64_t) v[i] * 0x9e3779b97f4a7c15;
                assert_true (!i || v[i - 1] <= v[i]);
            }

            assert_true (sum == after);                 /* nothing lost                                         */
            free (v);
        }
}

static void test_median (void **state UNUSED)
{
    int64_t const v[] = { 1, 2, 3, 4 };

    assert_int_equal (stats_median (v, 1), 1);
    assert_int_equal (stats_median (v, 2), 1);
    assert_int_equal (stats_median (v, 3), 2);
    assert_int_equal (stats_median (v, 4), 2);
}

/* P (B (n, 1/2) <= k), from the middle outwards, where nothing underflows */
static double below (unsigned n, unsigned k)
{
    double sum = 0;

    for (unsigned i = 0; i <= k; i++) {
        double const term = exp (lgamma (n + 1.0) - lgamma (k - i + 1.0) - lgamma (n - k + i + 1.0) - n * log (2));
        sum += term;
        if (term < sum * 1e-12)
            break;
    }

    return sum;
}

static void check_rank (unsigned n)
{
    unsigned const k = stats_rank (n);

    if (k)
        assert_true (below (n, k - 1) <= 0.025 + 1e-9);             /* 95 % at least                            */

    if (k + 1 <= n / 2)
        assert_true (below (n, k + 1) > 0.025 - 1e-9);              /* and no more than one rank too wide       */
}

static void test_rank (void **state UNUSED)
{
    for (unsigned n = 0; n < 6; n++)
        assert_int_equal (stats_rank (n), 0);

    assert_int_equal (stats_rank (6), 1);
    assert_int_equal (stats_rank (9), 2);
    assert_int_equal (stats_rank (100), 40);
    assert_int_equal (stats_rank (10000), 4902);

    for (unsigned n = 1; n <= 5000; n++)
        check_rank (n);

    for (unsigned n = 5000; n <= 1000000; n += 4999)
        check_rank (n);

    check_rank (1000000);
}

static void test_interval (void **state UNUSED)
{
    int64_t v[100], low, high;

    for (unsigned i = 0; i < 100; i++)
        v[i] = i + 1;

    stats_interval (v, 100, &low, &high);
    assert_int_equal (low, 40);
    assert_int_equal (high, 61);
    stats_interval (v, 9, &low, &high);
    assert_int_equal (low, 2);
    assert_int_equal (high, 8);

    for (unsigned n = 1; n <= 6; n++) {                 /* too few: all of them                                 */
        stats_interval (v, n, &low, &high);
        assert_int_equal (low, 1);
        assert_int_equal (high, n);
    }
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_sort),
        cmocka_unit_test (test_median),
        cmocka_unit_test (test_rank),
        cmocka_unit_test (test_interval),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

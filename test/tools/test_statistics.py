#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the statistics of scripts/kn on numbers of known truth (seeded): what is there is found, what is not there is not.

Run: test/tools/test_statistics.py"""

import itertools
import math
import sys
import unittest

import fakelog                                              # noqa: F401 (sets the path)
import numpy
from scipy import stats

from knlib import samples, statistics
from knlib.statistics import FASTER, SAME, SLOWER, UNSURE


def boots(random, level, noise, number=statistics.BOOTS):
    """Medians of boots, integers as the counter has them."""
    return [round(value) for value in random.normal(level, noise * level, number)]


def judge(old, new, tests=1, threshold=statistics.THRESHOLD):
    chance = min(tests * statistics.mann_whitney(old, new)[0], 1)
    return statistics.verdict(chance, statistics.shift(old, new), threshold * statistics.median(old))


class Exact(unittest.TestCase):
    def test_any_difference(self):
        base = [[100, 9], [120, 1]]
        for runs, expected in ((base, (SAME, None)), ([[120, 1], [100, 9]], (SAME, None)), ([[101, 9], [120, 1]], (SLOWER, 'median')),
                               ([[99, 10]], (FASTER, 'median')), ([[100, 8], [120, 2]], (SLOWER, 'sum')), ([[100, 9], [119, 1]], (FASTER, 'sum')),
                               ([[100, 8], [99, 1], [121, 1]], (SLOWER, 'max')), ([[101, 1], [100, 8], [119, 1]], (FASTER, 'max')),
                               ([[100, 90], [500, 9]], (SAME, None))):      # other numbers of samples: the median alone
            self.assertEqual(statistics.exact(statistics.figures(base), statistics.figures(runs)), expected, runs)

    def test_smallest_alone(self):
        old, new = [[90, 1], [100, 8], [110, 1]], [[91, 1], [99, 1], [100, 7], [110, 1]]
        self.assertEqual(statistics.exact(statistics.figures(old), statistics.figures(new)), (UNSURE, 'min'))


class RawSamples(unittest.TestCase):
    def test_only_quantiles_with_samples_behind_them(self):
        runs = [[value, 1] for value in range(1, 1001)]
        found = dict((p, (a, b)) for p, a, b in statistics.quantile_shift(runs, [[v + 7, c] for v, c in runs]))
        self.assertEqual(found[0.99], (990, 997))
        self.assertNotIn(0.999, found)
        self.assertEqual(found[1.0], (1000, 1007))
        self.assertEqual([p for p, _, _ in statistics.quantile_shift(runs[:12], runs)], [0.5, 1.0])
        self.assertEqual(samples.quantile(runs[:9], 0.5), samples.summary(runs[:9])[1])


class MannWhitney(unittest.TestCase):
    def every_choice(self, old, new):
        ranks = stats.rankdata(old + new)
        sums = [sum(c) for c in itertools.combinations(ranks, len(old))]
        have = sum(ranks[:len(old)])
        return min(1, 2 * min(sum(s <= have for s in sums), sum(s >= have for s in sums)) / len(sums))

    def test_against_all_choices(self):
        random = numpy.random.default_rng(1)
        for old, new, values in ((7, 7, 6), (7, 7, 1000000), (5, 8, 3), (7, 9, 12), (4, 4, 2)):
            for _ in range(5):
                a, b = random.integers(0, values, old).tolist(), random.integers(0, values, new).tolist()
                self.assertAlmostEqual(statistics.mann_whitney(a, b)[0], self.every_choice(a, b), 12, (a, b))

    def test_tied_sums_without_ties_are_scipys(self):
        random = numpy.random.default_rng(2)
        a, b = random.normal(size=12).tolist(), random.normal(0.5, size=15).tolist()
        ranks = tuple(stats.rankdata(a + b))
        chance, at = statistics.rank_sums(tuple(sorted(ranks)), 12), round(2 * sum(ranks[:12]))
        self.assertAlmostEqual(2 * min(chance[:at + 1].sum(), chance[at:].sum()), stats.mannwhitneyu(a, b, method='exact').pvalue, 12)

    def test_delta(self):
        self.assertEqual(statistics.mann_whitney([1, 2, 3], [4, 5, 6])[1], 1)
        self.assertEqual(statistics.mann_whitney([4, 5, 6], [1, 2, 3])[1], -1)
        self.assertEqual(statistics.mann_whitney([5, 5, 5], [5, 5, 5]), (1.0, 0.0))

    def test_smallest_p(self):
        self.assertAlmostEqual(statistics.mann_whitney(list(range(7)), list(range(10, 17)))[0], 2 / math.comb(14, 7))
        for tests in (1, 85, 86, 300):
            n = statistics.boots_needed(tests)
            self.assertTrue(statistics.can_find(n, n, tests))
            self.assertTrue(n == statistics.BOOTS or not statistics.can_find(n - 1, n - 1, tests))
        self.assertEqual([statistics.boots_needed(t) for t in (85, 86)], [7, 8])

    def test_interval_covers(self):
        random, inside = numpy.random.default_rng(3), 0
        for _ in range(1000):
            shift, low, high = statistics.shift(random.normal(100, 3, 7).tolist(), random.normal(105, 3, 7).tolist())
            self.assertTrue(low <= shift <= high)
            inside += low <= 5 <= high
        self.assertGreaterEqual(inside, 950 - 3 * 7)        # 7: standard deviation of a count of 1000 * 0.95
        self.assertLess(inside, 1000)                       # and it is an interval that can miss

    def test_interval_by_the_book(self):
        """n = m = 7: the 9th difference from either end (R: qwilcox (0.025, 7, 7) = 9)."""
        old, new = list(range(7)), [100 + 7 * i for i in range(7)]
        differences = sorted(y - x for x in old for y in new)
        self.assertEqual(statistics.shift(old, new)[1:], (differences[8], differences[-9]))


class Holm(unittest.TestCase):
    def test_by_the_book(self):
        for given, wanted in (([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]), ([0.5, 0.9], [1.0, 1.0]), ([], []), ([0.2], [0.2])):
            self.assertEqual([round(p, 12) for p in statistics.holm(given)], wanted)


class Verdicts(unittest.TestCase):
    def test_power(self):
        """2 % among 43 benchmarks, 7 boots, boots scatter by 0.3 %: found every time, with its size."""
        random = numpy.random.default_rng(4)
        for _ in range(50):
            old = [boots(random, 20000, 0.003) for _ in range(43)]
            new = [boots(random, 20400 if i == 5 else 20000, 0.003) for i in range(43)]
            chances = statistics.holm([statistics.mann_whitney(a, b)[0] for a, b in zip(old, new)])
            words = [statistics.verdict(p, statistics.shift(a, b), statistics.THRESHOLD * 20000) for p, a, b in zip(chances, old, new)]
            self.assertEqual(words[5], SLOWER)
            self.assertFalse({SLOWER, FASTER} & set(words[:5] + words[6:]))
            self.assertAlmostEqual(statistics.shift(old[5], new[5])[0], 400, delta=200)

    def test_faster_is_not_slower(self):
        random = numpy.random.default_rng(5)
        self.assertEqual(judge(boots(random, 20000, 0.003), boots(random, 19500, 0.003)), FASTER)

    def test_same_is_shown_not_assumed(self):
        random = numpy.random.default_rng(6)
        self.assertEqual(judge(boots(random, 20000, 0.001), boots(random, 20000, 0.001)), SAME)
        self.assertEqual(judge(boots(random, 20000, 0.1), boots(random, 20000, 0.1)), UNSURE)           # too noisy to say
        self.assertEqual(judge(boots(random, 20000, 0.0001), boots(random, 20100, 0.0001)), SAME)       # significant, too small to count
        self.assertEqual(judge(boots(random, 20000, 0.003), boots(random, 20400, 0.003), tests=100), UNSURE)    # 7 boots are too few

    def test_false_alarms(self):
        """Families of 20 equal benchmarks, with no threshold to help: at most 5 % have an alarm."""
        random, families = numpy.random.default_rng(7), 0
        for _ in range(400):
            pairs = [(boots(random, 20000, 0.02), boots(random, 20000, 0.02)) for _ in range(20)]
            families += min(statistics.holm([statistics.mann_whitney(a, b)[0] for a, b in pairs])) <= statistics.ALPHA
        self.assertLessEqual(families, 0.05 * 400 + 3 * math.sqrt(400 * 0.05 * 0.95))

    def test_drift(self):
        """A machine that gets slower from boot to boot: taken in turn, no alarm; one after the other, an alarm."""
        random = numpy.random.default_rng(8)
        drift = [round(20000 * (1 + 0.01 * i) + random.normal(0, 20)) for i in range(14)]
        for old, new in statistics.deals()[::7]:
            self.assertNotIn(judge([drift[i] for i in old], [drift[i] for i in new], tests=10), (SLOWER, FASTER))
        self.assertEqual(judge(drift[:7], drift[7:], tests=10), SLOWER)


class Noise(unittest.TestCase):
    def test_deals(self):
        deals = statistics.deals(3)
        self.assertEqual(len({tuple(old) for old, _ in deals}), 4)
        for old, new in deals:
            self.assertEqual(sorted(old + new), list(range(6)))
            self.assertEqual([i // 2 for i in old], [0, 1, 2])
            self.assertEqual(sorted(i // 2 for i in new), [0, 1, 2])

    def test_threshold_is_of_the_noise(self):
        random = numpy.random.default_rng(9)
        small, large = (statistics.noise(statistics.blocks(boots(random, 20000, noise, 28))) for noise in (0.001, 0.05))
        self.assertLess(small, 0.005)
        self.assertTrue(0.02 < large < 0.2)
        self.assertEqual(statistics.noise([[7] * 14]), 0)
        self.assertIsNone(statistics.noise([]))
        self.assertIsNone(statistics.noise([[0] * 14]))

    def test_blocks(self):
        self.assertEqual(statistics.blocks(list(range(30))), [list(range(14)), list(range(14, 28))])
        self.assertEqual(statistics.blocks(list(range(13))), [])

    def test_rate_interval(self):
        self.assertAlmostEqual(statistics.rate_interval(0, 59)[1], 1 - 0.025 ** (1 / 59), 9)      # (1 - p)^59 = 0.025
        self.assertEqual(statistics.rate_interval(0.2, 10), statistics.rate_interval(1, 10))


class ChangePoints(unittest.TestCase):
    def q(self, x, y):
        def inside(z):
            return sum(abs(a - b) for a, b in itertools.combinations(z, 2)) / math.comb(len(z), 2) if len(z) > 1 else 0
        cross = 2 * sum(abs(a - b) for a in x for b in y) / (len(x) * len(y))
        return len(x) * len(y) / (len(x) + len(y)) * (cross - inside(x) - inside(y))

    def test_divergence(self):
        values = numpy.random.default_rng(10).normal(size=12)
        found = statistics.divergence(abs(values[:, None] - values), list(range(1, 12)))
        for place in range(1, 12):
            self.assertAlmostEqual(found[place - 1], self.q(values[:place], values[place:]), 9)

    def test_known_changes(self):
        random = numpy.random.default_rng(11)
        values = [v for level in (1000, 1000, 1020, 1020, 990) for v in random.normal(level, 3, 7)]
        self.assertEqual(statistics.change_points(values, [7, 14, 21, 28]), [14, 28])
        self.assertEqual(statistics.change_points(values, [7, 14, 21, 28]), [14, 28])       # seeded: the same again

    def test_noise_has_none(self):
        random = numpy.random.default_rng(12)
        found = sum(bool(statistics.change_points(random.normal(1000, 3, 28), [7, 14, 21], permutations=199)) for _ in range(100))
        self.assertLessEqual(found, 5 + 3 * math.sqrt(100 * 0.05 * 0.95))

    def test_nothing_to_divide(self):
        self.assertEqual(statistics.change_points([5] * 20, [10]), [])
        self.assertEqual(statistics.change_points([1, 2], []), [])
        self.assertEqual(statistics.change_points([1, 100], [1]), [])       # two boots prove nothing


if __name__ == '__main__':
    sys.exit(unittest.main())

# SPDX-License-Identifier: GPL-2.0-only
"""Run-length encoded samples: a list of [value, count] in the order of measurement."""

import math

Z_SQUARED = 3841459                                         # of 95 %: the square of 1.959964, in millionths
PERCENTILES = 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999
BEYOND = 10                                                 # samples that a percentile wants beyond it


def parse_runs(text):
    """'258*9999,260*1' -> [[258, 9999], [260, 1]]; ValueError when malformed."""
    runs = []
    for word in text.split(','):
        value, star, count = word.partition('*')
        value, count = int(value), int(count) if star else 1
        if count < 1:
            raise ValueError('count %d of value %d' % (count, value))
        append_run(runs, value, count)
    return runs


def append_run(runs, value, count):
    """Appends, merging with the last run, so that equal samples have one encoding however the lines were cut."""
    if runs and runs[-1][0] == value:
        runs[-1][1] += count
    else:
        runs.append([value, count])


def count(runs):
    return sum(c for _, c in runs)


def values(runs):
    """[(value, count)], ascending, each value once."""
    merged = {}
    for value, c in runs:
        merged[value] = merged.get(value, 0) + c
    return sorted(merged.items())


def rank(runs, index):
    """The sample at this index of the sorted samples."""
    for value, c in sorted(map(tuple, runs)):
        if index < c:
            return value
        index -= c
    raise IndexError('rank beyond the number of samples')


def percentiles(n):
    """Those that n samples can carry: at least BEYOND of them lie beyond each."""
    return [p for p in PERCENTILES if n * (1 - p) >= BEYOND - 1e-6]


def quantile(runs, p):
    """The smallest sample that at least the share p of them does not exceed."""
    return rank(runs, max(math.ceil(p * count(runs) - 1e-9), 1) - 1)


def percentile(runs, p):
    """The same; ValueError where that would be chance."""
    n = count(runs)
    if n * (1 - p) < BEYOND - 1e-6:
        raise ValueError('%s of %d samples: fewer than %d lie beyond it' % (percentile_name(p), n, BEYOND))
    return quantile(runs, p)


def percentile_name(p):
    """0.999 -> 'p99.9'"""
    return 'p' + ('%.5f' % (100 * p)).rstrip('0').rstrip('.')


def histogram(runs, bins, low, high):
    """[(left edge, right edge, share of the samples)] of that many bins of equal width on a log axis from low to high, both above 0; what
    lies outside counts in the outermost ones."""
    step, n, shares = (math.log(high) - math.log(low)) / bins, count(runs), [0] * bins
    for value, c in runs:
        at = int((math.log(value) - math.log(low)) / step) if value > low else 0
        shares[min(bins - 1, at)] += c
    return [(low * math.exp(i * step), low * math.exp((i + 1) * step), share / n) for i, share in enumerate(shares)]


def summary(runs):
    """(minimum, median, maximum); the median of an even number is the lower of the two in the middle."""
    n = count(runs)
    return min(v for v, _ in runs), rank(runs, (n - 1) // 2), max(v for v, _ in runs)


def interval(runs):
    """(low, high): where the median of what was sampled is with 95 % confidence, whatever its distribution; from the minimum to the
    maximum if there are fewer than 6 samples. The same ranks as in bench/stats.c: a normal approximation of the binomial distribution."""
    n = count(runs)
    below = math.isqrt((Z_SQUARED * n - 1) // 1000000)      # the largest integer below the square root
    k = (n - below) // 2 if below + 1 <= n else 0
    return (rank(runs, k - 1), rank(runs, n - k)) if k else (rank(runs, 0), rank(runs, n - 1))


def expand(runs):
    return [value for value, c in runs for _ in range(c)]


def check_sum(total, parts):
    """ValueError unless each sample of the total is the sum of those of the parts."""
    total, parts = expand(total), [expand(p) for p in parts]
    if any(len(p) != len(total) for p in parts):
        raise ValueError('%d samples, but stages with %s' % (len(total), ', '.join(sorted({str(len(p)) for p in parts}))))
    for index, (whole, each) in enumerate(zip(total, zip(*parts))):
        if whole != sum(each):
            raise ValueError('sample %d is %d, but its stages add up to %d' % (index, whole, sum(each)))


def mean(runs):
    return sum(value * c for value, c in runs) / count(runs)

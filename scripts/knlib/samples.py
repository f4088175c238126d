# SPDX-License-Identifier: GPL-2.0-only
"""Run-length encoded samples: a list of [value, count] in the order of measurement."""

import math

Z_SQUARED = 3841459                                         # of 95 %: the square of 1.959964, in millionths


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


def rank(runs, index):
    """The sample at this index of the sorted samples."""
    for value, c in sorted(map(tuple, runs)):
        if index < c:
            return value
        index -= c
    raise IndexError('rank beyond the number of samples')


def summary(runs):
    """(minimum, median, maximum); the median of an even number is the lower of the two in the middle."""
    n = count(runs)
    values = [v for v, _ in runs]
    return min(values), rank(runs, (n - 1) // 2), max(values)


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

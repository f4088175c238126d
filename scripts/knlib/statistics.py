# SPDX-License-Identifier: GPL-2.0-only
"""What figures say: statistics of numbers, which know nothing of files (doc/bench/statistics.md has the reasons and the references).

Exact counts are compared, not tested. Times are tested by boots: a side is a list of medians, one of each boot. Nothing here takes raw
samples for independent observations."""

import functools
import itertools
import math

from . import samples, tools

BOOTS = 7                                                   # of each side, at least
ALPHA = 0.05                                                # false alarms of a whole comparison, and 1 - confidence of intervals
THRESHOLD = 0.01                                            # smallest change that counts on a machine without a history, of the old figure
PERMUTATIONS = 999
SEED = 2014
SAME, FASTER, SLOWER, UNSURE = 'same', 'faster', 'slower', 'unsure'
QUANTILES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999)


def stats():
    """scipy.stats; it takes a second to load, so only what needs it asks."""
    try:
        from scipy import stats as module
    except ImportError:
        raise tools.missing_module('scipy') from None
    return module


def numpy():
    try:
        import numpy as module
    except ImportError:
        raise tools.missing_module('numpy') from None
    return module


# Exact counts ---------------------------------------------------------------------------------------------------------

def figures(runs):
    """What is kept of exact samples: number, sum, smallest, median, largest."""
    low, middle, high = samples.summary(runs)
    return {'n': samples.count(runs), 'sum': sum(value * count for value, count in runs), 'min': low, 'median': middle, 'max': high}


def exact(old, new, median_only=False):
    """(verdict, what decided) of two figures(). The median counts first; if it is the same, and as many samples were taken, the sum,
    then the largest. UNSURE: they differ in the smallest alone."""
    same_number = old['n'] == new['n'] and not median_only
    for key in ('median', 'sum', 'max') if same_number else ('median',):
        if new[key] != old[key]:
            return (SLOWER if new[key] > old[key] else FASTER), key
    return (UNSURE, 'min') if same_number and new['min'] != old['min'] else (SAME, None)


# Raw samples: description only ----------------------------------------------------------------------------------------

def told(number, p):
    """Are there enough samples beyond this quantile, on the side where they are fewer?"""
    return number * min(p, 1 - p) >= samples.BEYOND - 1e-6


def quantile_shift(old, new):
    """[(p, old, new)]: quantiles that both sides have samples enough for, the median always, then the largest as p = 1."""
    number = min(samples.count(old), samples.count(new))
    found = [(p, samples.quantile(old, p), samples.quantile(new, p)) for p in QUANTILES if p == 0.5 or told(number, p)]
    return found + [(1.0, samples.summary(old)[2], samples.summary(new)[2])]


# Boots ----------------------------------------------------------------------------------------------------------------

def median(values):
    """The mean of the two in the middle, if there are two."""
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


@functools.lru_cache(maxsize=1024)
def rank_sums(ranks, first):
    """P of each sum of `first` of these mid-ranks (an array; index: twice the sum, since a mid-rank may be half a one), all ways to choose
    them being as likely. Exact, with ties and without."""
    doubled = [round(2 * rank) for rank in ranks]
    ways = numpy().zeros((first + 1, sum(sorted(doubled)[-first:]) + 1))
    ways[0, 0] = 1
    for rank in doubled:
        ways[1:, rank:] += ways[:-1, :-rank]
    return ways[first] / ways[first].sum()


def mann_whitney(old, new):
    """(P, Cliff's delta): how likely medians of boots are to lie at least so far apart, if all came from one distribution, exact and
    two-sided; and how much more often a new one is larger than an old one than it is smaller, from -1 to 1."""
    delta = sum((y > x) - (y < x) for x in old for y in new) / (len(old) * len(new))
    ranks = tuple(stats().rankdata([*old, *new]))
    if len(set(ranks)) == len(ranks):
        return float(stats().mannwhitneyu(old, new, alternative='two-sided', method='exact').pvalue), delta
    chance, at = rank_sums(tuple(sorted(ranks)), len(old)), round(2 * sum(ranks[:len(old)]))    # SciPy's exact P presumes no ties
    return float(min(2 * min(chance[:at + 1].sum(), chance[at:].sum()), 1)), delta


def shift(old, new, alpha=ALPHA):
    """(Hodges-Lehmann shift, low, high): the median of all differences new - old, with its distribution-free confidence interval
    (Hollander and Wolfe, Nonparametric Statistical Methods, 4.2 and 4.3)."""
    differences = sorted(y - x for x in old for y in new)
    number = len(old) + len(new)
    below = rank_sums(tuple(range(1, number + 1)), len(old)).cumsum()[len(old) * (len(old) + 1)::2]     # P (U <= 0), P (U <= 1), ...
    cut = max(int((below < alpha / 2).sum()), 1)
    return median(differences), differences[cut - 1], differences[-cut]


def holm(chances):
    """The same P, corrected for their number: calling those up to alpha changed is wrong with a probability of alpha at most, of all
    comparisons together (Holm 1979)."""
    corrected, highest = [1.0] * len(chances), 0.0
    for place, index in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min((len(chances) - place) * chances[index], 1.0))
        corrected[index] = highest
    return corrected


def boots_needed(tests, alpha=ALPHA):
    """Boots of each side with which one of so many tests can find anything at all."""
    boots = BOOTS
    while 2 * tests / math.comb(2 * boots, boots) > alpha:
        boots += 1
    return boots


def can_find(old, new, tests, alpha=ALPHA):
    """Is the smallest P of sides of so many boots small enough after the correction?"""
    return 2 * tests / math.comb(old + new, old) <= alpha


def verdict(chance, interval, threshold, alpha=ALPHA):
    """From a corrected P, (shift, low, high) and the smallest shift that counts: a change is significant and large enough; SAME takes an
    interval of nothing but shifts too small to count; all else is UNSURE."""
    middle, low, high = interval
    if chance <= alpha and abs(middle) > threshold:
        return SLOWER if middle > 0 else FASTER
    return SAME if -threshold <= low and high <= threshold else UNSURE


# Noise of a machine: boots of one build ---------------------------------------------------------------------------------

def blocks(values, boots=BOOTS):
    """What is as good as a comparison: groups of 2 * boots neighbours, in the order of measurement. What is left over is not used."""
    size = 2 * boots
    return [values[at:at + size] for at in range(0, len(values) - size + 1, size)]


def deals(boots=BOOTS):
    """Every way to deal two sides in turn: of each two neighbours one goes to either. [(indices of old, indices of new)]; the mirror
    images are left out."""
    found = []
    for word in itertools.product((0, 1), repeat=boots - 1):
        old = [2 * pair + side for pair, side in enumerate((0, *word))]
        found.append((old, [4 * pair + 1 - index for pair, index in enumerate(old)]))
    return found


def noise(groups):
    """The shift, as a part of the median, that equal builds stay below: the third quartile and three times the distance of the quartiles,
    of all shifts between two sides dealt from a block. None without a block, or with medians that are not above 0."""
    shifts = []
    for values in groups:
        if median(values) <= 0:
            return None
        for old, new in deals(len(values) // 2):
            old, new = [values[i] for i in old], [values[i] for i in new]
            shifts.append(abs(median(y - x for x in old for y in new)) / median(values))
    if not shifts:
        return None
    low, high = numpy().percentile(shifts, (25, 75))
    return float(high + 3 * (high - low))


def rate_interval(alarms, number, alpha=ALPHA):
    """Confidence interval (Clopper and Pearson) of a rate; alarms need not be whole, and are rounded up."""
    found = stats().binomtest(min(math.ceil(alarms - 1e-9), number), number).proportion_ci(1 - alpha, 'exact')
    return float(found.low), float(found.high)


# Change points ----------------------------------------------------------------------------------------------------------

def divergence(distance, places):
    """[Q] of dividing at each of these places: how far the two sides are from each other, less how far each is from itself (Matteson and
    James 2014, (5) and (6), with exponent 1). `distance`: of each value from each."""
    np = numpy()
    size, sums, first = len(distance), distance.cumsum(0).cumsum(1), np.asarray(places)
    second = size - first
    before, cross = sums[first - 1, first - 1], sums[first - 1, size - 1] - sums[first - 1, first - 1]
    after = sums[-1, -1] - before - 2 * cross
    with np.errstate(invalid='ignore', divide='ignore'):
        inside = np.where(first > 1, before / (first * (first - 1)), 0) + np.where(second > 1, after / (second * (second - 1)), 0)
    return first * second / size * (2 * cross / (first * second) - inside)


def change_points(values, places, alpha=ALPHA, permutations=PERMUTATIONS, seed=SEED):
    """The places, of those given, where the distribution changes (E-divisive): divide where the sides are farthest apart, as long as
    permutations within the parts rarely get as far. A place is the index of the first value behind it."""
    np = numpy()
    random, values, found = np.random.default_rng(seed), np.asarray(values, dtype=float), []

    def best(data):
        top = (-math.inf, None)
        for low, high in itertools.pairwise([0, *sorted(found), len(data)]):
            inner = [place - low for place in places if low < place < high]
            if inner:
                part = data[low:high]
                q = divergence(np.abs(part[:, None] - part), inner)
                top = max(top, (float(q.max()), low + inner[int(q.argmax())]))
        return top

    def shuffled():
        return np.concatenate([random.permutation(values[low:high]) for low, high in itertools.pairwise([0, *sorted(found), len(values)])])

    while True:
        q, place = best(values)
        if place is None:
            return sorted(found)
        as_far = sum(best(shuffled())[0] >= q - 1e-9 for _ in range(permutations))
        if (1 + as_far) / (1 + permutations) > alpha:
            return sorted(found)
        found.append(place)

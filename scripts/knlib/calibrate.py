# SPDX-License-Identifier: GPL-2.0-only
"""How often two sides of one build are called different: the false alarms of kn compare, measured on recorded boots.

Neighbouring boots go to different sides, as when two builds are measured in turn. The threshold for a block of boots is from the other
blocks; with one block alone it is the default. Dealing the same boots anew gives no new boots: the confidence interval counts each
benchmark of each block as one comparison, whatever the number of deals."""

from . import boots, statistics
from .errors import UsageError, counted

CHANGES = (statistics.SLOWER, statistics.FASTER)


def calibrate(side, threshold=None, alpha=statistics.ALPHA):
    if side.exact:
        raise UsageError('%s: figures of %s are exact and have no false alarms: kn compare --same A B' % (side.name, side.machine))
    wanted = 2 * statistics.BOOTS
    if len(side.documents) < wanted:
        raise UsageError('%s has %s of %s; the rate of false alarms takes at least %d' % (side.name, counted(len(side.documents), 'boot'),
                                                                                         side.configuration, wanted))
    side.documents = boots.in_time(side)
    blocks = {key: statistics.blocks(values) for key, values in boots.medians(side).items()}
    number = len(next(iter(blocks.values())))
    thresholds = [{key: limit(groups, block, threshold) for key, groups in blocks.items()} for block in range(number)]
    deals = statistics.deals()
    alarms, families = dict.fromkeys(blocks, 0), 0
    apart = 0
    for block, limits in enumerate(thresholds):
        values = {key: groups[block] for key, groups in blocks.items()}
        for old, new in deals:
            called = changed(values, old, new, limits, alpha)
            families += bool(called)
            for key in called:
                alarms[key] += 1
        apart += len(changed(values, *halves(), limits, alpha))
    verdicts, comparisons = len(deals) * number * len(blocks), number * len(blocks)
    return {'machine': side.machine, 'configuration': side.configuration, 'kernel': boots.kernel(side.first), 'boots': len(side.documents),
            'blocks': number, 'deals': len(deals), 'benchmarks': len(blocks), 'alarms': sum(alarms.values()), 'verdicts': verdicts,
            'rate': sum(alarms.values()) / verdicts, 'comparisons': comparisons,
            'interval': list(statistics.rate_interval(sum(alarms.values()) / len(deals), comparisons, alpha)),
            'family_rate': families / (len(deals) * number), 'apart_rate': apart / comparisons, 'nominal': alpha,
            'called': {key: count for key, count in alarms.items() if count},
            'thresholds': {key: [t[key] for t in thresholds] for key in blocks}}


def halves():
    """Indices of the two sides of a block that was not dealt in turn: first one build, then the other."""
    return list(range(statistics.BOOTS)), list(range(statistics.BOOTS, 2 * statistics.BOOTS))


def limit(groups, block, threshold):
    """The threshold for this block: as given, else from the other blocks, else the default."""
    if threshold is not None:
        return threshold
    found = statistics.noise(groups[:block] + groups[block + 1:])
    return statistics.THRESHOLD if found is None else found


def changed(values, old, new, thresholds, alpha):
    """Labels of what is called changed when the boots are dealt in this way."""
    sides = {key: ([v[i] for i in old], [v[i] for i in new]) for key, v in values.items()}
    chances = statistics.holm([statistics.mann_whitney(a, b)[0] for a, b in sides.values()])
    found = []
    for (key, (a, b)), chance in zip(sides.items(), chances):
        least = thresholds[key] * statistics.median(a) if statistics.median(a) > 0 else 1
        if chance <= alpha and statistics.verdict(chance, statistics.shift(a, b, alpha), least, alpha) in CHANGES:
            found.append(key)
    return found


def text(result):
    lines = ['%s %s: %s of one build, %s' % (result['machine'], result['configuration'], counted(result['boots'], 'boot'),
                                             counted(result['benchmarks'], 'benchmark')),
             '%s of %d neighbouring boots, each dealt to two sides in turn in %d ways: %d verdicts' % (
                 counted(result['blocks'], 'block'), 2 * statistics.BOOTS, result['deals'], result['verdicts']),
             '',
             'called changed:        %.2f %% of all verdicts (%d); 95 %% confidence interval %.2f to %.2f %%, of %s' % (
                 100 * result['rate'], result['alarms'], 100 * result['interval'][0], 100 * result['interval'][1],
                 counted(result['comparisons'], 'comparison')),
             'at least one of them:  %.2f %% of the ways; nominal: at most %g %%' % (100 * result['family_rate'], 100 * result['nominal']),
             'not taken in turn:     %.2f %% (first half of each block against the second)' % (100 * result['apart_rate'])]
    lines += ['  %s: %d' % item for item in sorted(result['called'].items())]
    return '\n'.join(lines) + '\n'

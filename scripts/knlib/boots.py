# SPDX-License-Identifier: GPL-2.0-only
"""Result files as sides of a comparison: which files are boots of one build on one machine, and in which order they were taken."""

import glob
import os

from . import statistics, store
from .errors import KnError, UsageError, counted

IN_A_ROW = 2                                                # boots of one side, if the sides are taken in turn (A B A B, A B B A)


class Side:
    """The boots of one build on one machine."""

    def __init__(self, name, paths, documents):
        self.name, self.paths, self.documents = name, paths, documents
        first = documents[0]
        self.first, self.machine, self.configuration, self.ticks_are = first, first['machine'], first['configuration'], first['ticks_are']
        for path, document in zip(paths, documents):
            for what, get in (('count different things', lambda d: d['ticks_are']), ('are of different kernels', kernel),
                              ('are of different root tasks', root)):
                if get(document) != get(first):
                    raise UsageError('%s: %s and %s %s; a side is of one build' % (name, paths[0], path, what))

    @property
    def exact(self):
        return self.ticks_are == 'instructions'

    def identity(self):
        """SHA-256 of kernel and root task; None where a file does not say it."""
        sums = kernel(self.first), root(self.first)
        return sums if all(sums) else None


def kernel(document):
    return document['kernel'].get('sha256')


def root(document):
    return document['root'].get('sha256')


def paths_of(argument):
    """The result files that an argument names: a file, a folder (with those below it), or a pattern."""
    if os.path.isdir(argument):
        found = sorted(glob.glob(os.path.join(glob.escape(argument), '**', '*.json'), recursive=True))
    else:
        found = [argument] if os.path.exists(argument) else sorted(glob.glob(argument))
    if not found:
        raise UsageError('%s: no such result file, or no .json below it' % argument)
    return found


def sides(argument):
    """{(machine, configuration): Side} of the files that an argument names."""
    found = {}
    for path in paths_of(argument):
        document = store.read(path)
        found.setdefault((document['machine'], document['configuration']), []).append((path, document))
    return {key: Side(argument, [p for p, _ in group], [d for _, d in group]) for key, group in found.items()}


def pairs(old, new):
    """([(Side, Side)], ['machine/configuration' that one of them lacks]): those of the same machine and configuration; two builds with
    different configurations if each argument has one."""
    old, new = sides(old), sides(new)
    common = [(old[key], new[key]) for key in old if key in new]
    if not common and len(old) == len(new) == 1:
        (a,), (b,) = old.values(), new.values()
        if a.machine != b.machine:
            raise UsageError('%s was measured on %s, %s on %s: figures of two machines are not compared'
                             % (a.name, a.machine, b.name, b.machine))
        common = [(a, b)]
    if not common:
        raise UsageError('no machine and configuration is in both: %s; %s'
                         % tuple(', '.join('/'.join(key) for key in side) for side in (old, new)))
    for a, b in common:
        if a.ticks_are != b.ticks_are:
            raise UsageError('%s counts %s, %s counts %s: they cannot be compared' % (a.name, a.ticks_are, b.name, b.ticks_are))
    return common, sorted('/'.join(key) for key in old.keys() ^ new.keys()) if old.keys() & new.keys() else []


def label(name, variant, counter):
    """What a figure is called wherever one word must do: the variant where the name does not say it, the counter where it is not ticks."""
    words = [name] + ([variant] if variant not in ('warm', 'once') and not name.endswith('.' + variant) else [])
    return ' '.join(words + ([counter] if counter else []))


def series(document):
    """{label: (bench, samples)}: all batches, those of further counters too. Of exact counts, all but times: those of a boot contain the
    console's output, which is as long as the name of the release is, and an emulator's timers are not as exact as its counter."""
    found, exact = {}, document['ticks_are'] == 'instructions'
    for bench in document['benchmarks']:
        if exact and bench.get('kind') == 'time':
            continue
        batches = [('', bench)] + [(batch['name'], batch) for batch in bench.get('counters', ())]
        for counter, batch in batches:
            found[label(bench['name'], bench['variant'], counter)] = bench, batch['samples']
    return found


def by_timer(bench):
    """Do samples begin with a timer? An emulator may be late with one now and then: of exact counts, the median alone is exact then."""
    return bench.get('kind') == 'latency'


def medians(side):
    """{label: [median of each boot]} of what all boots of the side have."""
    tables = [{key: statistics.figures(runs)['median'] for key, (_, runs) in series(d).items()} for d in side.documents]
    return {key: [t[key] for t in tables] for key in tables[0] if all(key in t for t in tables)}


def when(document):
    """(clock, time) of a boot: the date, or the line of the log that holds several boots. None when the file does not say it."""
    run = document['run']
    if 'date' in run:
        return '', run['date'], int(run.get('line', '0'))
    return (run['log'], '', int(run['line'])) if 'log' in run else None


def in_order(documents):
    """Are all times known, of one clock, and no two the same?"""
    times = [when(d) for d in documents]
    return None not in times and len(set(times)) == len(times) and len({clock for clock, _, _ in times}) == 1


def check_turns(old, new):
    """Raises UsageError unless each side has boots enough, taken in turn. Returns a remark when the files do not say their order."""
    for side in (old, new):
        if len(side.documents) < statistics.BOOTS:
            raise UsageError('%s has %s of %s; figures of %s are compared by boots, of which each side wants %d, taken in turn: kn turns'
                             % (side.name, counted(len(side.documents), 'boot'), side.configuration, side.machine, statistics.BOOTS))
    if not in_order(old.documents + new.documents):
        return 'the files do not say in which order the boots were taken; the verdicts hold only if they were taken in turn'
    order = sorted([(when(d), 'old') for d in old.documents] + [(when(d), 'new') for d in new.documents])
    row, last = 0, None
    for _, which in order:
        row, last = (row + 1 if which == last else 1), which
        if row > IN_A_ROW:
            raise UsageError('more than %d boots in a row are of one side (%s): what changed on the machine meanwhile would be taken for a '
                             'difference; take them in turn: kn turns' % (IN_A_ROW, (old if which == 'old' else new).name))
    return None


def in_time(side):
    """The documents in the order of measurement; KnError when they do not say it."""
    if not in_order(side.documents):
        raise KnError('%s: not every file says when it was measured (run.date, or run.log and run.line), or two say the same' % side.name)
    return [d for _, d in sorted(zip(map(when, side.documents), side.documents), key=lambda pair: pair[0])]

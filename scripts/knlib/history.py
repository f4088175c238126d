# SPDX-License-Identifier: GPL-2.0-only
"""Figures over releases: each benchmark of each machine and configuration, with the releases in which it changed."""

import fnmatch
import os
import re

from . import boots, compare, statistics, table
from .errors import UsageError, counted

RELEASE = re.compile(r'\d\d\.\d\d\.\d+')                    # of this kernel: year, week, number


def releases(folder):
    """Names of the releases that have results, oldest first."""
    try:
        names = [name for name in os.listdir(folder) if RELEASE.fullmatch(name)]
    except OSError as error:
        raise UsageError('--results %s: %s' % (folder, error.strerror)) from None
    if not names:
        raise UsageError('%s has no results of a release (YY.WW.N)' % folder)
    return sorted(names, key=lambda name: [int(part) for part in name.split('.')])


def chosen(key, machine, configuration):
    return fnmatch.fnmatchcase(key[0], machine) and fnmatch.fnmatchcase(key[1], configuration)


def read(folder, machine='*', configuration='*'):
    """{(machine, configuration): [(release, Side)]} of what the patterns name."""
    found = {}
    for release in releases(folder):
        for key, side in boots.sides(os.path.join(folder, release)).items():
            if chosen(key, machine, configuration):
                found.setdefault(key, []).append((release, side))
    if not found:
        raise UsageError('no release has results of machine %s, configuration %s' % (machine, configuration))
    return found


def build(document):
    """What was measured: the commit, as the result says it, else the kernel's banner."""
    build = document.get('build') or {}
    banner = re.match(r'Kilonova (\S+) ', document['kernel'].get('banner') or '')
    if 'commit' in build:
        return build['commit'][:12] + ('-dirty' if build.get('dirty') else '')
    return banner.group(1) if banner else document['release']


def histories(folder, patterns=(), machine='*', configuration='*', alpha=statistics.ALPHA):
    """[{machine, configuration, ticks_are, exact, releases, benchmarks}], as --format json prints them."""
    found, known = [], set()
    for (name, kind), sides in sorted(read(folder, machine, configuration).items()):
        if len({side.ticks_are for _, side in sides}) > 1:
            raise UsageError('%s/%s counts different things in different releases' % (name, kind))
        values = [boots.medians(side) for _, side in sides]
        details = {key: bench for _, side in sides for key, (bench, _) in boots.series(side.first).items()}
        known |= set(details)
        keys = [key for key in details if not patterns or any(fnmatch.fnmatchcase(key, p) for p in patterns)]
        exact = sides[0][1].exact
        if exact:
            for _, side in sides:
                compare.one(side)                           # boots of a release that differ are no counts
        found.append({
            'machine': name, 'configuration': kind, 'ticks_are': sides[0][1].ticks_are, 'exact': exact,
            'releases': [{'name': release, 'build': build(side.first), 'compiler': side.first['kernel'].get('compiler'),
                          'boots': len(side.documents)}
                         for release, side in sides],
            'benchmarks': [line(key, details[key], [v.get(key) for v in values], [release for release, _ in sides], exact, alpha)
                           for key in keys]})
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            raise UsageError("%s names no benchmark of these releases; patterns are whole names, for example 'ipc.*'" % pattern)
    return found


def line(key, bench, values, names, exact, alpha):
    """A benchmark: its median in each release (None: not measured), and where it changed. `values`: medians of the boots, or None."""
    middles = [None if v is None else v[0] if exact else statistics.median(v) for v in values]
    at = [index for index, middle in enumerate(middles) if middle is not None]
    moved = places([(index, values[index]) for index in at], exact, alpha)
    changes = [{'release': names[b], 'index': b, 'old': middles[a], 'new': middles[b],
                'percent': 100 * (middles[b] - middles[a]) / middles[a] if middles[a] > 0 else None}
               for a, b in zip(at, at[1:]) if b in moved]
    return {'name': key, 'group': bench['group'], 'unit': bench['unit'], 'op': bench['op'], 'medians': middles, 'changes': changes}


def places(values, exact, alpha):
    """Indices of releases in which it changed. Of counts, every change is one; of times, what E-divisive finds among the boots."""
    if exact:
        return [b for (_, old), (b, new) in zip(values, values[1:]) if old[0] != new[0]]
    starts, flat = {}, []
    for index, medians in values:
        starts[len(flat)] = index
        flat += medians
    return [starts[place] for place in statistics.change_points(flat, [place for place in starts if place], alpha)]


def text(history, form, every):
    names = [r['name'] for r in history['releases']]
    boots_of = ', '.join(str(r['boots']) for r in history['releases'])
    lines = ['%s %s: %s%s' % (history['machine'], history['configuration'], table.TICKS[history['ticks_are']],
                              ', exact' if history['exact'] else ', medians of boots (%s)' % boots_of)]
    rows = []
    for bench in history['benchmarks']:
        marks = {c['index']: c for c in bench['changes']}
        if marks or every:
            cells = [cell(value, marks.get(index)) for index, value in enumerate(bench['medians'])]
            rows.append([bench['name'], *cells, total(bench['medians'])])
    if rows:
        lines += ['', compare.grid(rows, ['benchmark', *names, 'first to last'], form), '']
    changed = sum(bool(b['changes']) for b in history['benchmarks'])
    lines.append('%s, %d changed%s' % (counted(len(history['benchmarks']), 'benchmark'), changed,
                                       '; + and -: a change point' if changed else ''))
    return '\n'.join(lines) + '\n'


def cell(value, change):
    """'547 (+4)': a figure, and how much it is off the one before where it changed."""
    if value is None:
        return '-'
    if not change:
        return compare.number(value)
    step = change['new'] - change['old']
    return '%s (%s%s)' % (compare.number(value), '-' if step < 0 else '+', compare.number(abs(step)))


def total(values):
    known = [v for v in values if v is not None]
    return '' if len(known) < 2 or known[0] <= 0 else '%+.1f %%' % (100 * (known[-1] - known[0]) / known[0])

# SPDX-License-Identifier: GPL-2.0-only
"""Figures over releases: a small chart for each benchmark, with every change marked. Figures of one machine and configuration."""

import math
import os
import re

from . import store, style
from .errors import UsageError
from .style import BLUE, INK, MUTED, look, plain_number
from .table import TICKS, name_of

COLUMNS = 4
HEAD, CELL, FOOT = 86, 176, 18                              # pixels
HEADLINES = ('null', 'ipc.same.w1', 'ipc.cross.w1', 'ipc.cross.w64', 'ipc.cross.w512', 'exc.ud', 'sem.up', 'sem.pingpong.equal', 'delegate.obj.o0',
             'map.other.map', 'map.own.unmap', 'create.ec')


def version(release):
    """26.48.3 and 26.48.10 in the order in which they were made; None for what is no release of this kernel."""
    return tuple(map(int, release.split('.'))) if re.fullmatch(r'\d+\.\d+\.\d+', release) else None


def releases(results):
    """Names of the recorded releases, oldest first."""
    try:
        names = os.listdir(results)
    except OSError as error:
        raise UsageError('%s: %s' % (results, error.strerror)) from None
    return sorted((n for n in names if version(n)), key=version)


def load(results, machine, configuration, until=None):
    """[document] of each release that was recorded there, oldest first; none that is younger than `until`."""
    out = []
    for release in releases(results):
        path = os.path.join(results, release, machine, configuration + '.json')
        if os.path.exists(path) and not (until and version(until) and version(release) > version(until)):
            out.append(store.read(path))
    return out


def lines(documents):
    """{name: [median or None, for each document]} of what the last one has, warm."""
    out = {}
    for bench in documents[-1]['benchmarks']:
        if bench['variant'] == 'warm' and bench['group'] != 'control':
            out[bench['name']] = [next((b['median'] for b in d['benchmarks'] if store.key(b) == store.key(bench)), None) for d in documents]
    return out


def changes(values):
    """[(index, before, after)] of exact counts: any difference is a change."""
    out, before = [], None
    for i, value in enumerate(values):
        if value is not None and before is not None and value != before:
            out.append((i, before, value))
        before = before if value is None else value
    return out


def chosen(found, names=None):
    """The benchmarks that get a chart."""
    known = [name for name in (names or HEADLINES) if name in found]
    return known or list(found)[:len(HEADLINES)]


def cell(s, name, values, heads, theirs, place):
    top, bottom, left, right = place
    known = [v for v in values if v is not None]
    s.panel(top, bottom, left, right)
    s.label(name, 'graph 0', 'screen %.5f' % (top + 15 / s.height), 'left ' + look(style.TEXT, INK, True))
    if theirs:
        s.label('%s %s' % (theirs[0], plain_number(theirs[1])), 'graph 1', 'screen %.5f' % (top + 15 / s.height),
                'right ' + look(style.TINY, MUTED))
    span = max(max(known) - min(known), max(known) * 0.06, 1)
    s.add('set border 1 lc rgb "%s"' % style.GRID, 'set tics nomirror scale 0 ' + look(style.TINY, MUTED), 'unset ytics',
          'set xrange [-0.35:%g]' % (len(values) - 0.65), 'set yrange [%g:%g]' % (min(known) - span * 0.55, max(known) + span * 0.6),
          'set xtics (%s) offset 0,0.3' % ', '.join('"%s" %d' % (head, i) for i, head in enumerate(heads)))
    marks = changes(values)
    for i, _, _ in marks:
        s.add('set arrow from first %d, graph 0 to first %d, graph 1 nohead lc rgb "%s" lw 5 back' % (i, i, style.GRID))
    for i, value in enumerate(values):
        if value is None:
            continue
        change = next(((before, after) for at, before, after in marks if at == i), None)
        if change or i == values.index(known[0]):
            s.label(plain_number(value), 'first %d' % i, 'first %g' % value, 'center offset 0,0.95 ' + look(style.SMALL, INK, True))
        if change:
            s.label('%+.1f %%' % (100 * (change[1] - change[0]) / change[0]) if change[0] else 'new', 'first %d' % i, 'first %g' % value,
                    'center offset 0,-0.95 ' + look(style.TINY, style.VERMILLION if change[1] > change[0] else style.GREEN, True))
    data = s.block(['%d %s' % (i, 'NaN' if v is None else v) for i, v in enumerate(values)])
    better = s.block(['%d %d' % (i, after) for i, before, after in marks if after < before] or ['NaN NaN'])
    worse = s.block(['%d %d' % (i, after) for i, before, after in marks if after > before] or ['NaN NaN'])
    s.plot(['%s using 1:2 with lines lc rgb "%s" lw 2' % (data, BLUE), '%s using 1:2 with points lc rgb "%s" pt 7 ps 0.8' % (data, BLUE),
            '%s using 1:2 with points lc rgb "%s" pt 11 ps 1.7' % (better, style.GREEN),
            '%s using 1:2 with points lc rgb "%s" pt 9 ps 1.7' % (worse, style.VERMILLION)])


def script(documents, reference, names=None):
    """The picture; None when there are fewer than two releases."""
    if len(documents) < 2:
        return None
    found = lines(documents)
    shown = chosen(found, names)
    last = documents[-1]
    rows = math.ceil(len(shown) / COLUMNS)
    s = style.Script(HEAD + CELL * rows + FOOT)
    s.heading('From release to release', '%s, median, on %s (%s); each chart has its own scale, which does not start at 0; lower is better'
              % (TICKS[last['ticks_are']], last['machine'], last['configuration']), 0.03)
    s.line_key([('fewer', 'lc rgb "%s" lw 5' % style.GRID, 'lc rgb "%s" pt 11 ps 1.5' % style.GREEN),
                ('more', 'lc rgb "%s" lw 5' % style.GRID, 'lc rgb "%s" pt 9 ps 1.5' % style.VERMILLION)], 0.80, s.down(27))
    s.finish()
    theirs = {b['name']: (name_of(reference).split()[0], b['median']) for b in reference['benchmarks'] if b['variant'] == 'warm'} if reference else {}
    width = (0.97 - 0.03) / COLUMNS
    for i, name in enumerate(shown):
        x, y = 0.03 + (i % COLUMNS) * width, HEAD + (i // COLUMNS) * CELL
        cell(s, name, found[name], [d['release'] for d in documents], theirs.get(name), (s.down(y + 34), s.down(y + CELL - 26), x, x + width - 0.025))
    return s


def caption(documents):
    found = lines(documents)
    fewer, more = 0, 0
    for values in found.values():
        for _, before, after in changes(values):
            fewer, more = fewer + (after < before), more + (after > before)
    return 'Counts of instructions are exact, so every difference is a change of the kernel or of the compiler, and is marked: a triangle that points down is ' \
           'fewer, one that points up is more. Of all %d benchmarks from %s to %s: %d times fewer, %d times more.' % (
               len(found), name_of(documents[0]).split()[-1], name_of(documents[-1]).split()[-1], fewer, more)

# SPDX-License-Identifier: GPL-2.0-only
"""Figures over releases: a small chart for each benchmark, with its change points (history.py) marked."""

import fnmatch
import math
import os

from . import history, style
from .style import BLUE, INK, MUTED, look, plain_number
from .table import CONTROL, TICKS, name_of

COLUMNS = 4
HEAD, CELL, FOOT = 86, 176, 18                              # pixels
HEADLINES = ('null', 'ipc.same.w1', 'ipc.cross.w1', 'ipc.cross.w64', 'ipc.cross.w512', 'exc.ud', 'sem.up', 'sem.pingpong.equal', 'delegate.obj.o0',
             'map.other.map', 'map.own.unmap', 'create.ec')


def load(results, machine, configuration, until=None):
    """The history of one machine and configuration (history.py), no release younger than `until`; None where nothing was recorded."""
    if not os.path.isdir(results):
        return None
    known = history.releases(results)
    if until in known:
        known = known[:known.index(until) + 1]
    if not any(os.path.exists(os.path.join(results, release, machine, configuration + '.json')) for release in known):
        return None
    (found,) = history.histories(results, (), machine, configuration)
    keep = [i for i, release in enumerate(found['releases']) if release['name'] in known]
    lines = [dict(line, medians=[line['medians'][i] for i in keep], changes=[dict(c, index=keep.index(c['index'])) for c in line['changes'] if c['index'] in keep])
             for line in found['benchmarks']]
    return dict(found, releases=[found['releases'][i] for i in keep],
                benchmarks=[line for line in lines if line['group'] != CONTROL and any(v is not None for v in line['medians'])])


def chosen(lines, patterns=None):
    """The benchmarks that get a chart: those that were asked for, else the headlines."""
    if patterns:
        return [line for line in lines if any(fnmatch.fnmatchcase(line['name'], p) for p in patterns)]
    known = {line['name']: line for line in lines}
    return [known[name] for name in HEADLINES if name in known] or lines[:len(HEADLINES)]


def cell(s, line, heads, theirs, place):
    top, bottom, left, right = place
    name, values, marks = line['name'], line['medians'], [(c['index'], c['old'], c['new']) for c in line['changes']]
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


def script(found, reference, patterns=None):
    """The picture; None when there are fewer than two releases."""
    if not found or len(found['releases']) < 2:
        return None
    shown = chosen(found['benchmarks'], patterns)
    rows = math.ceil(len(shown) / COLUMNS)
    s = style.Script(HEAD + CELL * rows + FOOT)
    s.heading('%s, release by release' % found['configuration'].split('-')[0], '%s, median, on %s (%s); each chart has its own scale, which does not start '
              'at 0; lower is better' % (TICKS[found['ticks_are']], found['machine'], found['configuration']))
    s.line_key([(text, 'lc rgb "%s" lw 5' % style.GRID, 'lc rgb "%s" pt %d ps 1.5' % (colour, point))
                for text, colour, point in (('fewer', style.GREEN, 11), ('more', style.VERMILLION, 9))], 0.80, s.down(27))
    s.finish()
    theirs = {b['name']: (name_of(reference).split()[0], b['median']) for b in reference['benchmarks'] if b['variant'] == 'warm'} if reference else {}
    width = (0.98 - style.LEFT) / COLUMNS
    for i, line in enumerate(shown):
        x, y = style.LEFT + (i % COLUMNS) * width, HEAD + (i // COLUMNS) * CELL
        cell(s, line, [r['name'] for r in found['releases']], theirs.get(line['name']), (s.down(y + 34), s.down(y + CELL - 26), x, x + width - 0.025))
    return s


def caption(found):
    steps = [c['new'] < c['old'] for line in found['benchmarks'] for c in line['changes']]
    why = 'Counts of instructions are exact, so every difference is a change of the kernel or of the compiler, and is marked' if found['exact'] else \
        'Marked are change points among the medians of boots'
    return '%s: %s: a triangle that points down is fewer, one that points up is more. Of all %d benchmarks from %s to %s: %d times fewer, %d times more.' % (
        found['configuration'].split('-')[0], why, len(found['benchmarks']), found['releases'][0]['name'], found['releases'][-1]['name'],
        sum(steps), len(steps) - sum(steps))

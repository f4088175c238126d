# SPDX-License-Identifier: GPL-2.0-only
"""Charts with gnuplot: one SVG and one PNG of the same picture.

Upper panels: round-trip IPC over the message size, grouped bars, this kernel beside the reference.
Lower panel: every other operation, horizontal bars. With a reference their length is the share of the reference's figure
(100 % = equal, shorter is better) and both figures stand beside it; without one it is the figure itself on a log scale.
"""

import fnmatch
import re

from . import style
from .style import GRID, INK, MUTED, THEIRS, WIDTH, look, plain_number
from .table import CONTROL, TICKS, name_of, rows, short

MANY = 40                                                   # so many rows are a chart; of more, these. The page of kn report has all
KEY = ('create.*', 'delegate.*', 'exc.ud', 'exc.pf.pager.ip', 'int.timer.idle', 'ipc.chain.4', 'ipc.fpu.both', 'ipc.help.blocked.8', 'map.other.*',
       'map.own.*', 'map.n64.map', 'map.2m.map', 'null', 'recall.self', 'sched.preempt', 'sem.up', 'sem.down', 'sem.pingpong.*')
SIZED = re.compile(r'^(?P<stem>.+)[-_.]w(?P<words>\d+)$')  # ipc.cross.w8
OURS = style.BLUE
HEAD, IPC = 84, 330                                         # pixels: title, one IPC panel


def series(table):
    """Splits the rows: {stem: [(words, row)]} of IPC over message sizes with three sizes or more, and the rest."""
    stems = {}
    table = [row for row in table if row['files'][0] and row['group'] != CONTROL]
    for row in table:
        match = SIZED.match(row['name'])
        if match and row['group'] == 'ipc':
            stems.setdefault((match['stem'], row['variant']), []).append((int(match['words']), row))
    stems = {k: sorted(v, key=lambda p: p[0]) for k, v in stems.items() if len(v) >= 3}
    used = {id(row) for points in stems.values() for _, row in points}
    return stems, [row for row in table if id(row) not in used]


def ipc_panel(s, title, points, unit, top, bottom):
    """Grouped bars over the message size; the value axis is logarithmic and says so."""
    both = any(row['reference'] for _, row in points)
    width = 0.38 if both else 0.55
    values = [max(b['median'], 1) for _, row in points for b in (row['files'][0], row['reference']) if b]
    names = ['"%d word%s" %d' % (words, '' if words == 1 else 's', i) for i, (words, _) in enumerate(points)]
    s.panel(top, bottom, 0.085, 0.975)
    s.title(title, top)
    s.add('set border 1 lc rgb "%s"' % MUTED, 'set tics nomirror out scale 0.4 textcolor rgb "%s"' % MUTED,
          'set grid ytics lc rgb "%s" lt 1' % GRID, 'set grid noxtics', 'set logscale y', 'set format y "%.0f"',
          'set yrange [%g:%g]' % (style.floor_of(values), max(values) * 2.2), 'set xrange [-0.6:%g]' % (len(points) - 0.4),
          'set ylabel "%s, log scale" %s' % (unit, look(11, MUTED)),
          'set xtics (%s) font "%s,11" noenhanced' % (', '.join(names), style.FONT))
    theirs, ours = [], []
    for i, (_, row) in enumerate(points):
        for bench, data, side in ((row['reference'], theirs, -1), (row['files'][0], ours, 1)):
            if not bench:
                continue
            x, y = i + side * (width / 2 + 0.01) * both, max(bench['median'], 1)
            data.append('%g %d %g' % (x, y, width))
            s.label(plain_number(bench['median']), 'first %g' % x, 'first %d' % y,
                    'center offset 0,0.6 ' + look(10, INK if data is ours else MUTED))
            if data is ours and row['ratios'][0] is not None:
                s.label('%.0f %%' % (row['ratios'][0] * 100), 'first %g' % x, 'first %d' % y,
                        'center offset 0,-0.7 ' + look(9, 'white'))
    bars = [(THEIRS, theirs), (OURS, ours)] if both else [(OURS, ours)]
    s.draw(['boxes fc rgb "%s"' % colour for colour, _ in bars], [data for _, data in bars], '1:2:3')


def rest_panel(s, table, document, reference, unit, top, bottom):
    """Horizontal bars, first benchmark on top."""
    relative = reference and any(row['ratios'][0] is not None for row in table)
    s.panel(top, bottom, 0.375, 0.80 if relative else 0.93)
    s.add('set border 0', 'set tics nomirror scale 0 ' + look(10, MUTED), 'unset ytics',
          'set grid xtics lc rgb "%s" lt 1' % GRID, 'set yrange [%g:-0.5] ' % (len(table) - 0.5))
    for i, row in enumerate(table):
        s.label(row['name'], 'graph -0.012', 'first %g' % (i - 0.17), 'right ' + look(11, INK))
        s.label(short(row['op'], 68), 'graph -0.012', 'first %g' % (i + 0.22), 'right ' + look(8.5, MUTED))
    data = relative_bars(s, table, document, reference, top) if relative else absolute_bars(s, table, unit, top)
    s.draw(['boxxyerror fc rgb "%s"' % OURS], [data], '1:2:3:4:5:6')


def relative_bars(s, table, document, reference, top):
    """Share of the reference's figure, and both figures in two columns at the right."""
    theirs = name_of(reference)
    most = max([row['ratios'][0] for row in table if row['ratios'][0]] + [1.0]) * 100
    s.title('Other operations, relative to %s' % theirs, top)
    s.add('set xrange [0:%g]' % max(most * 1.02, 104), 'set format x "%.0f %%"',
          'set xlabel "share of the figure of %s (100 %% = equal, shorter is better)" noenhanced %s'
          % (style.escape(theirs), look(11, MUTED)),
          'set arrow from 100, graph 0 to 100, graph 1 nohead lc rgb "%s" lw 1.5 back' % MUTED)
    ours_x, theirs_x, head = 'screen 0.885', 'screen 0.975', 'screen %.5f' % (top + s.gap * 0.35)
    s.label(short(name_of(document), 24), ours_x, head, 'right ' + look(10, OURS, True))
    s.label(theirs, theirs_x, head, 'right ' + look(10, MUTED))
    data = []
    for i, row in enumerate(table):
        y = 'first %d' % i
        figure = plain_number(row['reference']['median']) if row['reference'] else '-'
        s.label(plain_number(row['files'][0]['median']), ours_x, y, 'right ' + look(10, INK, True))
        s.label(figure, theirs_x, y, 'right ' + look(10, MUTED))
        if row['ratios'][0] is not None:
            percent = row['ratios'][0] * 100
            place = 'right offset -0.6,0 ' + look(10, 'white', True) if percent > most / 4 else 'left offset 0.6,0 ' + look(10, INK, True)
            s.label('%.0f %%' % percent, 'first %g' % percent, y, place)
            data.append('0 %d 0 %g %g %g' % (i, percent, i - 0.3, i + 0.3))
    return data


def absolute_bars(s, table, unit, top):
    """The figures themselves on a log scale."""
    figures = [max(row['files'][0]['median'], 1) for row in table]
    low = style.floor_of(figures)
    s.title('Other operations', top)
    s.add('set logscale x', 'set xrange [%g:%g]' % (low, max(figures) * 2.5), 'set format x "%.0f"',
          'set xlabel "%s, log scale" noenhanced %s' % (unit, look(11, MUTED)))
    for i, (row, figure) in enumerate(zip(table, figures)):
        s.label(plain_number(row['files'][0]['median']), 'first %d' % figure, 'first %d' % i, 'left offset 0.6,0 ' + look(10, INK))
    return ['%g %d %g %d %g %g' % (low, i, low, figure, i - 0.3, i + 0.3) for i, figure in enumerate(figures)]


def heading(s, document, reference, unit):
    """Title, what is measured where, and the legend."""
    ours, theirs = name_of(document), reference and name_of(reference)
    s.heading(ours + (' beside ' + theirs if theirs else ''),
              '%s per operation, median, on %s (%s); smaller is better' % (unit, document['machine'], document['configuration']))
    if theirs:
        entries = [(ours, OURS, 'solid 1.0'), (theirs, THEIRS, 'solid 1.0')]
        s.key(entries, 0.975 - sum(20 + style.breadth(name) + 22 for name, _, _ in entries) / WIDTH, s.down(26))
    s.finish()


def script(document, reference):
    """The picture."""
    table = [row for row in rows([document], reference)     # an emulator that counts instructions knows no cold caches
             if row['variant'] != 'cold' or document['ticks_are'] != 'instructions']
    stems, rest = series(table)
    rest = choose(rest, lambda row: row['name'], lambda row: row['reference'] or not reference)
    height = HEAD + IPC * len(stems) + (38 * len(rest) + 116 if rest else 0) + 16
    unit = TICKS[document['ticks_are']]
    s = style.Script(height)
    heading(s, document, reference, unit)
    edge = height - HEAD
    for points in stems.values():
        title = 'Round-trip IPC over the message size: %s' % common_text(points[0][1]['op'])
        ipc_panel(s, title, points, unit, (edge - 44) / height, (edge - IPC + 40) / height)
        edge -= IPC
    if rest:
        rest_panel(s, rest, document, reference, unit, (edge - 44) / height, (16 + 62) / height)
    return s


def choose(rest, name, known):
    """Of many rows those that matter most and that the reference has: name(row), known(row)."""
    if len(rest) <= MANY:
        return rest
    return [row for row in rest if known(row) and any(fnmatch.fnmatchcase(name(row), pattern) for pattern in KEY)] or rest[:MANY]


def common_text(op):
    """What the operations of a series have in common: a text without its size."""
    return re.sub(r'[,;:]?\s*\b\d+(-word messages| words?\b( each way)?)', '', op).strip()


def write(document, reference, out):
    """Writes OUT.svg and OUT.png; returns their names."""
    return style.picture(script(document, reference), out)

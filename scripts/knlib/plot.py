# SPDX-License-Identifier: GPL-2.0-only
"""Charts with gnuplot: one SVG and one PNG of the same picture.

Upper panels: round-trip IPC over the message size, grouped bars, this kernel beside the reference.
Lower panel: every other operation, horizontal bars. With a reference their length is the share of the reference's figure
(100 % = equal, shorter is better) and both figures stand beside it; without one it is the figure itself on a log scale.
"""

import os
import re
import subprocess

from . import tools
from .errors import KnError
from .table import CONTROL, TICKS, name_of, rows, short

SIZED = re.compile(r'^(?P<stem>.+)[-_.]w(?P<words>\d+)$')  # ipc.cross.w8
OURS, THEIRS, INK, GRID, MUTED = '#1f6feb', '#b6bec9', '#1f2328', '#e4e7eb', '#59636e'
FONT = 'DejaVu Sans'
WIDTH, HEAD, IPC = 1200, 84, 330                            # pixels: picture, title, one IPC panel


def escape(text):
    """For a gnuplot string in double quotes, enhanced mode off."""
    return text.replace('\\', '\\\\').replace('"', '\\"')


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


class Script:
    """Lines of a gnuplot script."""

    def __init__(self, ours, height):
        self.lines, self.blocks = [], 0
        self.ours, self.gap = ours, 22 / height             # gap: between a panel and its title

    def add(self, *lines):
        self.lines += lines

    def label(self, text, x, y, more=''):
        self.add('set label "%s" at %s, %s noenhanced front %s' % (escape(text), x, y, more))

    def title(self, text, top):
        self.label(text, 'graph 0', 'screen %.5f' % (top + self.gap), 'left ' + look(13, INK, True))


def look(size, colour, bold=False):
    """How a text looks, for a label, a tic or an axis."""
    return 'font "%s%s,%s" textcolor rgb "%s"' % (FONT, ':Bold' if bold else '', size, colour)


def plain_number(value):
    return '{:,}'.format(value).replace(',', ' ')


def panel(s, top, bottom, left, right):
    s.add('reset', 'unset key', 'set style fill solid 1.0 noborder',
          'set tmargin at screen %.5f' % top, 'set bmargin at screen %.5f' % bottom,
          'set lmargin at screen %.4f' % left, 'set rmargin at screen %.4f' % right)


def draw(s, styles, data, using):
    first = s.blocks + 1
    for lines in data:
        s.blocks += 1
        s.add('$D%d << EOD' % s.blocks, *lines, 'EOD')
    s.add('plot ' + ', '.join('$D%d using %s with %s' % (first + i, using, style) for i, style in enumerate(styles)))


def floor_of(values):
    """Where a log axis starts: a power of ten, or half of it when the smallest value would leave no bar to see."""
    low = 10 ** (len(str(min(values))) - 1)
    return low / 2 if min(values) < 2 * low else low


def ipc_panel(s, title, points, unit, top, bottom):
    """Grouped bars over the message size; the value axis is logarithmic and says so."""
    both = any(row['reference'] for _, row in points)
    width = 0.38 if both else 0.55
    values = [max(b['median'], 1) for _, row in points for b in (row['files'][0], row['reference']) if b]
    names = ['"%d word%s" %d' % (words, '' if words == 1 else 's', i) for i, (words, _) in enumerate(points)]
    panel(s, top, bottom, 0.085, 0.975)
    s.title(title, top)
    s.add('set border 1 lc rgb "%s"' % MUTED, 'set tics nomirror out scale 0.4 textcolor rgb "%s"' % MUTED,
          'set grid ytics lc rgb "%s" lt 1' % GRID, 'set grid noxtics', 'set logscale y', 'set format y "%.0f"',
          'set yrange [%g:%g]' % (floor_of(values), max(values) * 2.2), 'set xrange [-0.6:%g]' % (len(points) - 0.4),
          'set ylabel "%s, log scale" %s' % (unit, look(11, MUTED)),
          'set xtics (%s) font "%s,11" noenhanced' % (', '.join(names), FONT))
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
    draw(s, ['boxes fc rgb "%s"' % colour for colour, _ in bars], [data for _, data in bars], '1:2:3')


def rest_panel(s, table, reference, unit, top, bottom):
    """Horizontal bars, first benchmark on top."""
    relative = reference and any(row['ratios'][0] is not None for row in table)
    panel(s, top, bottom, 0.375, 0.80 if relative else 0.93)
    s.add('set border 0', 'set tics nomirror scale 0 ' + look(10, MUTED), 'unset ytics',
          'set grid xtics lc rgb "%s" lt 1' % GRID, 'set yrange [%g:-0.5] ' % (len(table) - 0.5))
    for i, row in enumerate(table):
        s.label(row['name'], 'graph -0.012', 'first %g' % (i - 0.17), 'right ' + look(11, INK))
        s.label(short(row['op'], 68), 'graph -0.012', 'first %g' % (i + 0.22), 'right ' + look(8.5, MUTED))
    data = relative_bars(s, table, reference, top) if relative else absolute_bars(s, table, unit, top)
    draw(s, ['boxxyerror fc rgb "%s"' % OURS], [data], '1:2:3:4:5:6')


def relative_bars(s, table, reference, top):
    """Share of the reference's figure, and both figures in two columns at the right."""
    theirs = name_of(reference)
    most = max([row['ratios'][0] for row in table if row['ratios'][0]] + [1.0]) * 100
    s.title('Other operations, relative to %s' % theirs, top)
    s.add('set xrange [0:%g]' % max(most * 1.02, 104), 'set format x "%.0f %%"',
          'set xlabel "share of the figure of %s (100 %% = equal, shorter is better)" noenhanced %s'
          % (escape(theirs), look(11, MUTED)),
          'set arrow from 100, graph 0 to 100, graph 1 nohead lc rgb "%s" lw 1.5 back' % MUTED)
    ours_x, theirs_x, head = 'screen 0.885', 'screen 0.975', 'screen %.5f' % (top + s.gap * 0.35)
    s.label(short(s.ours, 24), ours_x, head, 'right ' + look(10, OURS, True))
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
    low = floor_of(figures)
    s.title('Other operations', top)
    s.add('set logscale x', 'set xrange [%g:%g]' % (low, max(figures) * 2.5), 'set format x "%.0f"',
          'set xlabel "%s, log scale" noenhanced %s' % (unit, look(11, MUTED)))
    for i, (row, figure) in enumerate(zip(table, figures)):
        s.label(plain_number(row['files'][0]['median']), 'first %d' % figure, 'first %d' % i, 'left offset 0.6,0 ' + look(10, INK))
    return ['%g %d %g %d %g %g' % (low, i, low, figure, i - 0.3, i + 0.3) for i, figure in enumerate(figures)]


def heading(s, document, reference, unit, height):
    """Title, what is measured where, and the legend."""
    line, theirs = 'screen %.5f' % (1 - 28 / height), reference and name_of(reference)
    s.add('unset border', 'unset tics', 'unset key', 'set margins 0,0,0,0', 'set xrange [0:1]', 'set yrange [0:1]')
    s.label(s.ours + (' beside ' + theirs if theirs else ''), 'screen 0.025', line, 'left ' + look(18, INK, True))
    s.label('%s per operation, median, on %s (%s); smaller is better' % (unit, document['machine'], document['configuration']),
            'screen 0.025', 'screen %.5f' % (1 - 56 / height), 'left ' + look(11, MUTED))
    x = 0.975
    for name, colour in ((theirs, THEIRS), (s.ours, OURS)) if theirs else ():
        s.label(name, 'screen %.4f' % x, line, 'right ' + look(12, INK))
        x -= (sum(11 if c.isupper() else 8.5 for c in name) + 16) / WIDTH
        s.add('set object rectangle center screen %.4f, %s size screen %.4f, screen %.5f fc rgb "%s" fs solid noborder front'
              % (x, line, 14 / WIDTH, 14 / height, colour))
        x -= 30 / WIDTH
    s.add('plot NaN notitle')


def script(document, reference):
    """(gnuplot lines of the picture, height in pixels)."""
    table = [row for row in rows([document], reference)     # an emulator that counts instructions knows no cold caches
             if row['variant'] != 'cold' or document['ticks_are'] != 'instructions']
    stems, rest = series(table)
    height = HEAD + IPC * len(stems) + (38 * len(rest) + 116 if rest else 0) + 16
    unit = TICKS[document['ticks_are']]
    s = Script(name_of(document), height)
    s.add('set multiplot')
    heading(s, document, reference, unit, height)
    edge = height - HEAD
    for points in stems.values():
        title = 'Round-trip IPC over the message size: %s' % common_text(points[0][1]['op'])
        ipc_panel(s, title, points, unit, (edge - 44) / height, (edge - IPC + 40) / height)
        edge -= IPC
    if rest:
        rest_panel(s, rest, reference, unit, (edge - 44) / height, (16 + 62) / height)
    s.add('unset multiplot')
    return s.lines, height


def common_text(op):
    """What the operations of a series have in common: a text without its size."""
    return re.sub(r'[,;:]?\s*\b\d+(-word messages| words?\b( each way)?)', '', op).strip()


def write(document, reference, out):
    """Writes OUT.svg and OUT.png; returns their names."""
    return picture(*script(document, reference), re.sub(r'\.(svg|png)$', '', out))


def picture(lines, height, out):
    """Has gnuplot draw the lines of a script, as OUT.svg and as OUT.png; returns their names."""
    tools.need('gnuplot')
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    names = []
    for suffix, terminal in (('svg', 'svg size %d,%d dynamic font "%s,12" background "white"'),
                             ('png', 'pngcairo size %d,%d font "%s,12" background "white"')):
        name = '%s.%s' % (out, suffix)
        text = '\n'.join(['set encoding utf8', 'set terminal ' + terminal % (WIDTH, height, FONT),
                          'set output "%s"' % escape(name)] + lines + ['set output']) + '\n'
        done = subprocess.run(['gnuplot', '-'], input=text, capture_output=True, text=True, check=False)
        if done.returncode or not os.path.exists(name):
            reason = (done.stderr.strip().splitlines() or ['no reason given'])[-1]
            raise KnError('gnuplot failed for %s: %s' % (name, reason))
        names.append(name)
    return names

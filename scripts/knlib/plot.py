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
WIDTH = 1200


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
    def __init__(self):
        self.lines = []

    def add(self, *lines):
        self.lines += lines

    def label(self, text, x, y, more=''):
        self.add('set label "%s" at %s, %s noenhanced front %s' % (escape(text), x, y, more))


def plain_number(value):
    return '{:,}'.format(value).replace(',', ' ')


def layout(table, reference):
    """Heights in pixels: title, one panel per IPC series, the panel of the other operations."""
    stems, rest = series(table)
    return stems, rest, 84, 330, 38 * len(rest) + 116 if rest else 0


def ipc_panel(s, title, points, unit, top, bottom):
    """Grouped bars over the message size; the value axis is logarithmic and says so."""
    both = any(row['reference'] for _, row in points)
    width = 0.38 if both else 0.55
    values = [b['median'] for _, row in points for b in (row['files'][0], row['reference']) if b]
    low = 10 ** (len(str(max(1, min(values)))) - 1)
    low = low / 2 if min(values) < 2 * low else low
    s.add('reset', 'unset key', 'set tmargin at screen %.5f' % top, 'set bmargin at screen %.5f' % bottom,
          'set lmargin at screen 0.085', 'set rmargin at screen 0.975',
          'set border 1 lc rgb "%s"' % MUTED, 'set tics nomirror out scale 0.4 textcolor rgb "%s"' % MUTED,
          'set grid ytics lc rgb "%s" lt 1' % GRID, 'set grid noxtics', 'set logscale y',
          'set yrange [%g:%g]' % (low, max(values) * 2.2), 'set xrange [-0.6:%g]' % (len(points) - 0.4),
          'set format y "%.0f"', 'set style fill solid 1.0 noborder',
          'set ylabel "%s, log scale" textcolor rgb "%s" font "%s,11"' % (unit, MUTED, FONT),
          'set label "%s" at graph 0, screen %.5f left font "%s:Bold,13" textcolor rgb "%s" noenhanced'
          % (escape(title), top + s.gap, FONT, INK))
    s.add('set xtics (%s) font "%s,11" noenhanced' % (', '.join(
        '"%d word%s" %d' % (w, '' if w == 1 else 's', i) for i, (w, _) in enumerate(points)), FONT))
    blocks = []
    for which, colour, offset in (('reference', THEIRS, -width / 2 - 0.01), ('ours', OURS, width / 2 + 0.01)):
        if which == 'reference' and not both:
            continue
        if not both:
            offset = 0
        data = []
        for i, (_, row) in enumerate(points):
            bench = row['reference'] if which == 'reference' else row['files'][0]
            if bench:
                data.append('%g %d %g' % (i + offset, max(bench['median'], 1), width))
                if which == 'ours' and row['ratios'][0] is not None:
                    s.label('%.0f %%' % (row['ratios'][0] * 100), 'first %g' % (i + offset), 'first %d' % max(bench['median'], 1),
                            'center offset 0,-0.7 font "%s,9" textcolor rgb "white"' % FONT)
                s.label(plain_number(bench['median']), 'first %g' % (i + offset), 'first %d' % max(bench['median'], 1),
                        'center offset 0,0.6 font "%s,10" textcolor rgb "%s"' % (FONT, INK if which == 'ours' else MUTED))
        blocks.append((colour, data))
    draw(s, ['boxes fc rgb "%s"' % colour for colour, _ in blocks], [data for _, data in blocks], '1:2:3')


def draw(s, styles, data, using):
    for index, lines in enumerate(data):
        s.blocks += 1
        s.add('$D%d << EOD' % s.blocks, *lines, 'EOD')
    names = range(s.blocks - len(data) + 1, s.blocks + 1)
    s.add('plot ' + ', '.join('$D%d using %s with %s' % (n, using, style) for n, style in zip(names, styles)))


def rest_panel(s, table, reference, unit, top, bottom):
    """Horizontal bars, first benchmark on top."""
    relative = reference and any(row['ratios'][0] is not None for row in table)
    figures = [max(row['files'][0]['median'], 1) for row in table]
    s.add('reset', 'unset key', 'set tmargin at screen %.5f' % top, 'set bmargin at screen %.5f' % bottom,
          'set lmargin at screen 0.375', 'set rmargin at screen %s' % (0.80 if relative else 0.93),
          'set border 0', 'set style fill solid 1.0 noborder',
          'set tics nomirror scale 0 textcolor rgb "%s" font "%s,10"' % (MUTED, FONT),
          'set grid xtics lc rgb "%s" lt 1' % GRID, 'set yrange [%g:-0.5] ' % (len(table) - 0.5),
          'unset ytics')
    for i, row in enumerate(table):
        s.label(row['name'], 'graph -0.012', 'first %g' % (i - 0.17), 'right font "%s,11" textcolor rgb "%s"' % (FONT, INK))
        s.label(short(row['op'], 68), 'graph -0.012', 'first %g' % (i + 0.22), 'right font "%s,8.5" textcolor rgb "%s"' % (FONT, MUTED))
    if relative:
        most = max([r for row in table for r in row['ratios'][:1] if r] + [1.0]) * 100
        s.add('set xrange [0:%g]' % max(most * 1.02, 104), 'set format x "%.0f %%"',
              'set xlabel "share of the figure of %s (100 %% = equal, shorter is better)" noenhanced textcolor rgb "%s" font "%s,11"'
              % (escape(name_of(reference)), MUTED, FONT),
              'set arrow from 100, graph 0 to 100, graph 1 nohead lc rgb "%s" lw 1.5 back' % MUTED)
        title = 'Other operations, relative to %s' % name_of(reference)
        s.label(name_of(reference), 'screen 0.975', 'screen %.5f' % (top + s.gap * 0.35), 'right font "%s,10" textcolor rgb "%s"' % (FONT, MUTED))
        s.label(s.ours, 'screen 0.885', 'screen %.5f' % (top + s.gap * 0.35), 'right font "%s:Bold,10" textcolor rgb "%s"' % (FONT, OURS))
    else:
        low = 10 ** (len(str(min(figures))) - 1)
        s.add('set logscale x', 'set xrange [%g:%g]' % (low / 2 if min(figures) < 2 * low else low, max(figures) * 2.5),
              'set format x "%.0f"',
              'set xlabel "%s, log scale" noenhanced textcolor rgb "%s" font "%s,11"' % (unit, MUTED, FONT))
        title = 'Other operations'
    s.add('set label "%s" at graph 0, screen %.5f left font "%s:Bold,13" textcolor rgb "%s" noenhanced'
          % (escape(title), top + s.gap, FONT, INK))
    data = []
    for i, row in enumerate(table):
        bench = row['files'][0]
        if relative:
            if row['ratios'][0] is not None:
                percent = row['ratios'][0] * 100
                data.append('0 %d 0 %g %g %g' % (i, percent, i - 0.3, i + 0.3))
                inside = percent > most * 0.25
                s.label('%.0f %%' % percent, 'first %g' % percent, 'first %d' % i, '%s offset %s,0 font "%s:Bold,10" textcolor rgb "%s"'
                        % (('right', -0.6, FONT, 'white') if inside else ('left', 0.6, FONT, INK)))
            s.label(plain_number(bench['median']), 'screen 0.885', 'first %d' % i, 'right font "%s:Bold,10" textcolor rgb "%s"' % (FONT, INK))
            s.label(plain_number(row['reference']['median']) if row['reference'] else '-', 'screen 0.975', 'first %d' % i,
                    'right font "%s,10" textcolor rgb "%s"' % (FONT, MUTED))
        else:
            data.append('%g %d %g %d %g %g' % (low / 2, i, low / 2, figures[i], i - 0.3, i + 0.3))
            s.label(plain_number(bench['median']), 'first %d' % figures[i], 'first %d' % i,
                    'left offset 0.6,0 font "%s,10" textcolor rgb "%s"' % (FONT, INK))
    draw(s, ['boxxyerror fc rgb "%s"' % OURS], [data or ['NaN NaN NaN NaN NaN NaN']], '1:2:3:4:5:6')


def script(document, reference):
    """(gnuplot lines of the picture, height in pixels)."""
    table = [row for row in rows([document], reference)     # an emulator that counts instructions knows no cold caches
             if row['variant'] != 'cold' or document['ticks_are'] != 'instructions']
    stems, rest, head, ipc_height, rest_height = layout(table, reference)
    height = head + ipc_height * len(stems) + rest_height + 16
    unit, ours = TICKS[document['ticks_are']], name_of(document)
    s = Script()
    s.blocks, s.ours, s.gap = 0, ours, 22 / height
    s.add('set multiplot')
    s.add('unset border', 'unset tics', 'unset key', 'set margins 0,0,0,0', 'set xrange [0:1]', 'set yrange [0:1]')
    s.label('%s%s' % (ours, ' beside ' + name_of(reference) if reference else ''), 'screen 0.025', 'screen %.5f' % (1 - 28 / height),
            'left font "%s:Bold,18" textcolor rgb "%s"' % (FONT, INK))
    s.label('%s per operation, median, on %s (%s); smaller is better' % (unit, document['machine'], document['configuration']),
            'screen 0.025', 'screen %.5f' % (1 - 56 / height), 'left font "%s,11" textcolor rgb "%s"' % (FONT, MUTED))
    x = 0.975
    for name, colour in [(name_of(reference), THEIRS), (ours, OURS)] if reference else []:
        s.label(name, 'screen %.4f' % x, 'screen %.5f' % (1 - 28 / height), 'right font "%s,12" textcolor rgb "%s"' % (FONT, INK))
        x -= (sum(11 if c.isupper() else 8.5 for c in name) + 16) / WIDTH
        s.add('set object rectangle center screen %.4f, screen %.5f size screen %.4f, screen %.5f fc rgb "%s" fs solid noborder front'
              % (x, 1 - 28 / height, 14 / WIDTH, 14 / height, colour))
        x -= 30 / WIDTH
    s.add('plot NaN notitle')
    edge = height - head
    for (stem, variant), points in stems.items():
        title = 'Round-trip IPC over the message size: %s' % series_title(points)
        ipc_panel(s, title, points, unit, (edge - 44) / height, (edge - ipc_height + 40) / height)
        edge -= ipc_height
    if rest:
        rest_panel(s, rest, reference, unit, (edge - 44) / height, (edge - rest_height + 62) / height)
    s.add('unset multiplot')
    return s.lines, height


def series_title(points):
    """What the operations of a series have in common: the first text without its size."""
    return re.sub(r'[,;:]?\s*\b\d+ words?\b( each way)?', '', points[0][1]['op']).strip()


def write(document, reference, out):
    """Writes OUT.svg and OUT.png; returns their names."""
    tools.need('gnuplot')
    out = re.sub(r'\.(svg|png)$', '', out)
    lines, height = script(document, reference)
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    names = []
    for suffix, terminal in (('svg', 'svg size %d,%d dynamic font "%s,12" background "white"'),
                             ('png', 'pngcairo size %d,%d font "%s,12" background "white"')):
        name = '%s.%s' % (out, suffix)
        text = '\n'.join(['set encoding utf8', 'set terminal ' + terminal % (WIDTH, height, FONT),
                          'set output "%s"' % escape(name)] + lines + ['set output']) + '\n'
        done = subprocess.run(['gnuplot', '-'], input=text, capture_output=True, text=True, check=False)
        if done.returncode or not os.path.exists(name):
            raise KnError('gnuplot failed for %s: %s' % (name, (done.stderr.strip().splitlines() or ['no reason given'])[-1]))
        names.append(name)
    return names

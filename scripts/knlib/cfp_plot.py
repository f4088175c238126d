# SPDX-License-Identifier: GPL-2.0-only
"""The chart of kn cfp: one SVG and one PNG of the same picture.

First panel: the headline, a round trip between two PDs, in instructions, for each level, beside the reference. The others: how many
instructions more than CFP=none an operation takes, with the percentage above each bar."""

import re

from . import cfp
from .plot import FONT, GRID, INK, MUTED, Script, draw, look, panel, picture
from .table import name_of

# Told apart by the colour-blind (Okabe and Ito) and, by lightness, in black and white
COLOURS = {(cfp.ON, 'branch'): '#56b4e9', (cfp.ON, 'return'): '#f0c808', (cfp.ON, 'full'): '#0b5394', (cfp.OFF, 'full'): '#d55e00'}
NONE = '#b6bec9'
LEGEND = {(cfp.ON, 'branch'): 'branch', (cfp.ON, 'return'): 'return', (cfp.ON, 'full'): 'full', (cfp.OFF, 'full'): 'full, CPU without %s'}
HEADLINE = 'ipc.cross.w1'
# Three for each panel: eight bars of a group with their texts need the room
IPC = [('ipc.same.w1', 'one PD|1 word'), ('ipc.cross.w1', 'two PDs|1 word'), ('ipc.cross.w64', 'two PDs|64 words')]
OTHER = [('sem.up', 'semaphore|up'), ('sem.pingpong.caller_high', 'semaphore|ping-pong'), ('exc.ud', 'exception to portal|and reply')]
WIDTH, HEAD, PANEL, FOOT = 1200, 100, 340, 24               # pixels
LEFT, RIGHT = 0.075, 0.985


def axes(s, title, unit, top, bottom, groups, most):
    panel(s, top, bottom, LEFT, RIGHT)
    s.title(title, top)
    s.add('set border 1 lc rgb "%s"' % MUTED, 'set tics nomirror out scale 0 textcolor rgb "%s"' % MUTED, 'unset xtics',
          'set grid ytics lc rgb "%s" lt 1' % GRID, 'set yrange [0:%g]' % most, 'set xrange [-0.5:%g]' % (groups - 0.5),
          'set ytics %g font "%s,10"' % (step(most), FONT), 'set ylabel "%s" %s' % (unit, look(11, MUTED)))


def bar(s, data, x, value, width, colour, hatched, above, below):
    """One bar and its two lines of text above it; those of the reference are hatched."""
    data.setdefault((colour, hatched), []).append('%g %g %g' % (x, value, width))
    s.label(above, 'first %g' % x, 'first %g' % value, 'center offset 0,%g ' % (1.55 if below else 0.65) + look(10, MUTED if hatched else INK, not hatched))
    if below:
        s.label(below, 'first %g' % x, 'first %g' % value, 'center offset 0,0.6 ' + look(8.5, MUTED if hatched else INK))


def percent(cell):
    """Short: bars are narrow."""
    text = cfp.percent(cell)
    return '%.0f %%' % (100 * cell[1] / (cell[0] - cell[1])) if len(text) > len('9.9 %') else text


def step(most):
    """Of the lines of the grid: few, so that they hardly cross what is written on the bars."""
    power = 10 ** (len(str(int(most / 4))) - 1)
    return next(power * n for n in (1, 2, 2.5, 5, 10) if power * n * 4 >= most)


def draw_bars(s, data):
    styles = ['boxes fc rgb "%s" fs %s border lc rgb "%s"' % (colour, 'pattern 4' if hatched else 'solid 1.0', colour) for colour, hatched in data]
    draw(s, styles, list(data.values()), '1:2:3')


def under(s, text, x, line, size=11, colour=INK):
    for i, part in enumerate(text.split('|')):
        s.label(part, 'first %g' % x, 'graph 0', 'center offset 0,%g ' % (-0.9 - line - 1.15 * i) + look(size, colour))


def headline(s, feature, kernels, top, bottom):
    """Instructions of the round trip; for each kernel a cluster for each setting, with CFP=none in each."""
    clusters = []
    for name, table, hatched in kernels:
        cells = next((row['cells'] for row in table if row['name'] == HEADLINE), {})
        for setting, text in ((cfp.ON, 'CPU with ' + feature), (cfp.OFF, 'CPU without ' + feature)):
            found = [(key, cell) for key, cell in cells.items() if key[0] == setting]
            if found:
                clusters.append((name, text, hatched, found))
    if not clusters:
        return False
    most = max(cell[0] for c in clusters for _, cell in c[3]) * 1.3
    axes(s, 'Round-trip IPC between two protection domains, 1 word each way', 'instructions', top, bottom, 1, most)
    total = sum(len(c[3]) for c in clusters) + 0.9 * len(clusters)
    s.add('set xrange [0:%g]' % total)
    data, x = {}, 0.45
    for name, text, hatched, found in clusters:
        middle = x + len(found) / 2
        for key, cell in found:
            x += 1
            none = key[1] == 'none'
            bar(s, data, x - 0.5, cell[0], 0.8, NONE if none else COLOURS[key], hatched, '%d' % cell[0],
                '' if none else 'the same' if not cell[1] else '%+d, %s' % (cell[1], percent(cell)))
            under(s, key[1], x - 0.5, 0, 10, MUTED)
        under(s, name + '|' + text, middle, 1.25, 11)
        x += 0.9
    draw_bars(s, data)
    return True


def overheads(s, title, operations, kernels, top, bottom):
    """Instructions more than CFP=none."""
    shown = [(text, [(hatched, key, row['cells'][key]) for _, table, hatched in kernels for row in table if row['name'] == name
                     for key in COLOURS if key in row['cells']]) for name, text in operations]
    shown = [(text, bars) for text, bars in shown if bars]
    if not shown:
        return False
    most = max([cell[1] for _, bars in shown for _, _, cell in bars] + [3]) * 1.3
    axes(s, title, 'instructions more', top, bottom, len(shown), most)
    data = {}
    width = 0.9 / max(len(bars) + 0.5 * (len({b[0] for b in bars}) > 1) for _, bars in shown)
    for i, (text, bars) in enumerate(shown):
        gap = 0.5 * width * (len({b[0] for b in bars}) > 1)
        x = i - (len(bars) * width + gap) / 2
        previous = bars[0][0]
        for hatched, key, cell in bars:
            x += gap * (hatched != previous)
            previous = hatched
            bar(s, data, x + width / 2, max(cell[1], 0), width * 0.86, COLOURS[key], hatched, '%+d' % cell[1] if cell[1] else '0',
                percent(cell) if cell[1] else '')
            x += width
        under(s, text, i, 0)
    draw_bars(s, data)
    return True


def heading(s, documents, reference, height):
    """What is compared with what, where, and the legend."""
    first = next(iter(documents.values()))
    machines = ' and '.join('%s (%s)' % (d['machine'], {cfp.ON: 'with ' + cfp.features(documents), cfp.OFF: 'without'}[key[0]])
                            for key, d in documents.items() if key[1] == 'none')
    s.add('unset border', 'unset tics', 'unset key', 'set margins 0,0,0,0', 'set xrange [0:1]', 'set yrange [0:1]')
    s.label('What control-flow protection of the kernel costs: %s%s' % (name_of(first), reference and ' beside ' + reference),
            'screen 0.02', 'screen %.5f' % (1 - 26 / height), 'left ' + look(17, INK, True))
    s.label('CFP=branch, return, full against CFP=none; instructions, exact counts on %s; %s' %
            (machines, re.sub(r' \(.*?\)| version', '', first['kernel'].get('compiler') or 'unknown compiler')), 'screen 0.02', 'screen %.5f' % (1 - 51 / height), 'left ' + look(10.5, MUTED))
    x, y = 0.02, 1 - 78 / height
    keys = [('none', NONE, False)] + [(LEGEND[key].replace('%s', cfp.features(documents)), colour, False) for key, colour in COLOURS.items()
                                      if any(key in d for d in (documents,))]
    keys += [(reference + ', same colours', MUTED, True)] if reference else []
    for name, colour, hatched in keys:
        s.add('set object rectangle from screen %.4f, screen %.5f to screen %.4f, screen %.5f fc rgb "%s" fs %s border lc rgb "%s" front'
              % (x, y - 7 / height, x + 14 / WIDTH, y + 7 / height, colour, 'pattern 4' if hatched else 'solid 1.0', colour))
        s.label(name, 'screen %.4f' % (x + 22 / WIDTH), 'screen %.5f' % y, 'left ' + look(11, INK))
        x += (22 + 8.2 * len(name) + 26) / WIDTH
    s.add('plot NaN notitle')


def script(documents, other):
    """(gnuplot lines, height in pixels)."""
    kernels = [(name_of(next(iter(d.values()))), cfp.rows(d), bool(i)) for i, d in enumerate((documents, other)) if d]
    reference = kernels[1][0] if len(kernels) > 1 else ''
    parts = [lambda *place: headline(s, cfp.features(documents), kernels, *place)]
    for title, operations in (('Round-trip IPC: cost over CFP=none', IPC), ('Other operations: cost over CFP=none', OTHER)):
        if any(row['name'] in dict(operations) for row in kernels[0][1]):
            parts.append(lambda *place, t=title, o=operations: overheads(s, t, o, kernels, *place))
    height = HEAD + PANEL * len(parts) + FOOT
    s = Script(name_of(next(iter(documents.values()))), height)
    s.add('set multiplot')
    heading(s, documents, reference, height)
    edge = height - HEAD
    for part in parts:
        edge -= PANEL * part((edge - 44) / height, (edge - PANEL + 80) / height)
    s.add('unset multiplot')
    return s.lines, height


def write(documents, other, out):
    """Writes OUT.svg and OUT.png; returns their names."""
    return picture(*script(documents, other), out)

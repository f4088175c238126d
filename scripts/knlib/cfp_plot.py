# SPDX-License-Identifier: GPL-2.0-only
"""The chart of kn cfp: one SVG and one PNG of the same picture.

First panel: the headline, a round trip between two PDs, in instructions, for each level, beside the reference. The others: how many
instructions more than CFP=none an operation takes, with the percentage above each bar."""

from . import cfp, origin, style
from .style import GRID, INK, LEVELS, MUTED, Script, look
from .table import name_of

COLOURS = {(cfp.ON, 'branch'): LEVELS['branch'], (cfp.ON, 'return'): LEVELS['return'], (cfp.ON, 'full'): LEVELS['full'],
           (cfp.OFF, 'full'): style.VERMILLION}
NONE = LEVELS['none']
LEGEND = {(cfp.ON, 'branch'): 'branch', (cfp.ON, 'return'): 'return', (cfp.ON, 'full'): 'full', (cfp.OFF, 'full'): 'full, CPU without %s'}
HEADLINE = 'ipc.cross.w1'
# Three for each panel: eight bars of a group with their texts need the room
IPC = [('ipc.same.w1', 'one PD|1 word'), ('ipc.cross.w1', 'two PDs|1 word'), ('ipc.cross.w64', 'two PDs|64 words')]
OTHER = [('sem.up', 'semaphore|up'), ('sem.pingpong.caller_high', 'semaphore|ping-pong'), ('exc.ud', 'exception to portal|and reply')]
PANELS = [('Round-trip IPC', IPC), ('Other operations', OTHER)]
HEAD, PANEL, FOOT = 100, 340, 4                             # pixels
LEFT, RIGHT = 0.075, 0.985


def axes(s, title, unit, top, bottom, groups, most):
    s.panel(top, bottom, LEFT, RIGHT)
    s.title(title, top)
    s.add('set border 1 lc rgb "%s"' % MUTED, 'set tics nomirror out scale 0 textcolor rgb "%s"' % MUTED, 'unset xtics',
          'set grid ytics lc rgb "%s" lt 1' % GRID, 'set yrange [0:%g]' % most, 'set xrange [-0.5:%g]' % (groups - 0.5),
          'set ytics %g font "%s,10"' % (style.grid_step(most), style.FONT), 'set ylabel "%s" %s' % (unit, look(11, MUTED)))


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


def draw_bars(s, data):
    styles = ['boxes fc rgb "%s" fs %s border lc rgb "%s"' % (colour, 'pattern 4' if hatched else 'solid 1.0', colour) for colour, hatched in data]
    s.draw(styles, list(data.values()), '1:2:3')


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


def known(operations, tables):
    return any(row['name'] in dict(operations) for row in tables[0])


def moved(operations, tables):
    """Does any of them take more or less at any level?"""
    return any(cell[1] for rows in tables for row in rows if row['name'] in dict(operations) for cell in row['cells'].values())


def heading(s, documents, reference):
    """What is compared with what, where, and the legend."""
    first = next(iter(documents.values()))
    machines = ' and '.join('%s (%s)' % (d['machine'], {cfp.ON: 'with ' + cfp.features(documents), cfp.OFF: 'without'}[key[0]])
                            for key, d in documents.items() if key[1] == 'none')
    s.heading('What control-flow protection costs on %s: %s%s' % (cfp.arch_of(first['configuration']), name_of(first), reference and ' beside ' + reference),
              'CFP=branch, return, full against CFP=none; instructions, exact counts on %s; %s' %
              (machines, (origin.compiler(first) or 'unknown compiler').replace('-', ' ')))
    keys = [('none', NONE, 'solid 1.0')] + [(LEGEND[key].replace('%s', cfp.features(documents)), colour, 'solid 1.0')
                                            for key, colour in COLOURS.items() if key in documents]
    s.key(keys + ([(reference + ', same colours', MUTED, 'pattern 4')] if reference else []), style.LEFT, s.down(78))
    s.finish()


def script(documents, other):
    """The picture."""
    kernels = [(name_of(next(iter(d.values()))), cfp.rows(d), bool(i)) for i, d in enumerate((documents, other)) if d]
    reference = kernels[1][0] if len(kernels) > 1 else ''
    parts = [lambda *place: headline(s, cfp.features(documents), kernels, *place)]
    tables = [rows for _, rows, _ in kernels]
    for title, operations in PANELS:
        if known(operations, tables) and moved(operations, tables):     # bars that are all 0 show nothing
            parts.append(lambda *place, t=title + ': cost over CFP=none', o=operations: overheads(s, t, o, kernels, *place))
    height = HEAD + PANEL * len(parts) + FOOT
    s = Script(height)
    heading(s, documents, reference)
    edge = height - HEAD
    for part in parts:
        edge -= PANEL * part((edge - 44) / height, (edge - PANEL + 80) / height)
    return s


def caption(documents, other):
    """What is seen, and what is not drawn because it is the same at each level."""
    tables = [cfp.rows(d) for d in (documents, other) if d]
    text = 'Control-flow protection with %s on %s: instructions of a round trip at each level of CFP, then how many more than with none operations take.' % (
        cfp.features(documents), cfp.arch_of(next(iter(documents.values()))['configuration']))
    same = [title for title, operations in PANELS if known(operations, tables) and not moved(operations, tables)]
    text += ''.join(' %s: the same at every level.' % title for title in same)
    if other:
        text += ' Hatched: %s%s.' % (name_of(next(iter(other.values()))), '' if any(level != 'none' for _, level in other) else ', recorded without protection only')
    return text


def write(documents, other, out):
    """Writes OUT.svg and OUT.png; returns their names."""
    return style.picture(script(documents, other), out)

# SPDX-License-Identifier: GPL-2.0-only
"""The chart of several architectures: one SVG and one PNG of the same picture, in the manner of plot.py.

Upper panels: round-trip IPC over the message size, for each architecture a pair of bars, the reference and this kernel. Lower panel:
every other operation, a bar for each architecture whose length is the share of the reference's figure; the figures stand beside it.
"""

from . import pair, plot, style
from .plot import HEAD
from .style import GRID, INK, MUTED, look, plain_number
from .table import TICKS, short

IPC, ROW = 320, 44                                          # pixels: one IPC panel, one operation
LEFT, RIGHT = 0.345, 0.685                                  # of the bars of the lower panel
COLUMNS = 0.745, 0.975                                      # first and last column of figures
LEGEND = 26


def shade(col):
    """Colours of its architecture: this kernel, the reference."""
    return style.arch_colours(pair.arch(col.document))


def split(cols):
    """({stem: [(words, key)]} of IPC over message sizes with three sizes or more, the other keys), without controls and cold figures."""
    stems, order = {}, [key for key in pair.keys(cols) if pair.shown(cols, key)]
    for key in order:
        match = plot.SIZED.match(key[0])
        if match and pair.group(cols, key) == 'ipc':
            stems.setdefault(match['stem'], []).append((int(match['words']), key))
    stems = {stem: sorted(points) for stem, points in stems.items() if len(points) >= 3}
    used = {key for points in stems.values() for _, key in points}
    rest = [key for key in order if key not in used]
    return stems, plot.choose(rest, lambda key: key[0], lambda key: any(bench(col, key, 1) for col in cols))


def bars(cols):
    """[(index of the column, whose: 0 this kernel, 1 the reference)] in the order in which bars stand."""
    return [(i, whose) for i, col in enumerate(cols) for whose in ((1, 0) if col.reference else (0,))]


def bench(col, key, whose):
    row = col.rows.get(key)
    return row and (row['reference'] if whose else row['files'][0])


def ipc_panel(s, cols, title, points, unit, top, bottom):
    kinds = bars(cols)
    step = 0.86 / len(kinds)
    width = step * 0.86
    values = [max(b['median'], 1) for _, key in points for i, whose in kinds for b in [bench(cols[i], key, whose)] if b]
    names = ['"%d word%s" %d' % (words, '' if words == 1 else 's', i) for i, (words, _) in enumerate(points)]
    s.panel(top, bottom, 0.075, 0.98)
    s.title(title, top)
    s.add('set border 1 lc rgb "%s"' % MUTED, 'set tics nomirror out scale 0.4 textcolor rgb "%s"' % MUTED,
          'set grid ytics lc rgb "%s" lt 1' % GRID, 'set grid noxtics', 'set logscale y', 'set format y "%.0f"',
          'set yrange [%g:%g]' % (style.floor_of(values), max(values) * 2), 'set xrange [-0.55:%g]' % (len(points) - 0.45),
          'set ylabel "%s, log scale" %s' % (unit, look(11, MUTED)),
          'set xtics (%s) scale 0 font "%s,11" noenhanced' % (', '.join(names), style.FONT))
    data = [[] for _ in kinds]
    for at, (_, key) in enumerate(points):
        for n, (i, whose) in enumerate(kinds):
            found = bench(cols[i], key, whose)
            if not found:
                continue
            x, y = at + (n - (len(kinds) - 1) / 2) * step, max(found['median'], 1)
            data[n].append('%g %d %g' % (x, y, width))
            s.label(plain_number(found['median']), 'first %g' % x, 'first %d' % y, 'center offset 0,0.55 ' + look(8.5, MUTED if whose else INK))
            ratio = cols[i].rows[key]['ratios'][0]
            if not whose and ratio is not None:
                s.label('%.0f%%' % (ratio * 100), 'first %g' % x, 'first %d' % y, 'center offset 0,-0.65 ' + look(8, 'white', True))
    shown = [n for n in range(len(kinds)) if data[n]]
    s.draw(['boxes fc rgb "%s"' % shade(cols[kinds[n][0]])[kinds[n][1]] for n in shown], [data[n] for n in shown], '1:2:3')


def figure_columns(cols):
    """[(x on the screen, index of the column, whose)] of the figures beside the bars."""
    kinds = [(i, whose) for i, col in enumerate(cols) for whose in ((0, 1) if col.reference else (0,))]
    first, last = COLUMNS
    return [(first + (last - first) * n / max(len(kinds) - 1, 1), i, whose) for n, (i, whose) in enumerate(kinds)]


def rest_panel(s, cols, order, top, bottom):
    """Horizontal bars, first operation on top."""
    shares = {(i, key): col.rows[key]['ratios'][0] for i, col in enumerate(cols) for key in order
              if key in col.rows and col.rows[key]['ratios'][0] is not None}
    most = max(list(shares.values()) + [1.0]) * 100
    theirs = next((col.theirs for col in cols if col.reference), None)
    s.panel(top, bottom, LEFT, RIGHT)
    s.title('Other operations' + (', relative to ' + theirs if theirs else ''), top)
    s.add('set border 0', 'set tics nomirror scale 0 ' + look(10, MUTED), 'unset ytics', 'set grid xtics lc rgb "%s" lt 1' % GRID,
          'set yrange [%g:-0.5]' % (len(order) - 0.5), 'set xrange [0:%g]' % max(most * 1.02, 104), 'set format x "%.0f %%"',
          'set xlabel "share of the figure of %s (100 %% = equal, shorter is better)" noenhanced %s' % (theirs or 'the reference', look(11, MUTED)),
          'set arrow from 100, graph 0 to 100, graph 1 nohead lc rgb "%s" lw 1.5 back' % MUTED)
    high = 0.76 / len(cols)
    data = [[] for _ in cols]
    for at, key in enumerate(order):
        s.label(key[0], 'graph -0.012', 'first %g' % (at - 0.17), 'right ' + look(11, INK))
        s.label(short(pair.first_row(cols, key)['op'], 62), 'graph -0.012', 'first %g' % (at + 0.22), 'right ' + look(8.5, MUTED))
        for i in range(len(cols)):
            if (i, key) not in shares:
                continue
            y, percent = at + (i - (len(cols) - 1) / 2) * high, shares[i, key] * 100
            data[i].append('0 %g 0 %g %g %g' % (y, percent, y - high * 0.44, y + high * 0.44))
            place = 'right offset -0.5,0 ' + look(9, 'white', True) if percent > most / 4 else 'left offset 0.5,0 ' + look(9, INK, True)
            s.label('%.0f %%' % percent, 'first %g' % percent, 'first %g' % y, place)
        for x, i, whose in figure_columns(cols):
            found = bench(cols[i], key, whose)
            s.label(plain_number(found['median']) if found else '-', 'screen %.4f' % x, 'first %d' % at,
                    'right ' + look(10, MUTED if whose else INK, not whose))
    for x, i, whose in figure_columns(cols):
        name = cols[i].short[whose]
        s.label(name, 'screen %.4f' % x, 'screen %.5f' % (top + s.gap * 0.35), 'right ' + look(9, MUTED if whose else shade(cols[i])[0], not whose))
        if not whose:
            s.label(cols[i].title, 'screen %.4f' % x, 'screen %.5f' % (top + s.gap * 1.05), 'right ' + look(10, shade(cols[i])[0], True))
    shown = [i for i in range(len(cols)) if data[i]]
    s.draw(['boxxyerror fc rgb "%s"' % shade(cols[i])[0] for i in shown] or ['points lc rgb "white"'],
              [data[i] for i in shown] or [['0 0 0 0 0 0']], '1:2:3:4:5:6' if shown else '1:2')


def heading(s, cols, unit):
    """Title, what it comes to, where it was measured, and the legend."""
    ours = ', '.join(dict.fromkeys(col.ours for col in cols))
    theirs = ', '.join(dict.fromkeys(col.theirs for col in cols if col.reference))
    s.heading(ours + (' beside ' + theirs if theirs else ''), '%s per operation, median, on %s; smaller is better'
              % (unit, ' and '.join('%s (%s)' % (col.document['machine'], col.document['configuration']) for col in cols)))
    x = style.LEFT
    mean = {id(col): value for col, value, _ in pair.means(cols)}
    for col in cols:
        x = s.key([('%s %s' % (col.title, col.short[whose]), shade(col)[whose], 'solid 1.0') for whose in ((0, 1) if col.reference else (0,))],
                  x, s.down(HEAD - 2))
        if id(col) in mean:
            note = 'geometric mean %.0f %%' % (mean[id(col)] * 100)
            s.label(note, 'screen %.4f' % (x - 6 / s.width), 'screen %.5f' % s.down(HEAD - 2), 'left ' + look(11, shade(col)[0], True))
            x += (style.breadth(note) + 40) / s.width
    s.finish()


def script(cols):
    """The picture."""
    stems, rest = split(cols)
    top = HEAD + LEGEND
    height = top + IPC * len(stems) + (ROW * len(rest) + 116 if rest else 0) + 16
    unit = TICKS[cols[0].document['ticks_are']]
    s = style.Script(height)
    heading(s, cols, unit)
    edge = height - top
    for points in stems.values():
        title = 'Round-trip IPC over the message size: %s' % plot.common_text(pair.first_row(cols, points[0][1])['op'])
        ipc_panel(s, cols, title, points, unit, (edge - 44) / height, (edge - IPC + 40) / height)
        edge -= IPC
    if rest:
        rest_panel(s, cols, rest, (edge - 44) / height, (16 + 62) / height)
    return s


def write(cols, out):
    """Writes OUT.svg and OUT.png; returns their names."""
    return style.picture(script(cols), out)

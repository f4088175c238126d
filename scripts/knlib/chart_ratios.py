# SPDX-License-Identifier: GPL-2.0-only
"""Every operation as a share of the reference's figure: a dot for each, a strip for each group and architecture. Takes columns of pair.py.

What takes more is as much to be seen as what takes less: the axis is logarithmic, so that half and twice are equally far from the reference."""

import math

from . import pair, style, table
from .style import INK, MUTED, look, plain_number

HEAD, FOOT, GAP = 112, 64, 14                               # pixels; GAP between groups
DOT, LEAST = 7.5, 20                                        # distance of dots that are stacked; height of a strip at least
BIN = 0.024                                                 # decades that a stack of dots is wide
LEFT, RIGHT = 0.20, 0.885
POINT = {True: ((7, 0.8), (5, 0.72)), False: ((6, 0.75), (4, 0.68))}     # counts for the mean, or not; of the first architecture, of the second


def shares(cols):
    """{group: [{key: share} for each column]} of all operations with a reference that are figures of their own."""
    groups = {}
    for key in pair.keys(cols):
        if pair.shown(cols, key):
            for i, col in enumerate(cols):
                ratio = key in col.rows and col.rows[key]['ratios'][0]
                if ratio:
                    groups.setdefault(pair.group(cols, key), [{} for _ in cols])[i][key] = ratio
    return groups


def stacked(found):
    """[(share, place)] of dots, those that would cover each other above and below their middle: place 0, 1, -1, 2, ..."""
    bins, out = {}, []
    for ratio in sorted(found):
        number = bins.setdefault(round(math.log10(ratio) / BIN), [])
        number.append(ratio)
        out.append((ratio, (len(number) // 2) * (1 if len(number) % 2 == 0 else -1)))
    return out


def limits(groups):
    """Of the axis: all dots, and as far to the other side of the reference as a third."""
    known = [ratio for found in groups.values() for one in found for ratio in one.values()]
    return min(known + [1 / 3]) / 1.25, max(known + [3]) * 1.25


def tics(low, high):
    marks = [m for m in (0.01, 0.03, 0.1, 0.25, 0.5, 1, 2, 4, 10, 30, 100, 300) if low <= m <= high]
    return ', '.join('"%s %%%%" %g' % (plain_number(100 * m), m) for m in marks)


def heading(s, cols, theirs):
    s.heading('Every operation, as a share of %s' % theirs, '%s of %s, in percent of those of %s, log scale; a dot is one operation; lower is better'
              % (table.TICKS[cols[0].document['ticks_are']], ', '.join(dict.fromkeys(col.ours for col in cols)), theirs))
    x = style.LEFT
    for i, col in enumerate(cols):
        point = POINT[True][i % 2]
        s.label('', 'screen %.4f' % (x + 8 / s.width), 'screen %.5f' % s.down(80), 'point lc rgb "%s" pt %d ps %g'
                % (style.arch_colours(pair.arch(col.document))[0], point[0], point[1] * 1.3))
        s.label(col.title, 'screen %.4f' % (x + 20 / s.width), 'screen %.5f' % s.down(80), 'left ' + look(style.TEXT, INK))
        x += (20 + style.breadth(col.title) + 26) / s.width
    s.finish()


def script(cols, names=None):
    """The picture; None when no column has a reference. `names`: headings of groups."""
    cols = [col for col in cols if col.reference]
    groups = shares(cols)
    if not groups:
        return None
    order = [g for g in names or () if g in groups] + sorted(g for g in groups if g not in (names or ()))
    theirs = ', '.join(dict.fromkeys(col.theirs for col in cols))
    dots = {(g, i): stacked(found.values()) for g in order for i, found in enumerate(groups[g])}
    high = {strip: max([LEAST] + [2 * abs(place) * DOT + 12 for _, place in found]) for strip, found in dots.items()}
    tall = sum(high.values()) + GAP * len(order)
    s = style.Script(HEAD + tall + FOOT)
    heading(s, cols, theirs)
    low, most = limits(groups)
    s.panel(s.down(HEAD), s.down(HEAD + tall), LEFT, RIGHT)
    s.add('set border 1 lc rgb "%s"' % MUTED, 'set tics nomirror out scale 0.4 ' + look(style.SMALL, MUTED), 'unset ytics', 'set logscale x',
          'set grid xtics lc rgb "%s" lt 1' % style.GRID, 'set xrange [%g:%g]' % (low, most), 'set yrange [%g:0]' % tall, 'unset mxtics',
          'set xtics (%s)' % tics(low, most), 'set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb "%s" lw 2 back' % MUTED)
    s.label('%s = 100 %%' % theirs, 'first 1', 'screen %.5f' % s.down(HEAD - 10), 'center ' + look(style.SMALL, MUTED, True))
    for text, x in (('operations', RIGHT + 0.035), ('mean', RIGHT + 0.095)):
        s.label(text, 'screen %g' % x, 'screen %.5f' % s.down(HEAD - 10), 'right ' + look(style.TINY, MUTED))
    y, points = GAP / 2, {}
    for group in order:
        whole = sum(high[group, i] for i in range(len(cols)))
        s.label((names or {}).get(group, group), 'graph -0.015', 'first %g' % (y + whole / 2), 'right ' + look(style.TEXT, INK))
        for i, col in enumerate(cols):
            middle = y + high[group, i] / 2
            point = POINT[group not in table.APART][i % 2]
            points.setdefault((style.arch_colours(pair.arch(col.document))[0], *point), []).extend(
                '%g %g' % (ratio, middle + place * DOT) for ratio, place in dots[group, i])
            mean = table.geometric_mean(groups[group][i].values())
            for text, x in ((str(len(dots[group, i])), RIGHT + 0.035), (mean and '%.0f %%' % (100 * mean), RIGHT + 0.095)):
                s.label(text or '-', 'screen %g' % x, 'first %g' % middle, 'right ' + look(style.SMALL, style.arch_colours(pair.arch(col.document))[0]))
            y += high[group, i]
        y += GAP
        if group != order[-1]:
            s.add('set arrow from screen %g, first %g to screen %g, first %g nohead lc rgb "%s" lw 1 back' % (style.LEFT, y - GAP / 2, RIGHT + 0.095, y - GAP / 2, style.GRID))
    s.draw(['points lc rgb "%s" pt %d ps %g' % style_ for style_ in points], list(points.values()), '1:2')
    return s


def caption(cols):
    """What is seen; operations that take more are named."""
    text = 'Each operation that both kernels carry out, by group. Dots left of the line take fewer %s than the reference, dots right of it more; those that ' \
           'would cover each other are stacked.' % table.TICKS[cols[0].document['ticks_are']]
    if any(pair.group(cols, key) in table.APART for key in pair.keys(cols) if pair.shown(cols, key)):
        text += ' Hollow: no part of the mean.'
    return text + ' Right: how many operations there are, and the geometric mean of their shares.'

# SPDX-License-Identifier: GPL-2.0-only
"""How long one operation takes from time to time: histogram and tail of some benchmarks, and a heat map of percentiles under load.

A percentile p of N samples is shown where at least ten samples lie beyond it, N (1 - p) >= 10; the maximum always."""

import math
from dataclasses import dataclass

from . import samples, style
from .errors import counted
from .style import INK, MUTED, look, plain_number
from .table import TICKS

BINS = 72
HEAD, PANEL, FOOT, KEY = 96, 400, 74, 26                    # pixels
CELL, TOP = 36, 132
VARIANTS = {'warm': 'warm', 'cold': 'cold caches and TLB', 'noise': 'noisy neighbour', 'once': 'once'}


@dataclass
class Series:
    """Samples of one benchmark in one variant on one machine."""
    name: str
    variant: str
    machine: str
    unit: str
    runs: list

    def __post_init__(self):
        self.n = samples.count(self.runs)
        self.values = samples.values(self.runs)

    @property
    def least(self):
        return self.values[0][0]

    @property
    def most(self):
        return self.values[-1][0]

    @property
    def base(self):
        """The benchmark whose variant it is."""
        return self.name.removesuffix('.' + self.variant)


def series_of(document, chosen=lambda bench: True):
    unit = TICKS[document['ticks_are']]
    return [Series(b['name'], b['variant'], document['machine'], unit if b['unit'] == 'ticks' else b['unit'], b['samples'])
            for b in document['benchmarks'] if b['samples'] and b['group'] != 'control' and chosen(b)]


def spread(series):
    """Those of which not every sample is the same, the longest tails first."""
    return sorted((one for one in series if one.most > one.least and one.least > 0), key=lambda one: (-one.most / samples.quantile(one.values, 0.5), one.name))


def beyond(series):
    """[(value, share of the samples above it)], a step for each value; ends at the maximum."""
    out, left = [(series.least, 1.0)], series.n
    for value, count in series.values:
        out.append((value, left / series.n))
        left -= count
        if left:
            out.append((value, left / series.n))
    return out


def limits(shown):
    low, high = min(one.least for one in shown), max(one.most for one in shown)
    return low * 0.9, high * (1.15 if high / low < 10 else 1.5)


def log_tics(low, high):
    """1, 2 and 5 of each decade, few enough to be read."""
    decades = range(int(math.floor(math.log10(low))), int(math.ceil(math.log10(high))) + 1)
    marks = [m * 10 ** d for d in decades for m in ((1, 2, 5) if high / low < 500 else (1,))]
    marks = [m for m in marks if low <= m <= high]
    if len(marks) < 2:
        step = 10 ** math.floor(math.log10((high - low) or 1))
        marks = [n * step for n in range(math.ceil(low / step), int(high / step) + 1)][:10]
    return ', '.join('"%s" %g' % (plain_number(m), m) for m in marks)


def x_axis(s, low, high, unit):
    s.add('set logscale x', 'set xrange [%g:%g]' % (low, high), 'unset mxtics', 'set xtics (%s)' % log_tics(low, high),
          'set xlabel "%s, log scale" %s' % (unit, look(style.TEXT, MUTED)))


def histogram_panel(s, shown, low, high, place):
    s.panel(*place)
    s.title('How often a figure occurs', place[0])
    s.axes()
    x_axis(s, low, high, shown[0].unit)
    floor = 0.5 / max(one.n for one in shown)
    s.add('set logscale y', 'set yrange [%g:1.6]' % floor, 'set ylabel "share of the samples, log scale" %s' % look(style.TEXT, MUTED),
          'set ytics (%s)' % ', '.join('"%s %%%%" %g' % (('%.5f' % (100 * 10.0 ** -d)).rstrip('0').rstrip('.'), 10.0 ** -d)
                                       for d in range(0, 1 - math.floor(math.log10(floor)))))
    data, styles = [], []
    for i, one in enumerate(shown):
        bars, line = samples.histogram(one.values, BINS, low, high), []
        for left, right, share in bars:
            line += ['%g %g' % (left, max(share, floor)), '%g %g' % (right, max(share, floor))]
        data.append(line)
        styles.append('filledcurves y1=%g fc rgb "%s" fs transparent solid %g noborder' % (floor, style.SERIES[i], 0.3 if len(shown) > 1 else 0.55))
        data.append(line)
        styles.append('lines lc rgb "%s" lw 1.4 dt %s' % (style.SERIES[i], style.DASHES[i]))
    s.draw(styles, data, '1:2')


def tail_panel(s, shown, low, high, place):
    s.panel(*place)
    s.title('What share takes longer', place[0])
    s.axes()
    x_axis(s, low, high, shown[0].unit)
    most = max(one.n for one in shown)
    marks = [p for p in samples.PERCENTILES if 1 - p >= 1 / most]
    s.add('set logscale y', 'set yrange [%g:1.6]' % (0.5 / most), 'unset mytics',
          'set ytics (%s)' % ', '.join(['"all" 1'] + ['"%s" %g' % (samples.percentile_name(p), 1 - p) for p in marks]))
    data, styles = [], []
    for i, one in enumerate(shown):
        data.append(['%g %g' % (value, max(share, 1 / one.n)) for value, share in beyond(one)])
        styles.append('lines lc rgb "%s" lw 1.8 dt %s' % (style.SERIES[i], style.DASHES[i]))
    for i, one in enumerate(shown):
        data.append(['%g %g' % (samples.quantile(one.values, p), 1 - p) for p in samples.percentiles(one.n)] or ['NaN NaN'])
        styles.append('points lc rgb "%s" pt %d ps 1' % (style.SERIES[i], style.POINTS[i]))
        data.append(['%g %g' % (one.most, 1 / one.n)])
        styles.append('points lc rgb "%s" pt %d ps 1.5' % (style.SERIES[i], style.POINTS[i]))
    s.draw(styles, data, '1:2')


def title_of(one):
    return '%s, %s' % (one.base, one.variant)


def script(shown, said):
    """Histogram and tail of at most six series of one unit; `said` is the line below the title."""
    shown = shown[:len(style.SERIES)]
    low, high = limits(shown)
    rows = math.ceil(len(shown) / 2)
    head = HEAD + KEY * rows + 14
    s = style.Script(head + PANEL + FOOT)
    s.heading('Latency, sample by sample', said)
    for i, one in enumerate(shown):
        s.line_key([('%s: median %s, maximum %s, n %s' % (title_of(one), plain_number(samples.quantile(one.values, 0.5)), plain_number(one.most), plain_number(one.n)),
                     'lc rgb "%s" lw 2 dt %s' % (style.SERIES[i], style.DASHES[i]), 'lc rgb "%s" pt %d ps 1' % (style.SERIES[i], style.POINTS[i]))],
                   style.LEFT + (i % 2) * 0.485, s.down(84 + KEY * (i // 2)))
    s.finish()
    histogram_panel(s, shown, low, high, (s.down(head + 12), s.down(head + PANEL), 0.085, 0.49))
    tail_panel(s, shown, low, high, (s.down(head + 12), s.down(head + PANEL), 0.58, 0.98))
    return s


def caption(shown):
    worst = max(shown[:len(style.SERIES)], key=lambda one: one.most / samples.quantile(one.values, 0.5))
    return 'Left: how often a figure occurs. Right: the share of the samples that takes longer than the figure below; points are percentiles where at ' \
           'least %d samples lie beyond, the last point is the maximum. Longest tail: %s, %s at the median, %s at most, of %s.' % (
               samples.BEYOND, worst.name, plain_number(samples.quantile(worst.values, 0.5)), plain_number(worst.most), counted(worst.n, 'sample'))


def shade_of(ratio, most):
    """Of the steps of style.HEAT, that of figure / median on a log scale."""
    if ratio <= 1:
        return 0
    return min(len(style.HEAT) - 1, 1 + int((len(style.HEAT) - 1.001) * math.log(ratio) / math.log(max(most, 1.02))))


def bound(ratio):
    """Of a shade, for its key."""
    return plain_number(round(ratio, 1) if ratio < 10 else round(ratio))


def heat(series, said):
    """The heat map: a line for each benchmark and load, a column for each percentile; the shade is the figure over the warm median."""
    order = list(dict.fromkeys(one.base for one in series))
    rows = sorted(series, key=lambda one: (order.index(one.base), list(VARIANTS).index(one.variant) if one.variant in VARIANTS else 9))
    calm = {one.base: max(samples.quantile(one.values, 0.5), 1) for one in reversed(rows)}
    columns = [(samples.percentile_name(p), p) for p in samples.PERCENTILES if any(p in samples.percentiles(one.n) for one in rows)] + [('max', None)]
    most = max(one.most / calm[one.base] for one in rows)
    s = style.Script(TOP + CELL * len(rows) + 76)
    s.heading('Latency under load', said)
    s.finish()
    bottom, left, right = s.down(TOP + CELL * len(rows)), 0.30, 0.97
    s.panel(s.down(TOP), bottom, left, right)
    s.add('set border 0', 'unset tics', 'set xrange [-0.5:%g]' % (len(columns) - 0.5), 'set yrange [%g:-0.5]' % (len(rows) - 0.5))
    for x, (name, _) in enumerate(columns):
        s.label(name, 'first %d' % x, 'screen %.5f' % (s.down(TOP) + 16 / s.height), 'center ' + look(style.TEXT, INK, True))
    for y, one in enumerate(rows):
        first = not y or rows[y - 1].base != one.base
        if first:
            s.label(one.base, 'screen %g' % style.LEFT, 'first %d' % y, 'left ' + look(style.TEXT, INK, True))
            if y:
                s.add('set arrow from screen %g, first %g to screen %g, first %g nohead lc rgb "%s" lw 1 front' % (style.LEFT, y - 0.5, right, y - 0.5, MUTED))
        s.label(VARIANTS.get(one.variant, one.variant), 'graph -0.012', 'first %d' % y, 'right ' + look(style.TEXT, MUTED))
        for x, (_, p) in enumerate(columns):
            figure = one.most if p is None else samples.quantile(one.values, p) if p in samples.percentiles(one.n) else None
            if figure is None:
                s.label('too few', 'first %d' % x, 'first %d' % y, 'center ' + look(style.TINY, MUTED))
                continue
            ratio = figure / calm[one.base]
            shade = shade_of(ratio, most)
            s.add('set object rectangle from first %g, first %g to first %g, first %g fc rgb "%s" fs solid 1.0 noborder behind'
                  % (x - 0.49, y - 0.46, x + 0.49, y + 0.46, style.HEAT[shade]))
            s.label(plain_number(figure) + ('   %s \u00d7' % plain_number(round(ratio, 1)) if ratio >= 1.05 else ''), 'first %d' % x, 'first %d' % y,
                    'center ' + look(style.SMALL, style.ON_COLOUR if shade > 3 else style.ON_LIGHT))
    s.finish()
    s.canvas()
    steps = [most ** ((i - 1) / (len(style.HEAT) - 1)) for i in range(1, len(style.HEAT))]
    entries = [('the median', style.HEAT[0], 'solid 1.0')] + [('to %s \u00d7' % bound(most ** (i / (len(style.HEAT) - 1))), shade, 'solid 1.0')
                                                                     for i, shade in enumerate(style.HEAT) if i and steps]
    s.key(entries, left, 34 / s.height)
    s.finish()
    return s


def heat_caption():
    return 'Each line is one operation under one load, each column a percentile of its samples. The darker a field, the longer, in multiples of the ' \
           'median of the same operation without load; the scale is logarithmic. Percentiles with fewer than %d samples beyond are left out.' % samples.BEYOND

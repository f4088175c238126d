# SPDX-License-Identifier: GPL-2.0-only
"""Round-trip IPC over the message size, this kernel and the reference: a panel for each architecture, both axes logarithmic, and below it the share
of the reference's figure. Takes columns of pair.py."""

from . import pair, plot, style
from .style import BLUE, INK, MUTED, look, plain_number
from .table import TICKS

HEAD, MAIN, STRIP, FOOT = 116, 330, 150, 56                # pixels
LINES = {'cross': ('two PDs', 'lw 2 dt 1', 6, 1.5), 'same': ('one PD', 'lw 1.5 dt (6,4)', 7, 0.65)}     # name, line, point and its size


def points(col):
    """{stem: [(words, ours, reference's or None)]} of the round trips over three sizes or more."""
    stems = {}
    for (name, variant), row in col.rows.items():
        match = plot.SIZED.match(name)
        if match and variant == 'warm' and row['group'] == 'ipc' and row['files'][0]:
            stem = match['stem'].removeprefix('ipc.')
            if stem in LINES:
                stems.setdefault(stem, []).append((int(match['words']), row['files'][0]['median'], row['reference'] and row['reference']['median']))
    return {stem: sorted(stems[stem]) for stem in LINES if len(stems.get(stem, ())) >= 3}


def curves(col):
    """[(stem, whose: 0 this kernel, 1 the reference, [(words, figure)])]"""
    out = []
    for stem, found in points(col).items():
        for whose in (1, 0):
            line = [(point[0], point[1 + whose]) for point in found if point[1 + whose]]
            if len(line) > 1:
                out.append((stem, whose, line))
    return out


def tics(words):
    return 'set xtics (%s) scale 0.4 %s' % (', '.join('"%d" %d' % (w, w) for w in words), look(style.SMALL, MUTED))


def main_panel(s, col, most, least, place):
    s.panel(*place)
    s.title(col.title, place[0])
    s.axes()
    lines = curves(col)
    words = sorted({w for _, _, line in lines for w, _ in line})
    s.add('set logscale x 2', 'set logscale y 10', 'set xrange [%g:%g]' % (words[0] / 1.5, words[-1] * 1.5), 'set yrange [%g:%g]' % (least, most),
          'set format y "%.0f"', 'set ytics (%s)' % ', '.join('"%s" %d' % (plain_number(n), n) for n in (50, 100, 200, 500, 1000, 2000, 5000, 10000)),
          tics(words), 'set format x ""')
    parts = []
    for stem, whose, line in lines:
        _, dash, kind, size = LINES[stem]
        colour = MUTED if whose else BLUE
        data = s.block(['%d %g' % point for point in line])
        parts.append('%s using 1:2 with linespoints lc rgb "%s" %s pt %d ps %g' % (data, colour, dash, kind, size))
    for whose, name in ((1, col.theirs), (0, col.ours)):
        mine = {stem: line for stem, who, line in lines if who == whose}
        if not mine:
            continue
        line = mine.get('cross') or next(iter(mine.values()))
        for w, figure in line:
            s.label(plain_number(figure), 'first %d' % w, 'first %g' % figure,
                    'center offset 0,%g ' % (1.05 if whose else -1.1) + look(style.SMALL - 0.5, MUTED if whose else INK, not whose))
        w, figure = line[len(line) // 2]
        s.label(name, 'first %d' % w, 'first %g' % figure, ('right offset -1.6,2.1 ' if whose else 'left offset 1.2,-2.6 ')
                + look(style.HEADING, MUTED if whose else BLUE, True))
    s.plot(parts)


def strip(s, col, place):
    """What share of the reference's instructions it takes."""
    s.panel(*place)
    s.axes()
    parts, words = [], set()
    for stem, found in points(col).items():
        line = [(w, 100 * ours / theirs) for w, ours, theirs in found if theirs]
        if not line:
            continue
        words |= {w for w, _ in line}
        _, dash, kind, size = LINES[stem]
        data = s.block(['%d %g' % point for point in line])
        if stem == 'cross':
            parts.append('%s using 1:2 with impulses lc rgb "%s" lw 7' % (data, style.ARCH['x86_64'][1]))
            for w, percent in line:
                s.label('%.0f %%' % percent, 'first %d' % w, 'first %g' % percent, 'center offset 0,1.0 ' + look(style.SMALL - 0.5, INK, True))
        parts.append('%s using 1:2 with linespoints lc rgb "%s" %s pt %d ps %g' % (data, BLUE, dash, kind, size))
    if not parts:
        return
    words = sorted(words)
    s.add('set logscale x 2', 'set xrange [%g:%g]' % (words[0] / 1.5, words[-1] * 1.5), 'set yrange [0:108]', 'set ytics 0,50,100', 'set format y "%.0f %%"',
          tics(words), 'set xlabel "message size, words of 8 bytes each way" offset 0,0.2 %s' % look(style.TEXT, MUTED),
          'set arrow from graph 0, first 100 to graph 1, first 100 nohead lc rgb "%s" lw 1.2 dt (3,3) back' % MUTED)
    s.label('%s = 100 %%' % col.theirs, 'graph 0.99', 'first 100', 'right offset 0,-0.75 ' + look(style.TINY, MUTED))
    s.plot(parts)


def script(cols):
    """The picture; None when no column has a series."""
    cols = [col for col in cols if points(col)]
    if not cols:
        return None
    strips = any(theirs for col in cols for found in points(col).values() for _, _, theirs in found)
    s = style.Script(HEAD + MAIN + (STRIP if strips else 0) + FOOT)
    unit = TICKS[cols[0].document['ticks_are']]
    s.heading('Round-trip IPC over the message size', '%s for call and reply, median; both axes logarithmic; lower is better'
              % unit)
    s.line_key([(text, 'lc rgb "%s" %s' % (INK, dash), 'lc rgb "%s" pt %d ps %g' % (INK, kind, size)) for text, dash, kind, size in LINES.values()],
               0.745, s.down(27))
    s.finish()
    figures = [figure for col in cols for _, _, line in curves(col) for _, figure in line]
    left, right, gap = 0.06, 0.985, 0.065
    width = (right - left - gap * (len(cols) - 1)) / len(cols)
    for i, col in enumerate(cols):
        x = left + i * (width + gap)
        main_panel(s, col, max(figures) * 1.7, min(figures) / 1.7, (s.down(HEAD), s.down(HEAD + MAIN - (34 if strips else 0)), x, x + width))
        if strips:
            strip(s, col, (s.down(HEAD + MAIN), s.down(HEAD + MAIN + STRIP), x, x + width))
    return s


def caption(cols):
    """What is seen."""
    said = []
    for col in cols:
        for stem, found in points(col).items():
            pairs = [(w, ours, theirs) for w, ours, theirs in found if theirs]
            if stem == 'cross' and pairs:
                (a, first, first_theirs), (b, last, last_theirs) = pairs[0], pairs[-1]
                said.append('%s: %s %s instead of %s for %d word%s (%.0f %%), %s instead of %s for %d (%.0f %%)' % (
                    pair.arch(col.document), plain_number(first), TICKS[col.document['ticks_are']], plain_number(first_theirs), a, '' if a == 1 else 's',
                    100 * first / first_theirs, plain_number(last), plain_number(last_theirs), b, 100 * last / last_theirs))
    text = 'A call to a server and its reply, with messages of the same size both ways; rings: between two protection domains, dots: inside one.'
    return text + (' Between two domains, ' + '; '.join(said) + '.' if said else '')

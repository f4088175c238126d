# SPDX-License-Identifier: GPL-2.0-only
"""Of what a round trip consists: a stacked bar for each traced operation, its stages in the order in which they happen (doc/tracing.md)."""

from . import stages, style
from .style import INK, MUTED, look, plain_number
from .table import TICKS

HEAD, ROW, FOOT = 106, 46, 62                               # pixels
LEFT, RIGHT = 0.215, 0.935
KINDS = {'user': ('user mode', style.THEIRS), 'entry': ('entry', style.BLUE), 'look-up': ('look-up', style.GREEN), 'copy': ('copy', style.ORANGE),
         'switch': ('switch', style.PURPLE), 'exit': ('exit', style.SKY)}
DARK = {style.BLUE, style.GREEN}                            # what light text stands on


def kind(stage):
    """call.entry: entry; caller and server: user."""
    return stage.rpartition('.')[2] if '.' in stage else 'user'


def colour(stage):
    return KINDS.get(kind(stage), ('', style.VERMILLION))[1]


def bars(documents):
    """[(architecture, name of the operation, [(stage, mean)], sum)]"""
    return [(document['kernel'].get('arch') or document['machine'], column['name'].removeprefix(stages.TRACED), list(column['stages'].items()), column['sum'])
            for document in documents for column in stages.columns(documents, document)]


def draw_bar(s, row, y, data):
    x = 0
    for index, (stage, mean) in enumerate(row[2]):
        if mean <= 0:
            continue
        data.setdefault(colour(stage), []).append('%g %g %g %g %g %g' % (x + mean / 2, y, x, x + mean, y - 0.32, y + 0.32))
        s.room.append((plain_number(round(mean)), x + mean / 2, y, mean, style.ON_COLOUR if colour(stage) in DARK else style.ON_LIGHT))
        if stage in ('server', 'reply.entry') and index:        # the halves of the round trip
            s.add('set arrow from first %g, first %g to first %g, first %g nohead lc rgb "%s" lw 1.2 front' % (x, y - 0.42, x, y + 0.42, INK))
        x += mean
    s.label(plain_number(round(x)), 'first %g' % x, 'first %g' % y, 'left offset 0.8,0 ' + look(style.TEXT, INK, True))


def script(documents):
    """The picture; None when no document has stages."""
    rows = bars(documents)
    if not rows:
        return None
    s = style.Script(HEAD + ROW * len(rows) + FOOT)
    s.room = []
    unit = TICKS[documents[0]['ticks_are']]
    s.heading('Stages of a round trip', '%s, mean, net of the trace points; from left to right as they happen: caller, call, server, reply' % unit)
    present = {kind(stage) for row in rows for stage, _ in row[2]}
    s.key([(name, shade, 'solid 1.0') for key, (name, shade) in KINDS.items() if key in present], style.LEFT, s.down(80))
    s.finish()
    most = max(row[3] for row in rows)
    s.panel(s.down(HEAD), s.down(HEAD + ROW * len(rows)), LEFT, RIGHT)
    s.axes(1)
    s.add('set xrange [0:%g]' % (most * 1.01), 'set yrange [%g:-0.5]' % (len(rows) - 0.5), 'unset ytics', 'set grid noytics',
          'set xlabel "%s" %s' % (unit, look(style.TEXT, MUTED)))
    data = {}
    for y, row in enumerate(rows):
        space, _, size = row[1].partition('.w')
        words = '%s, %s word%s' % ({'same': 'one PD', 'cross': 'two PDs'}.get(space, space), size, '' if size == '1' else 's') if size else row[1]
        s.label(words, 'graph -0.012', 'first %d' % y, 'right ' + look(style.TEXT, INK))
        if not y or rows[y - 1][0] != row[0]:
            s.label(row[0], 'screen %g' % style.LEFT, 'first %d' % y, 'left ' + look(style.TEXT, INK, True))
            if y:
                s.add('set arrow from screen %g, first %g to graph 1, first %g nohead lc rgb "%s" lw 1 front' % (style.LEFT, y - 0.5, y - 0.5, style.GRID))
        draw_bar(s, row, y, data)
    pixels = (RIGHT - LEFT) * s.width / (most * 1.01)
    for text, x, y, mean, shade in s.room:
        if style.breadth(text, style.SMALL) <= mean * pixels * 1.15:
            s.label(text, 'first %g' % x, 'first %g' % y, 'center ' + look(style.SMALL, shade))
    s.draw(['boxxyerror fc rgb "%s" fs solid 1.0 border lc rgb "white" lw 1' % shade for shade in data], list(data.values()), '1:2:3:4:5:6')
    return s


def caption(documents):
    parts = []
    for arch, name, found, total in bars(documents):
        if name == 'cross.w1':
            share = sum(mean for stage, mean in found if kind(stage) in ('entry', 'exit')) / total
            parts.append('%.0f %% on %s' % (100 * share, arch))
    text = 'Each bar is one round trip; a line crosses it where the server answers, and where its reply enters the kernel. Numbers in the bars are ' \
           'instructions of the stage. Copying grows with the message, nothing else does.'
    return text + (' Of a round trip with one word, entering and leaving the kernel is %s.' % ', '.join(parts) if parts else '')

# SPDX-License-Identifier: GPL-2.0-only
"""The stages of traced benchmarks as a table: net of the trace points, then these, their sum, and the untraced figure beside it.

Figures are means: those of the stages add up to that of the whole, as each sample's do; medians would not.
"""

from . import samples

POINTS = 'trace-points'                                     # the stage that is what all trace points of an operation cost
TRACED, PLAIN = 'trace.', 'ipc.'                            # trace.X has the stages of ipc.X


def traced(document):
    """Was that kernel booted with trace points?"""
    return 'trace=ipc' in document['meta'].get('kernel_cmdline', '').split('~')


def untraced(documents, document, bench):
    """Mean of the same operation without trace points on such a machine, or None."""
    name = PLAIN + bench['name'].removeprefix(TRACED)
    for other in documents:
        if not traced(other) and (other['machine'], other['ticks_are']) == (document['machine'], document['ticks_are']):
            for candidate in other['benchmarks']:
                if (candidate['name'], candidate['variant']) == (name, bench['variant']):
                    return samples.mean(candidate['samples'])
    return None


def columns(documents, document):
    """[{name, stages: {name: mean}, sum, points, total, untraced}] of the benchmarks of a document that have stages."""
    result = []
    for bench in document['benchmarks']:
        if 'stages' in bench:
            means = {s['name']: samples.mean(s['samples']) for s in bench['stages']}
            total, points = samples.mean(bench['samples']), means.pop(POINTS, 0)
            result.append({'name': bench['name'], 'stages': means, 'sum': total - points, 'points': points, 'total': total,
                           'untraced': untraced(documents, document, bench)})
    return result


def number(value):
    return '-' if value is None else '%d' % value if value == int(value) else '%.1f' % value


def grid(cols):
    """(headings, lines of cells); None is a rule."""
    names = list(dict.fromkeys(name for c in cols for name in c['stages']))
    lines = []
    for name in names:
        line = [name]
        for c in cols:
            value = c['stages'].get(name)
            line += [number(value), '%.1f %%' % (100 * value / c['sum']) if value is not None and c['sum'] > 0 else '-']
        lines.append(line)
    lines.append(None)
    for text, key in (('sum', 'sum'), ('trace points', 'points'), ('traced total', 'total'), ('untraced total', 'untraced')):
        lines.append([text] + [cell for c in cols for cell in (number(c[key]), '100.0 %' if key == 'sum' else '')])
    return ['stage'] + [cell for c in cols for cell in (c['name'].removeprefix(TRACED), 'share')], lines


def faults(documents):
    """Where instructions are counted, the stages are exactly what the untraced operation is; a line for each that is not."""
    out = []
    for document in documents:
        if document['ticks_are'] == 'instructions':
            for c in columns(documents, document):
                if c['untraced'] is None:
                    out.append('%s: no untraced figure beside it' % c['name'])
                elif c['sum'] != c['untraced']:
                    out.append('%s: the stages add up to %s, untraced it is %s' % (c['name'], number(c['sum']), number(c['untraced'])))
    return out


def caption(head, document, unit):
    return 'Stages of a round trip: %s, mean %s on %s, net of the trace points' % (head, unit[document['ticks_are']], document['machine'])


def text(documents, title, unit):
    out = []
    for head, document in zip(title, documents):
        cols = columns(documents, document)
        if not cols:
            continue
        heads, lines = grid(cols)
        width = [max(len(line[i]) for line in [heads] + lines if line) for i in range(len(heads))]

        def row(cells, width=width):
            return '  '.join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(cells, width))).rstrip()

        rule = '  '.join('-' * w for w in width)
        out += ['', caption(head, document, unit), '', row(heads), rule]
        out += [rule if line is None else row(line) for line in lines]
    return out


def markdown(documents, title, unit):
    out = []
    for head, document in zip(title, documents):
        cols = columns(documents, document)
        if cols:
            heads, lines = grid(cols)
            out += ['', caption(head, document, unit), '']
            out += ['| ' + ' | '.join(line) + ' |' for line in [heads, ['---'] + ['---:'] * (len(heads) - 1)] + [x for x in lines if x]]
    return out

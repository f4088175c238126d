# SPDX-License-Identifier: GPL-2.0-only
"""Results as a table: text, markdown, CSV or JSON."""

import csv
import io
import itertools
import json
import math

from . import grid, samples, stages, store
from .errors import counted

CONTROL = 'control'                                         # group of benchmarks that check the measurement itself
APART = (CONTROL, 'destroy')                                # no part of means: NOVA keeps the memory of what is destroyed (doc/bench/objects.md)
GROUPS = {'null': 'Hypercall', 'ipc': 'Inter-process communication', 'exc': 'Exceptions', 'sem': 'Semaphores', 'map': 'Memory', 'delegate': 'Delegation',
          'walk': 'TLB misses', 'create': 'Creation of objects', 'destroy': 'Destruction of objects', 'size': 'Memory of objects', 'recall': 'Recall',
          'int': 'Interrupts and timeouts', 'sched': 'Scheduling', 'cos': 'Classes of service', 'vm': 'Guests', 'boot': 'Boot, once', 'trace': 'Stages'}
FORMATS = ('text', 'markdown', 'csv', 'json')
TICKS = {'instructions': 'instructions', 'cycles': 'core cycles', 'tsc': 'TSC ticks', 'cntvct': 'ticks of the system counter'}


def name_of(document):
    """How a column is headed: the kernel's title, or its release when it has none."""
    return document['kernel'].get('title') or document['release']


def rows(documents, reference):
    """[{name, variant, group, op, unit, files: [bench or None], reference: bench or None, ratios: [float or None]}]"""
    order, table = [], {}
    for index, document in enumerate(documents):
        for bench in document['benchmarks']:
            key = store.key(bench)
            if key not in table:
                order.append(key)
                table[key] = {'name': bench['name'], 'variant': bench['variant'], 'group': bench['group'], 'op': bench['op'],
                              'unit': bench['unit'], 'files': [None] * len(documents), 'reference': None}
            table[key]['files'][index] = bench
    for bench in reference['benchmarks'] if reference else ():
        if store.key(bench) in table:
            table[store.key(bench)]['reference'] = bench
    for row in table.values():
        row['ratios'] = [ratio(bench, row['reference']) for bench in row['files']]
    groups = list(dict.fromkeys(table[key]['group'] for key in order))     # those of a group stand together
    return [table[key] for key in sorted(order, key=lambda key: groups.index(table[key]['group']))]


def unit(row, document):
    """Of the figures of a row: what a tick is there, or a unit of its own."""
    return document['ticks_are'] if row['unit'] == 'ticks' else row['unit']


def ratio(bench, reference):
    """Median over the reference's median."""
    if not bench or not reference or reference['median'] <= 0 or bench['median'] < 0:
        return None
    return bench['median'] / reference['median']


def ratio_text(value):
    """'0.46', and not 0.00 for what is little; '-' where there is none."""
    return '-' if value is None else '%.2f' % value if value >= 0.01 or not value else '%.1g' % value


def geometric_mean(ratios):
    known = [r for r in ratios if r]
    return math.exp(sum(map(math.log, known)) / len(known)) if known else None


def titles(documents):
    """Distinct column headings."""
    names = [name_of(d) for d in documents]
    if len(set(names)) == len(names):
        return names
    names = ['%s %s' % (name_of(d), d['configuration']) for d in documents]
    return names if len(set(names)) == len(names) else ['%s #%d' % (n, i + 1) for i, n in enumerate(names)]


def short(op, most):
    return op if len(op) <= most else op[:most - 3].rstrip(' ,:') + '...'


def tails(document):
    """The percentiles above the median that some of its benchmarks can carry; none where ticks are counted and have no tail."""
    if document['ticks_are'] == 'instructions':
        return []
    return [p for p in samples.percentiles(max((b['n'] for b in document['benchmarks']), default=0)) if p > 0.9]


def tail(bench, p):
    return str(samples.percentile(bench['samples'], p)) if p in samples.percentiles(bench['n']) else '-'


def table_of(documents, reference):
    """(headings, cells as text). One file: min, median, percentiles, max; several: the medians side by side."""
    lines, heads = rows(documents, reference), titles(documents)
    variants = len({row['name'] for row in lines}) < len(lines)     # else the name tells them apart
    head = ['benchmark'] + (['variant'] if variants else []) + ['operation']
    if len(documents) == 1:
        far = tails(documents[0])
        head += ['min', 'median'] + [samples.percentile_name(p) for p in far] + ['max'] + ([name_of(reference), 'ratio'] if reference else [])
    else:
        head += [name_of(reference)] if reference else []
        for title in heads:
            head += [title] + ([title + ' ratio'] if reference else [])
    cells = []
    for row in lines:
        theirs = [str(row['reference']['median']) if row['reference'] else '-'] if reference else []
        ratios = [[ratio_text(r)] if reference else [] for r in row['ratios']]
        line = [row['name']] + ([row['variant']] if variants else []) + [row['op']]
        if len(documents) == 1:
            bench = row['files'][0]
            line += [str(bench['min']), str(bench['median'])] + [tail(bench, p) for p in far] + [str(bench['max'])] + theirs + ratios[0]
        else:
            line += theirs
            for bench, r in zip(row['files'], ratios):
                line += [str(bench['median']) if bench else '-'] + r
        cells.append(line)
    return head, cells


def unit_text(documents):
    """'instructions per operation; size.* in bytes'"""
    others = sorted({(b['group'] + '.*' if unit == 'bytes' else b['name'], unit) for d in documents for b in d['benchmarks']
                     for unit in [b['unit']] if unit != 'ticks'})
    return '; '.join(['%s per operation' % TICKS[documents[0]['ticks_are']]] + ['%s in %s' % pair for pair in others])


def caption(documents, reference):
    first = documents[0]
    lines = ['Unit: %s, on %s. Columns of figures are medians unless they say otherwise.' % (unit_text(documents), first['machine'])]
    for head, document in zip(titles(documents), documents):
        compiler = document['kernel'].get('compiler')
        lines.append('%s: %s%s, %s each' % (head, document['configuration'], ', ' + compiler if compiler else '',
                                            spread([b['n'] for b in document['benchmarks']], 'sample')))
    if reference:
        lines.append('ratio: this kernel / %s; below 1 is %s.' % (name_of(reference), 'fewer ' + TICKS[first['ticks_are']]))
    return lines


def footprint(documents):
    """What the image of each kernel takes in memory, one line each; none where the file was not known."""
    parts = 'text', 'rodata', 'data', 'bss'
    return ['%s: image of %s bytes: %s' % (head, format(sum(sizes.get(part, 0) for part in parts), ','),
                                           ', '.join('%s %s' % (part, format(sizes[part], ',')) for part in (*parts, 'pool') if part in sizes))
            for head, sizes in ((head, document['kernel'].get('sizes')) for head, document in zip(titles(documents), documents)) if sizes]


def counter_lines(documents):
    """A table of the batches of other counters; [] if there are none."""
    sections = []
    for head, document in zip(titles(documents), documents):
        for bench in document['benchmarks']:
            section = [[bench['name'], bench['variant'], head, counter['name']] + [str(counter[key]) for key in ('n', 'min', 'median', 'max')]
                       for counter in bench['counters']]
            sections += [section] if section else []
    return grid.draw(['benchmark', 'variant', 'kernel', 'counter', 'n', 'min', 'median', 'max'], sections, 4) if sections else []


def spread(numbers, noun):
    low, high = min(numbers, default=0), max(numbers, default=0)
    return counted(high, noun) if low == high else '%d to %s' % (low, counted(high, noun))


def chosen(document):
    """Were its benchmarks chosen (kn run --bench)? Then others are no news."""
    return ' bench=' in ((document['emulator'] or {}).get('command') or '')


def remarks(documents, reference):
    lines = []
    if reference:
        table = rows(documents, reference)
        cold_is_warm = documents[0]['ticks_are'] == 'instructions'      # and would count twice
        for index, head in enumerate(titles(documents)):
            ratios = [row['ratios'][index] for row in table if row['group'] not in APART and not (cold_is_warm and row['variant'] == 'cold')]
            mean = geometric_mean(ratios)
            if mean:
                lines.append('%s: geometric mean of %s: %.2f' % (head, counted(sum(bool(r) for r in ratios), 'ratio'), mean))
        known = {store.key(b) for d in documents for b in d['benchmarks']}
        only = [b['name'] for b in reference['benchmarks'] if store.key(b) not in known]
        if only and not any(map(chosen, documents)):
            names = ', '.join(only) if len(only) <= 6 else '%d more benchmarks' % len(only)
            lines.append('only measured on %s: %s' % (name_of(reference), names))
    for head, document in zip(titles(documents), documents):
        lines += ['%s is incomplete: %s' % (head, document['incomplete'])] if document['incomplete'] else []
        left = {}                                           # why: benchmarks
        for skip in document['skipped']:
            left.setdefault(skip['reason'], []).append(skip['name'])
        lines += ['%s: %s skipped: %s' % (head, ', '.join(names), why) for why, names in left.items()]
        lines += ['%s: %s: %s operations were repeated, since they took another path' % (head, b['name'], b['extra']['repeated'])
                  for b in document['benchmarks'] if 'repeated' in b.get('extra', {})]
    return lines


def text(documents, reference, wide=False):
    head, cells = table_of(documents, reference)
    left = head.index('operation') + 1
    if not wide:
        room = grid.room(head, cells, left - 1)
        cells = [row[:left - 1] + [short(row[left - 1], room)] + row[left:] for row in cells]
    sections = [[row for row, _ in rows_] for _, rows_ in itertools.groupby(zip(cells, rows(documents, reference)), lambda pair: pair[1]['group'])]
    out = caption(documents, reference) + [''] + grid.draw(head, sections, left)
    out += stages.text(documents, titles(documents), TICKS)
    extra = remarks(documents, reference) + footprint(documents)
    return '\n'.join(out + ([''] + extra if extra else [])) + '\n'


def markdown(documents, reference):
    head, cells = table_of(documents, reference)
    left = head.index('operation') + 1
    bar = ['---' if i < left else '---:' for i in range(len(head))]
    out = [line + '\\' for line in caption(documents, reference)] + ['']
    out += ['| ' + ' | '.join(c.replace('|', '\\|') for c in row) + ' |' for row in [head, bar] + cells]
    out += stages.markdown(documents, titles(documents), TICKS)
    extra = remarks(documents, reference)
    return '\n'.join(out + ([''] + ['- ' + e for e in extra] if extra else [])) + '\n'


def comma(documents, reference):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator='\n')
    head, cells = table_of(documents, reference)
    writer.writerow(head + ['unit'])
    writer.writerows(line + [unit(row, documents[0])] for line, row in zip(cells, rows(documents, reference)))
    return out.getvalue()


def as_json(documents, reference):
    def figures(bench):
        if not bench:
            return None
        far = {samples.percentile_name(p): samples.percentile(bench['samples'], p) for p in samples.percentiles(bench['n'])}
        return dict({k: bench[k] for k in ('n', 'min', 'median', 'max')}, percentiles=far)

    return json.dumps({
        'unit': documents[0]['ticks_are'], 'machine': documents[0]['machine'], 'columns': titles(documents),
        'reference': name_of(reference) if reference else None,
        'benchmarks': [{'name': r['name'], 'variant': r['variant'], 'group': r['group'], 'unit': unit(r, documents[0]), 'operation': r['op'],
                        'figures': [figures(b) for b in r['files']], 'reference': figures(r['reference']),
                        'ratios': [round(x, 4) if x is not None else None for x in r['ratios']]}
                       for r in rows(documents, reference)],
        'stages': [stages.columns(documents, d) for d in documents]}, indent=1) + '\n'


def render(documents, reference, form, wide=False):
    if form == 'text':
        return text(documents, reference, wide)
    return {'markdown': markdown, 'csv': comma, 'json': as_json}[form](documents, reference)

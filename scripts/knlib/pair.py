# SPDX-License-Identifier: GPL-2.0-only
"""Results of several architectures side by side, each beside the reference that was recorded on its own machine: one table."""

import csv
import io
import itertools
import json
from dataclasses import dataclass

from . import grid, store, table
from .errors import counted


@dataclass
class Column:
    """One result and its reference."""
    title: str                                              # heads the group of columns
    document: dict
    reference: dict | None
    rows: dict                                              # key of a benchmark: row of table.rows()

    @property
    def ours(self):
        return table.name_of(self.document)

    @property
    def theirs(self):
        return table.name_of(self.reference) if self.reference else None

    @property
    def short(self):
        """(ours, theirs) without versions, if that tells them apart."""
        names = self.ours.split()[0], self.theirs.split()[0] if self.reference else None
        return names if names[0] != names[1] else (self.ours, self.theirs)


def arch(document):
    return document['kernel'].get('arch') or 'unknown'          # of a foreign log


def wanted(documents):
    """Are they of several architectures?"""
    return len({arch(d) for d in documents} - {'unknown'}) > 1


def columns(documents, given=None):
    """A Column for each document; `given` as in store.reference_for."""
    archs = [arch(d) for d in documents]
    several = len(set(archs)) < len(archs)
    out = []
    for document in documents:
        title = arch(document) + (' ' + table.name_of(document) if several else '')
        reference = store.reference_for(document, given)
        if reference and arch(reference) != arch(document):
            reference = None                                # a file that was given for one of them
        rows = {(row['name'], row['variant']): row for row in table.rows([document], reference)}
        out.append(Column(title, document, reference, rows))
    return out


def keys(cols):
    """Every benchmark of any of them, in the order of the first that has it; those that only later ones have follow in their group."""
    order = []
    for col in cols:
        for key, row in col.rows.items():
            if key in order:
                continue
            mates = [i for i, k in enumerate(order) if group(cols, k) == row['group']]
            order.insert(mates[-1] + 1 if mates else len(order), key)
    return order


def first_row(cols, key):
    return next(col.rows[key] for col in cols if key in col.rows)


def group(cols, key):
    return first_row(cols, key)['group']


def operation(cols, key):
    """What one sample covers; of each, where that depends on the architecture."""
    return ' / '.join(dict.fromkeys(col.rows[key]['op'] for col in cols if key in col.rows))


def cold_is_warm(cols):
    """An emulator that counts instructions knows no cold caches: such a figure would count twice."""
    return all(col.document['ticks_are'] == 'instructions' for col in cols)


def shown(cols, key):
    """Is it a figure of its own?"""
    row = first_row(cols, key)
    return row['group'] != table.CONTROL and not (cold_is_warm(cols) and row['variant'] == 'cold')


def counts(cols, key):
    """Does it count for the mean?"""
    return shown(cols, key) and first_row(cols, key)['group'] not in table.APART


def ratios(cols, col):
    return [row['ratios'][0] for key, row in col.rows.items() if counts(cols, key)]


def cells(col, key):
    """What stands in the columns of one group: this kernel, the reference, the ratio."""
    row = col.rows.get(key)
    ours, theirs = row and row['files'][0], row and row['reference']
    ratio = row['ratios'][0] if row else None
    return [str(ours['median']) if ours else '-'] + ([str(theirs['median']) if theirs else '-', table.ratio_text(ratio)] if col.reference else [])


def heads(col):
    return [col.short[0]] + ([col.short[1], 'ratio'] if col.reference else [])


def means(cols):
    """[(column, mean, number of ratios)] of those that have any."""
    out = []
    for col in cols:
        known = [r for r in ratios(cols, col) if r]
        mean = table.geometric_mean(known)
        if mean:
            out.append((col, mean, len(known)))
    return out


def caption(cols):
    unit = table.TICKS[cols[0].document['ticks_are']]
    numbers = [b['n'] for col in cols for b in col.document['benchmarks']]
    lines = ['Unit: %s. Columns of figures are medians of %s.' % (table.unit_text([col.document for col in cols]), table.spread(numbers, 'sample'))]
    for col in cols:
        document = col.document
        compiler = document['kernel'].get('compiler')
        lines.append('%s: %s%s on %s; %s%s' % (col.title, col.ours, ' beside ' + col.theirs if col.reference else ', no reference,', document['machine'],
                                               document['configuration'], ', ' + compiler if compiler else ''))
    if any(col.reference for col in cols):
        lines.append('ratio: this kernel / %s; below 1 is fewer %s.' % (', '.join(dict.fromkeys(col.short[1] for col in cols if col.reference)), unit))
    return lines


def remarks(cols):
    lines = ['%s: geometric mean of %s: %.2f' % (col.title, counted(number, 'ratio'), mean) for col, mean, number in means(cols)]
    left = {}                                               # (column, why): benchmarks
    for col in cols:
        for skip in col.document['skipped']:
            left.setdefault((col.title, skip['reason']), []).append(skip['name'])
    return lines + ['%s: %s skipped: %s' % (title, ', '.join(names), why) for (title, why), names in left.items()]


def text(cols, wide):
    """The architectures stand side by side, with a bar between them."""
    order = keys(cols)
    head = ['benchmark', 'operation']
    for col in cols:
        head += ['|\n|'] + ['%s\n%s' % (col.title if i == 0 else '', name) for i, name in enumerate(heads(col))]
    rows = [[key[0], operation(cols, key)] + [c for col in cols for c in ['|'] + cells(col, key)] for key in order]
    if not wide:
        room = grid.room(head, rows, 1)
        rows = [[row[0], table.short(row[1], room)] + row[2:] for row in rows]
    sections = [[row for row, _ in part] for _, part in itertools.groupby(zip(rows, order), lambda both: group(cols, both[1]))]
    out = caption(cols) + [''] + grid.draw(head, sections, 2)
    extra = remarks(cols) + table.footprint([col.document for col in cols])
    return '\n'.join(out + ([''] + extra if extra else [])) + '\n'


def flat_heads(cols):
    """Of a table with one line of headings."""
    return ['benchmark', 'operation'] + ['%s %s' % (col.title, head) for col in cols
                                         for head in [col.ours] + ([col.theirs, 'ratio'] if col.reference else [])]


def flat_rows(cols):
    return [[key[0], operation(cols, key)] + [c for col in cols for c in cells(col, key)] for key in keys(cols)]


def markdown(cols):
    head = flat_heads(cols)
    bar = ['---'] * 2 + ['---:'] * (len(head) - 2)
    out = [line + '\\' for line in caption(cols)] + ['']
    out += ['| ' + ' | '.join(c.replace('|', '\\|') for c in row) + ' |' for row in [head, bar] + flat_rows(cols)]
    return '\n'.join(out + [''] + ['- ' + line for line in remarks(cols)]) + '\n'


def comma(cols):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator='\n')
    writer.writerow(flat_heads(cols) + ['unit'])
    writer.writerows(line + [table.unit(first_row(cols, key), cols[0].document)] for line, key in zip(flat_rows(cols), keys(cols)))
    return out.getvalue()


def as_json(cols):
    def figures(bench):
        return {k: bench[k] for k in ('n', 'min', 'median', 'max')} if bench else None

    def one(col, key):
        row = col.rows.get(key)
        return {'figures': figures(row['files'][0]), 'reference': figures(row['reference']),
                'ratio': round(row['ratios'][0], 4) if row['ratios'][0] is not None else None} if row else None

    mean = {id(col): value for col, value, _ in means(cols)}
    return json.dumps({
        'unit': cols[0].document['ticks_are'],
        'columns': [{'title': col.title, 'arch': arch(col.document), 'machine': col.document['machine'], 'configuration': col.document['configuration'],
                     'kernel': col.ours, 'reference': col.theirs, 'geometric_mean': round(mean[id(col)], 4) if id(col) in mean else None}
                    for col in cols],
        'benchmarks': [{'name': key[0], 'variant': key[1], 'group': group(cols, key),
                        'unit': table.unit(first_row(cols, key), cols[0].document), 'operation': first_row(cols, key)['op'],
                        'columns': [one(col, key) for col in cols]} for key in keys(cols)]}, indent=1) + '\n'


def render(cols, form, wide=False):
    return text(cols, wide) if form == 'text' else {'markdown': markdown, 'csv': comma, 'json': as_json}[form](cols)

# SPDX-License-Identifier: GPL-2.0-only
"""Two builds on one machine: what became faster, what slower (doc/bench/statistics.md)."""

import os

from . import boots, samples, statistics, store, table, tools
from .errors import KnError, UsageError, counted
from .statistics import FASTER, SAME, SLOWER, UNSURE

VERDICTS = (SLOWER, FASTER, UNSURE, SAME)
HISTORY = os.path.join(store.RESULTS, 'aa')                 # boots of one build, by machine: its noise
FORMATS = ('text', 'markdown', 'json')
NUMBERS = {'text': 'simple', 'markdown': 'github'}


def grid(rows, heads, form):
    """A table; all columns but the first and the last are numbers."""
    try:
        import tabulate
    except ImportError:
        raise tools.missing_module('tabulate') from None
    tabulate.PRESERVE_WHITESPACE = True
    align = ['left'] + ['right'] * (len(heads) - 2) + ['left']
    return tabulate.tabulate(rows, heads, tablefmt=NUMBERS[form], colalign=align if rows else None, disable_numparse=True)


def compare(old, new, threshold=None, alpha=statistics.ALPHA, describe=False):
    """The comparison of two sides: a dictionary that is printed as it is by --format json. `threshold`: instead of that of the machine."""
    notes = remarks(old, new)
    if old.exact:
        found = exact_rows(old, new)
    elif describe:
        found = []
    else:
        note = boots.check_turns(old, new)
        notes += [note] if note else []
        found = boot_rows(old, new, threshold, alpha)
        if found and not statistics.can_find(len(old.documents), len(new.documents), len(found), alpha):
            notes.append('with %s no change can be found in so few boots: the smallest P is too large after the correction; '
                         'take %d of each side, or fewer benchmarks'
                         % (counted(len(found), 'benchmark'), statistics.boots_needed(len(found), alpha)))
    result = {'machine': old.machine, 'ticks_are': old.ticks_are, 'exact': old.exact, 'identical': identical(old, new),
              'old': head(old), 'new': head(new), 'notes': notes, 'benchmarks': found,
              'counts': {word: sum(row['verdict'] == word for row in found) for word in VERDICTS},
              'only_old': only(old, new), 'only_new': only(new, old)}
    if describe:
        result['quantiles'] = quantiles(old, new)
    return result


def head(side):
    return {'name': table.name_of(side.first), 'configuration': side.configuration, 'release': side.first['release'],
            'boots': len(side.documents), 'kernel': boots.kernel(side.first), 'root': boots.root(side.first)}


def identical(old, new):
    return old.identity() is not None and old.identity() == new.identity()


def remarks(old, new):
    """What a reader must know before believing a verdict."""
    lines = []
    if identical(old, new):
        lines.append('the binaries are identical (SHA-256 of kernel and root task): a difference is one of the measurement')
    elif boots.root(old.first) != boots.root(new.first):
        lines.append('the root tasks are different builds')
    for key, what in (('kernel_cmdline', "kernel's"), ('root_cmdline', "root task's")):
        words = [set(d['meta'].get(key, '').replace('~', ' ').split()) for d in (old.first, new.first)]
        if words[0] != words[1]:
            more = [' '.join(sorted(a - b)) or 'nothing' for a, b in (words, words[::-1])]
            lines.append('the %s command line differs: %s; %s' % (what, *more))
    for what, get in (('emulator', lambda d: (d['emulator'] or {}).get('version')), ('compiler', lambda d: d['kernel'].get('compiler'))):
        if get(old.first) != get(new.first):
            lines.append('the %s differs: %s; %s' % (what, get(old.first), get(new.first)))
    for side in (old, new):
        lines += ['%s: not all of a run: %s' % (path, d['incomplete'])
                  for path, d in zip(side.paths, side.documents) if d.get('incomplete')]
        warnings = {w for d in side.documents for w in (d.get('platform') or {}).get('warnings', ())}
        lines += ['%s: %s' % (side.name, warning) for warning in sorted(warnings)]
    return lines


def only(side, other):
    """[{name, reason}]: benchmarks that only this side has; why the other one skipped it, if it says so."""
    theirs, skipped = boots.series(other.first), {s['name']: s['reason'] for s in other.first['skipped']}
    return [{'name': key, 'reason': skipped.get(bench['name'])}
            for key, (bench, _) in boots.series(side.first).items() if key not in theirs]


def row_of(key, bench, old, new, verdict):
    """What a row of either kind has."""
    return {'name': key, 'group': bench['group'], 'unit': bench['unit'], 'verdict': verdict, 'old': old, 'new': new, 'shift': new - old,
            'percent': 100 * (new - old) / old if old > 0 else None}


# Exact counts -----------------------------------------------------------------------------------------------------------

def exact_rows(old, new):
    before, after = one(old), one(new)
    rows = []
    for key, (bench, runs) in before.items():
        if key in after:
            a, b = statistics.figures(runs), statistics.figures(after[key][1])
            verdict, decided = statistics.exact(a, b, boots.by_timer(bench))
            if verdict == SAME and a == b and not boots.by_timer(bench) and samples.values(runs) != samples.values(after[key][1]):
                verdict, decided = UNSURE, 'samples'
            row = row_of(key, bench, a['median'], b['median'], verdict)
            rows.append(dict(row, decided=decided, figures=[a, b]))
    return rows


def one(side):
    """The series of a side; all its files must have the same samples, since they are counts."""
    first = boots.series(side.first)
    for path, document in zip(side.paths[1:], side.documents[1:]):
        for key, (bench, runs) in boots.series(document).items():
            if key in first and not boots.by_timer(bench) and samples.values(runs) != samples.values(first[key][1]):
                raise KnError('%s and %s are of one build on %s, where figures are exact, but %s differs'
                              % (side.paths[0], path, side.machine, key))
    return first


def exact_cell(row):
    """What decided, where it is not the median."""
    if row['decided'] in (None, 'median'):
        return row['verdict']
    if row['decided'] == 'samples':
        return '%s (same sum, other samples)' % row['verdict']
    return '%s (%s %d, was %d)' % (row['verdict'], row['decided'], row['figures'][1][row['decided']], row['figures'][0][row['decided']])


# Boots ------------------------------------------------------------------------------------------------------------------

def boot_rows(old, new, threshold, alpha):
    before, after, known = boots.medians(old), boots.medians(new), boots.series(old.first)
    keys = [key for key in before if key in after]
    noise = {} if threshold is not None else machine_noise(old.machine, old.configuration)
    tests = [statistics.mann_whitney(before[key], after[key]) for key in keys]
    rows = []
    for key, (chance, delta), corrected in zip(keys, tests, statistics.holm([chance for chance, _ in tests])):
        base = statistics.median(before[key])
        part, source = (threshold, 'option') if threshold is not None else (noise[key], 'history') if noise.get(key) is not None \
            else (statistics.THRESHOLD, 'default')
        least = part * base if base > 0 else 1              # of nothing, a part is nothing: one tick
        interval = statistics.shift(before[key], after[key], alpha)
        row = row_of(key, known[key][0], base, statistics.median(after[key]), statistics.verdict(corrected, interval, least, alpha))
        scale = 100 / base if base > 0 else None
        row.update(shift=interval[0], percent=interval[0] * scale if scale else None, interval=list(interval[1:]),
                   interval_percent=[bound * scale for bound in interval[1:]] if scale else None,
                   p=chance, p_corrected=corrected, delta=delta, threshold=part, threshold_from=source)
        rows.append(row)
    return rows


def machine_noise(machine, configuration, folder=None):
    """{label: threshold} from recorded boots of one build on that machine; those of the configuration, else of any of it."""
    place = os.path.join(folder or HISTORY, machine)
    if not os.path.isdir(place):
        return {}
    found = boots.sides(place)
    side = found.get((machine, configuration)) or next(iter(found.values()))
    side.documents = boots.in_time(side)
    return {key: statistics.noise(statistics.blocks(values)) for key, values in boots.medians(side).items()}


# Raw samples, described ---------------------------------------------------------------------------------------------------

def pooled(side):
    found = {}
    for document in side.documents:
        for key, (_, runs) in boots.series(document).items():
            found.setdefault(key, []).extend(runs)
    return found


def quantiles(old, new):
    before, after = pooled(old), pooled(new)
    return [{'name': key, 'quantiles': [{'p': p, 'old': a, 'new': b, 'shift': b - a}
                                        for p, a, b in statistics.quantile_shift(runs, after[key])]}
            for key, runs in before.items() if key in after]


def quantile_text(result, form):
    rows = []
    for entry in result['quantiles']:
        for number, q in enumerate(entry['quantiles']):
            name = 'maximum' if q['p'] == 1 else samples.percentile_name(q['p'])
            rows.append(['' if number else entry['name'], name, q['old'], q['new'], '%+d' % q['shift'], ''])
    return ['', 'Raw samples of all boots together: they describe, and no test is made of them.', '',
            grid(rows, ['benchmark', 'quantile', 'old', 'new', 'shift', ''], form)]


# As text -----------------------------------------------------------------------------------------------------------------

def number(value):
    return '%d' % value if value == int(value) else '%.1f' % value


def signed(value, form='%+.2f %%'):
    return '-' if value is None else form % value


def cells(row, exact):
    shown = [row['name'], number(row['old']), number(row['new']),
             ('-' if row['shift'] < 0 else '+') + number(abs(row['shift'])), signed(row['percent'])]
    if exact:
        return shown + [exact_cell(row)]
    bounds = row['interval_percent'] or [None, None]
    return shown + ['%s to %s' % (signed(bounds[0], '%+.2f'), signed(bounds[1], '%+.2f')), '%.2g' % row['p_corrected'],
                    '%+.2f' % row['delta'], '%.2g %%' % (100 * row['threshold']), row['verdict']]


def text(result, form, every):
    ticks = table.TICKS[result['ticks_are']]
    sides = ['%s %s%s' % (s['name'], s['configuration'], '' if result['exact'] else ', ' + counted(s['boots'], 'boot'))
             for s in (result['old'], result['new'])]
    lines = ['%s: %s -> %s; %s%s' % (result['machine'], *sides, ticks, ', exact' if result['exact'] else ', medians of boots')]
    lines += ['note: ' + note for note in result['notes']]
    shown = [row for word in VERDICTS for row in result['benchmarks'] if row['verdict'] == word and (every or word != SAME)]
    more = [] if result['exact'] else ['95 % interval, %', 'P (Holm)', 'delta', 'threshold']
    heads = ['benchmark', 'old', 'new', 'shift', '%', *more, 'verdict']
    if shown:
        lines += ['', grid([cells(row, result['exact']) for row in shown], heads, form)]
    for key, what in (('only_old', 'old'), ('only_new', 'new')):
        for entry in result[key]:
            lines.append('only in the %s one: %s%s' % (what, entry['name'], ' (skipped: %s)' % entry['reason'] if entry['reason'] else ''))
    if result['benchmarks']:
        counts = ', '.join('%d %s' % (result['counts'][word], word) for word in VERDICTS)
        lines += ['', '%s: %s' % (counted(len(result['benchmarks']), 'benchmark'), counts)]
    if 'quantiles' in result:
        lines += quantile_text(result, form)
    return '\n'.join(lines) + '\n'


def check(threshold, alpha):
    if threshold is not None and not 0 <= threshold < 1:
        raise UsageError('--threshold wants percent, from 0 to below 100')
    if not 0 < alpha < 1:
        raise UsageError('--alpha wants a number between 0 and 1')

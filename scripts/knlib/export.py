# SPDX-License-Identifier: GPL-2.0-only
"""Results in the formats of other tools: google-benchmark, sel4bench, benchstat, and a table in the manner of perf stat.

Several files are boots of the same thing: each is one repetition (google-benchmark) or one line (benchstat, sel4bench). Samples of one boot are not
independent of each other, so they are never exported as repetitions."""

import datetime
import json
import math
import re

from . import samples, table
from .errors import UsageError

NANOSECONDS = 1e9
PERF_NAMES = {'ticks': None, 'cycles': 'cycles', 'instructions': 'instructions', 'branch-misses': 'branch-misses', 'l1d-misses': 'L1-dcache-load-misses',
              'l2-misses': 'l2-misses', 'llc-misses': 'LLC-misses', 'dtlb-misses': 'dTLB-load-misses', 'itlb-misses': 'iTLB-load-misses'}


def full_name(bench):
    """Of one variant; the suite's own name says it already where there are several."""
    return bench['name'] if bench['variant'] in ('warm', 'once') or bench['name'].endswith('.' + bench['variant']) else \
        '%s.%s' % (bench['name'], bench['variant'])


def moments(runs):
    """(mean, standard deviation of the sample)"""
    n, mean = samples.count(runs), samples.mean(runs)
    return mean, math.sqrt(sum(c * (v - mean) ** 2 for v, c in runs) / (n - 1)) if n > 1 else 0.0


def quartile(runs, p):
    """By linear interpolation between the two neighbours, as most tools have it."""
    place = p * (samples.count(runs) - 1)
    low, high = samples.rank(runs, math.floor(place)), samples.rank(runs, math.ceil(place))
    return low + (high - low) * (place - math.floor(place))


def number(value):
    """An integer where it is one."""
    return int(value) if value == int(value) else round(value, 3)


def hertz(document):
    """Ticks per second; UsageError where the result does not say it."""
    found = document.get('platform', {}).get('counter_hz') or document['meta'].get('stc_freq')
    if not found or int(found) <= 0:
        raise UsageError('%s %s does not say how many ticks a second has: it cannot be a time' % (document['machine'], document['configuration']))
    return int(found)


def same_place(documents):
    """Repetitions are of one machine and configuration."""
    for document in documents:
        for what in ('machine', 'configuration', 'ticks_are'):
            if document[what] != documents[0][what]:
                raise UsageError('files of one export are boots of the same thing; these are of %s %s and %s' % (what, documents[0][what], document[what]))


def stamp(document):
    """When: the date of the run, else the epoch, so that the same results give the same text."""
    date = document['run'].get('date')
    return date or datetime.datetime.fromtimestamp(0, datetime.timezone.utc).isoformat()


def google(documents):
    """JSON of google-benchmark: `context` and `benchmarks`. Its times are nanoseconds, so ticks are divided by their frequency; the ticks
    themselves stand beside them as a counter."""
    same_place(documents)
    first, scale = documents[0], NANOSECONDS / hertz(documents[0])
    unit = first['ticks_are']
    entries = []
    timed = {}                                              # name: [(repetition, bench)] of what is a time
    for index, document in enumerate(documents):
        for bench in document['benchmarks']:
            if bench['unit'] == 'ticks':
                timed.setdefault(full_name(bench), []).append((index, bench))
    for family, (name, found) in enumerate(timed.items()):
        common = {'family_index': family, 'per_family_instance_index': 0, 'run_name': name, 'repetitions': len(documents), 'threads': 1}
        values = [bench['median'] for _, bench in found]
        for index, bench in found:
            entries.append({'name': name, **common, 'run_type': 'iteration', 'repetition_index': index, 'iterations': bench['n'],
                            'real_time': bench['median'] * scale, 'cpu_time': bench['median'] * scale, 'time_unit': 'ns', unit: bench['median']})
        if len(found) > 1:
            mean, deviation = moments([[v, 1] for v in values])
            for aggregate, value in (('mean', mean), ('median', sorted(values)[(len(values) - 1) // 2]), ('stddev', deviation)):
                entries.append({'name': '%s_%s' % (name, aggregate), **common, 'run_type': 'aggregate', 'aggregate_name': aggregate, 'aggregate_unit': 'time',
                                'iterations': len(found), 'real_time': value * scale, 'cpu_time': value * scale, 'time_unit': 'ns', unit: value})
    context = {'date': stamp(first), 'host_name': first['machine'], 'executable': first['root'].get('file') or 'bench.elf',
               'num_cpus': int(first['meta'].get('cpu_num', 1)), 'mhz_per_cpu': hertz(first) // 1000000, 'cpu_scaling_enabled': False, 'caches': [],
               'load_avg': [], 'library_build_type': 'release', 'kernel': table.name_of(first), 'configuration': first['configuration'], 'ticks_are': unit}
    return json.dumps({'context': context, 'benchmarks': entries}, indent=1) + '\n'


def sel4bench(documents):
    """A line of JSON for each run: time, commits, and for each benchmark [min, q1, median, mean, q3, max, stddev, n]."""
    lines = []
    for document in documents:
        commit = document.get('build', {}).get('commit') or document['release']
        line = {'ts': stamp(document), 'sha': document['release'], 'sha_kernel': commit, 'sha_bench': commit, 'run_id': 0}
        for bench in document['benchmarks']:
            runs = bench['samples']
            mean, deviation = moments(runs)
            line[re.sub(r'\W', '_', full_name(bench))] = [bench['min'], number(quartile(runs, 0.25)), bench['median'], number(mean), number(quartile(runs, 0.75)),
                                                          bench['max'], round(deviation, 1), bench['n']]
        lines.append(json.dumps(line, separators=(',', ':')))
    return '\n'.join(lines) + '\n'


def benchstat(documents):
    """The text format of Go's benchmarks. Exact counts say so, and benchstat then takes any difference for one."""
    same_place(documents)
    first = documents[0]
    unit = {'instructions': 'instructions/op', 'cycles': 'cycles/op'}.get(first['ticks_are'], 'ticks/op')
    lines = ['goos: %s' % re.sub(r'\s', '-', table.name_of(first)), 'goarch: %s' % (first['kernel'].get('arch') or 'unknown'),
             'pkg: %s' % first['configuration'], 'cpu: %s' % first['machine'],
             'Unit %s better=lower%s' % (unit, ' assume=exact' if first['ticks_are'] == 'instructions' else '')]
    for document in documents:
        for bench in document['benchmarks']:
            kind = unit if bench['unit'] == 'ticks' else bench['unit'] + '/op'
            further = ['%d %s/op' % (batch['median'], batch['name']) for batch in bench.get('counters', ())
                       if batch['name'] + '/op' != kind]
            name = full_name(bench)
            lines.append('Benchmark%s\t%d\t%s' % (name[0].upper() + re.sub(r'\s', '_', name[1:]), bench['n'], '\t'.join(['%d %s' % (bench['median'], kind)] + further)))
    return '\n'.join(lines) + '\n'


def perf(documents):
    """A table in the manner of perf stat for each benchmark: its counters for one operation, and how far the samples are apart. Ratios
    of counters are of medians of different operations: they are marked as such."""
    lines = []
    for document in documents:
        ticks = {'tsc': 'TSC ticks', 'cntvct': 'ticks of the system counter'}.get(document['ticks_are'], document['ticks_are'])
        for bench in document['benchmarks']:
            batches = [(ticks if bench['unit'] == 'ticks' else bench['unit'], bench)] + [(PERF_NAMES.get(b['name']) or b['name'], b) for b in bench.get('counters', ())]
            medians = {name: batch['median'] for name, batch in batches}
            lines += ['', " Performance counter stats for '%s' on %s (%d samples, median of one operation):" % (full_name(bench), document['machine'], bench['n']), '']
            for name, batch in batches:
                mean, deviation = moments(batch['samples'])
                note = ''
                if name == 'instructions' and medians.get('cycles', 0) > 0:
                    note = '#  %5.2f  insn per cycle, of medians' % (medians['instructions'] / medians['cycles'])
                error = '( +- %5.2f%% )' % (100 * deviation / math.sqrt(batch['n']) / mean) if mean > 0 else ''
                lines.append(' %18s      %-26s %-38s %s' % ('{:,}'.format(batch['median']), name, note, error))
                lines[-1] = lines[-1].rstrip()
            if document['ticks_are'] not in ('instructions', 'cycles') and bench['unit'] == 'ticks' and document['meta'].get('stc_freq'):
                lines += ['', ' %18.9f seconds, by the frequency of the counter' % (bench['median'] / hertz(document))]
    return '\n'.join(lines[1:] + ['']) + '\n'


FORMATS = {'google-benchmark': google, 'sel4bench': sel4bench, 'benchstat': benchstat, 'perf-stat': perf}

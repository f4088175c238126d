# SPDX-License-Identifier: GPL-2.0-only
"""The charts of one question each, by name: what kn plot --chart draws from result files."""

import fnmatch
import os

from . import chart_history, chart_ipc, chart_latency, chart_ratios, chart_stages, pair, store, table
from .errors import UsageError


def one_unit(documents):
    if len({d['ticks_are'] for d in documents}) > 1:
        raise UsageError('the files count different things; plot them apart')


def ipc(documents, _paths, args):
    one_unit(documents)
    return chart_ipc.script(pair.columns(documents, args.reference)) or refuse('ipc', 'has round trips with three sizes of messages')


def ratios(documents, _paths, args):
    one_unit(documents)
    return chart_ratios.script(pair.columns(documents, args.reference), table.GROUPS) or refuse('ratios', 'has a reference beside it')


def series(documents, bench):
    one_unit(documents)
    words = bench.replace('+', ',').split(',') if bench else ['*']
    found = [one for d in documents for one in chart_latency.series_of(d, lambda b: any(fnmatch.fnmatchcase(b['name'], w) for w in words))]
    if bench and not found:
        raise UsageError("--bench '%s' names no benchmark of the files" % bench)
    if len({one.unit for one in found}) > 1:
        raise UsageError('the benchmarks have different units; choose some with --bench')
    return found


def where(documents):
    return '%s on %s' % (table.TICKS[documents[0]['ticks_are']], ', '.join(dict.fromkeys('%s (%s)' % (d['machine'], d['configuration']) for d in documents)))


def latency(documents, _paths, args):
    found = series(documents, args.bench)
    found = found if args.bench else chart_latency.spread(found)[:4]
    found = [one for one in found if one.least > 0]
    return chart_latency.script(found, where(documents)) if found else refuse('latency', 'has samples that differ; name benchmarks with --bench')


def heat(documents, _paths, args):
    found = series(documents, args.bench)
    return chart_latency.heat(found, where(documents)) if found else refuse('heat', 'has samples')


def history(documents, paths, args):
    """Of one file in results/RELEASE/MACHINE/, which says the machine, the configuration and the last release."""
    parts = os.path.abspath(paths[0]).split(os.sep)
    if len(documents) > 1 or len(parts) < 4:
        raise UsageError('--chart history wants one file, results/RELEASE/MACHINE/CONFIGURATION.json: the last release that it shows')
    found = chart_history.load(os.sep.join(parts[:-3]), parts[-2], parts[-1].removesuffix('.json'), parts[-3])
    patterns = args.bench and args.bench.replace('+', ',').split(',')
    if found and patterns and not chart_history.chosen(found['benchmarks'], patterns):
        raise UsageError("--bench '%s' names no benchmark of the file" % args.bench)
    return chart_history.script(found, store.reference_for(documents[0], args.reference), patterns) or refuse('history', 'is there for two releases')


def stages(documents, _paths, _args):
    one_unit(documents)
    return chart_stages.script(documents) or refuse('stages', 'has stages: they come from make bench-trace')


def refuse(name, wanted):
    raise UsageError('--chart %s: none of the files %s' % (name, wanted))


CHARTS = {'ratios': ratios, 'ipc': ipc, 'latency': latency, 'heat': heat, 'history': history, 'stages': stages}

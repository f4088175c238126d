# SPDX-License-Identifier: GPL-2.0-only
"""Recorded results: JSON files under results/<release>/<machine>/<configuration>.json, checked against results/schema.json."""

import json
import os

from . import origin, output, samples, tools
from .errors import KnError, UsageError

RESULTS = os.path.join(tools.TOP, 'results')
SCHEMA = os.path.join(RESULTS, 'schema.json')
SCHEMA_VERSION = 2                                          # what is written; 1 is read, too
REFERENCE = 'nova-24.08.0'
WIDTH = 100                                                 # characters of samples on one line


def validate(document, path):
    try:
        import jsonschema
    except ImportError:
        raise tools.missing_module('jsonschema') from None
    version = document.get('schema') if isinstance(document, dict) else None
    if version not in (1, SCHEMA_VERSION):
        raise KnError('%s: schema version %s; this kn knows 1 and %d (results/schema.json)' % (path, version, SCHEMA_VERSION))
    with open(SCHEMA, encoding='ascii') as file:
        schema = json.load(file)
    for error in jsonschema.Draft7Validator(schema).iter_errors(document):
        where = '/'.join(str(p) for p in error.absolute_path) or 'top level'
        raise KnError('%s: %s: %s' % (path, where, error.message.splitlines()[0][:160]))


def pack(runs):
    """[[258, 10000]] -> ['258*10000'], cut into lines."""
    lines, line = [], ''
    for value, count in runs:
        word = '%d*%d' % (value, count)
        if line and len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = ''
        line += (',' if line else '') + word
    return lines + [line] if line else lines


def unpack(lines):
    runs = []
    for line in lines:
        for value, count in samples.parse_runs(line):
            samples.append_run(runs, value, count)
    return runs


def every_samples(bench, function):
    """A copy of the benchmark with what the function makes of its samples, and of those of its stages and other counters."""
    bench = dict(bench, samples=function(bench['samples']))
    for part in ('stages', 'counters'):
        if part in bench:
            bench[part] = [dict(p, samples=function(p['samples'])) for p in bench[part]]
    return bench


def whole(document):
    """The document with every key that its readers may ask for. One of schema 1 gets what it says in other words, and for its benchmarks
    what all of them were then."""
    meta = document['meta']
    if document['schema'] == 1:
        banner = (document['kernel'].get('banner') or '').split()
        name = banner[1] if banner[:1] == ['Kilonova'] and banner[1:] else None
        document = dict(document, schema=SCHEMA_VERSION, patches=[], platform=origin.platform(meta),
                        build=origin.build(document['kernel'], document['root'], meta, name))
    document = dict(document, incomplete=document.get('incomplete'))
    document['benchmarks'] = [whole_benchmark(bench) for bench in document['benchmarks']]
    return document


def whole_benchmark(bench):
    low, median, high = samples.summary(bench['samples'])
    added = {'kind': 'operation', 'cpus': 1, 'n': samples.count(bench['samples']), 'min': low, 'median': median, 'max': high,
             'stop': 'fixed', 'ci': list(samples.interval(bench['samples'])), 'counters': []}
    return dict(bench, **{key: value for key, value in added.items() if key not in bench})


def text(document):
    """The bytes that are stored: the same document gives the same text, in the order in which it was made."""
    packed = {key: value for key, value in document.items() if key != 'incomplete' or value}
    packed['benchmarks'] = [{key: value for key, value in every_samples(b, pack).items() if key != 'counters' or value}
                            for b in document['benchmarks']]
    return json.dumps(packed, indent=1, ensure_ascii=True) + '\n'


def write(document, path):
    """Writes whole or not at all."""
    data = text(document)
    validate(json.loads(data), path)
    output.write(path, data)


def read(path):
    try:
        with open(path, encoding='utf-8') as file:
            document = json.load(file)
    except IsADirectoryError:
        raise UsageError('%s is a folder; name a result in it, MACHINE/CONFIGURATION.json' % path) from None
    except OSError as error:
        raise UsageError('result file %s: %s' % (path, error.strerror)) from None
    except (ValueError, RecursionError) as error:
        raise KnError('result file %s is not JSON: %s' % (path, error)) from None
    validate(document, path)
    document['benchmarks'] = [every_samples(b, unpack) for b in document['benchmarks']]
    for bench in document['benchmarks']:
        try:
            check(bench)
        except ValueError as error:
            raise KnError('%s: %s: %s; the file was edited by hand' % (path, bench['name'], error)) from None
    return whole(document)


def check(bench):
    """ValueError unless all figures of a benchmark are those of its samples."""
    for batch in [bench] + bench.get('counters', []):
        if (batch['min'], batch['median'], batch['max']) != samples.summary(batch['samples']) or batch['n'] != samples.count(batch['samples']):
            raise ValueError('figures do not fit the samples')
    if 'ci' in bench and tuple(bench['ci']) != samples.interval(bench['samples']):
        raise ValueError('the confidence interval does not fit the samples')
    if 'stages' in bench:
        samples.check_sum(bench['samples'], [s['samples'] for s in bench['stages']])


def same(document, path):
    """Does the file hold just this document?"""
    with open(path, 'rb') as file:
        return file.read() == text(document).encode()


def key(bench):
    return bench['name'], bench['variant']


def find_reference(document):
    """Path of the recorded reference for the same machine, or None: that of the same configuration, else of the same CFP with
    another compiler, else without CFP, else any."""
    folder = os.path.join(RESULTS, REFERENCE, document['machine'])
    try:
        names = sorted(n for n in os.listdir(folder) if n.endswith('.json'))
    except OSError:
        return None
    for end in (document['configuration'], '-' + document['configuration'].split('-')[-1], '-none', ''):
        for name in names:
            if name.endswith(end + '.json'):
                return os.path.join(folder, name)
    return None


def reference_for(document, given):
    """The reference document that `given` names ('none', a path, or None for the recorded one), or None."""
    if given == 'none' or (given is None and document['release'] == REFERENCE):
        return None
    path = given or find_reference(document)
    if path is None:
        return None
    reference = read(path)
    if reference['ticks_are'] != document['ticks_are']:
        if given is None:
            return None
        raise UsageError('--reference %s counts %s, the result counts %s: they cannot be compared'
                         % (given, reference['ticks_are'], document['ticks_are']))
    return reference

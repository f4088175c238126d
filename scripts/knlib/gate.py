# SPDX-License-Identifier: GPL-2.0-only
"""The counts that are allowed: results/expected/MACHINE/ARCHITECTURE-CFP-COMPILER-VERSION.json.

A file is for exact counts of one machine, architecture, level of control-flow protection and version of the compiler, since each of them
decides them. It says for each benchmark what it may take, and keeps why that was changed. Only kn gate --update writes it."""

import json
import os
import re

from . import boots, history, origin, output, statistics, store
from .errors import KnError, UsageError, counted

MET = 2                                                     # samples that a timer may have met, in one run and not in the other
FEW = 0.01                                                  # and what they may make of the sum of all
EXPECTED = os.path.join(store.RESULTS, 'expected')
SCHEMA = 1
FIGURES = ('n', 'sum', 'min', 'median', 'max')
KEYS = ('schema', 'machine', 'architecture', 'cfp', 'compiler', 'log', 'benchmarks')


def identity(document, path):
    """What decides which file is for it. KnError when a result does not say it all."""
    words = document['configuration'].split('-')
    level = document['kernel'].get('cfp', {}).get('built') or (words[2] if len(words) > 2 else None)
    arch = document['kernel'].get('arch') or words[0]
    if not level or not origin.compiler(document):
        raise KnError('%s does not say its %s' % (path, 'level of control-flow protection' if not level else 'compiler'))
    return {'machine': document['machine'], 'architecture': arch, 'cfp': level + ('-debug' if words[-1] == 'debug' else ''),
            'compiler': origin.compiler(document)}


def place(who, folder):
    return os.path.join(folder, who['machine'], '%(architecture)s-%(cfp)s-%(compiler)s.json' % who)


def read(path):
    """The document of a file of expectations; None if there is none."""
    try:
        with open(path, encoding='ascii') as file:
            document = json.load(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError('%s: %s' % (path, error.strerror)) from None
    except ValueError as error:
        raise KnError('%s is not JSON: %s' % (path, error)) from None
    fault = damage(document)
    if fault:
        raise KnError('%s: %s; only kn gate --update writes it' % (path, fault))
    return document


def damage(document):
    if not isinstance(document, dict) or document.get('schema') != SCHEMA:
        return 'not schema %d of expected counts' % SCHEMA
    missing = [key for key in KEYS if key not in document]
    if missing:
        return 'no %s' % missing[0]
    if not isinstance(document['log'], list) or not document['log'] or not all(map(entry_good, document['log'])):
        return 'the log is not a list of commit, reason and what changed'
    if not isinstance(document['benchmarks'], dict):
        return 'benchmarks is no table'
    for name, entry in document['benchmarks'].items():
        if not isinstance(entry, dict) or sorted(entry) != sorted(FIGURES) or not all(type(v) is int for v in entry.values()):
            return '%s: not the integers %s' % (name, ', '.join(FIGURES))
        n, low, high = (entry[f] for f in ('n', 'min', 'max'))
        if n < 1 or not low <= entry['median'] <= high or not n * low <= entry['sum'] <= n * high:
            return '%s: the figures do not fit each other' % name
    return None


def entry_good(entry):
    return isinstance(entry, dict) and sorted(entry) == ['changed', 'commit', 'reason'] and isinstance(entry['changed'], list) \
        and all(isinstance(word, str) for word in [entry['commit'], entry['reason'], *entry['changed']])


def text(document):
    """One line for each benchmark, so that a difference of two versions reads well."""
    head = json.dumps({key: document[key] for key in KEYS if key != 'benchmarks'}, indent=1)[:-2]
    lines = ['  %s: %s' % (json.dumps(name), json.dumps({f: entry[f] for f in FIGURES})) for name, entry in document['benchmarks'].items()]
    return head + ',\n "benchmarks": {\n' + ',\n'.join(lines) + '\n }\n}\n'


def figures(document):
    return {key: statistics.figures(runs) for key, (_, runs) in boots.series(document).items()}


def met_by_interrupts(old, new):
    """Do they differ by no more than a timer interrupt in a sample or two? The kernel does not disarm a timer that is due later than it has
    to be; when it then comes, to nobody, depends on all that ran before."""
    shift = abs(new['sum'] - old['sum'])
    return (old['median'], old['n']) == (new['median'], new['n']) and shift <= FEW * abs(old['sum']) and \
        shift <= MET * (max(old['max'], new['max']) - old['median'])


def judge(path, folder):
    """What the expectations say of a result: a dictionary, as --format json prints it."""
    document = store.read(path)
    if document['ticks_are'] != 'instructions':
        raise UsageError('%s counts %s: only exact counts of instructions have expectations; compare times with kn compare'
                         % (path, document['ticks_are']))
    who = identity(document, path)
    file = place(who, folder)
    expected, have = read(file), figures(document)
    timers = {key for key, (bench, _) in boots.series(document).items() if boots.by_timer(bench)}
    if expected and any(expected[key] != value for key, value in who.items()):
        raise KnError('%s is for %s' % (file, place(expected, '')))
    result = dict(who, file=path, expectations=file, commit=history.build(document), known=expected is not None,
                  slower=[], faster=[], unsure=[], missing=[], new=[], same=0)
    if expected is None:
        result.update(have=compilers(who, folder), count=len(have))
        return result
    for name, allowed in expected['benchmarks'].items():
        if name in have:
            verdict, decided = statistics.exact(allowed, have[name], name in timers)
            if verdict in (statistics.SLOWER, statistics.FASTER) and met_by_interrupts(allowed, have[name]):
                verdict = statistics.UNSURE
            if verdict == statistics.SAME:
                result['same'] += 1
            else:
                result[verdict].append({'name': name, 'decided': decided, 'old': allowed[decided], 'new': have[name][decided],
                                        'old_commit': since(expected, name)})
        elif not selected(document):
            reason = {s['name']: s['reason'] for s in document['skipped']}.get(name)
            result['missing'].append({'name': name, 'old': allowed['median'], 'reason': reason})
    result['new'] = [{'name': name, 'new': entry['median']} for name, entry in have.items() if name not in expected['benchmarks']]
    return result


def since(expected, name):
    """The commit from whose run the figures of a benchmark are."""
    for entry in expected['log'][::-1]:
        if any(line.startswith(name + ' ') for line in entry['changed']):
            return entry['commit']
    return expected['log'][0]['commit']


def selected(document):
    """Did the run choose benchmarks? Then others are not missing."""
    return 'bench=' in document['meta'].get('root_cmdline', '')


def compilers(who, folder):
    """Versions of compilers that have a file for the same machine, architecture and level."""
    start = '%(architecture)s-%(cfp)s-' % who
    try:
        names = sorted(os.listdir(os.path.join(folder, who['machine'])))
    except OSError:
        return []
    return [n[len(start):-5] for n in names if re.fullmatch(re.escape(start) + r'(gcc|clang)-[\d.]+\.json', n)]


def failed(result):
    return bool(result['slower'] or result['missing'])


def lines(result, update):
    """What a person reads; `update` is the command that makes the figures the expected ones."""
    head = '%(file)s: %(machine)s, %(architecture)s, CFP=%(cfp)s, %(compiler)s, commit %(commit)s' % result
    if not result['known']:
        others = 'known there: ' + ', '.join(result['have']) if result['have'] \
            else 'there are none for this machine, architecture and level'
        return [head, '  no expectations for this compiler (%s): %s not judged' % (others, counted(result['count'], 'benchmark')),
                '  to record them: ' + update]
    out = [head]
    for key, word in (('slower', 'REGRESSION'), ('unsure', 'moved'), ('faster', 'improved')):
        for row in result[key]:
            of = '' if row['decided'] == 'median' else ' (%s)' % row['decided']
            out.append('  %-10s %s%s: %d -> %d, expected since %s' % (word, row['name'], of, row['old'], row['new'], row['old_commit']))
    out += ['  MISSING    %s: was %d%s' % (row['name'], row['old'], '; skipped: ' + row['reason'] if row['reason'] else '')
            for row in result['missing']]
    out += ['  new        %s: %d' % (row['name'], row['new']) for row in result['new']]
    out.append('  %d as expected, %d regressions, %d improved, %d moved, %d missing, %d new' % (
        result['same'], *(len(result[key]) for key in ('slower', 'faster', 'unsure', 'missing', 'new'))))
    if any(result[key] for key in ('slower', 'faster', 'unsure', 'missing', 'new')):
        out.append('  to expect these figures from now on: ' + update)
    return out


def renew(path, folder, reason):
    """Makes the figures of a result the expected ones. Returns (file, lines that say what changed)."""
    document, result = store.read(path), judge(path, folder)
    if selected(document) or document.get('incomplete'):
        raise UsageError('%s is a part of a run (%s): expectations are recorded from a whole one'
                         % (path, document.get('incomplete') or 'bench='))
    who, have = identity(document, path), figures(document)
    old = read(result['expectations'])
    changed = [] if old else ['%s, the first ones' % counted(len(have), 'benchmark')]
    for row in result['slower'] + result['unsure'] + result['faster']:
        changed.append('%s %s%d -> %d' % (row['name'], '' if row['decided'] == 'median' else row['decided'] + ' ', row['old'], row['new']))
    changed += ['%s gone' % row['name'] for row in result['missing']] + ['%s new: %d' % (row['name'], row['new']) for row in result['new']]
    if old and not changed and old['benchmarks'] == have:
        return result['expectations'], []
    entry = {'commit': result['commit'], 'reason': reason, 'changed': changed or ['other numbers of samples']}
    output.write(result['expectations'], text(dict(who, schema=SCHEMA, log=[*(old['log'] if old else ()), entry], benchmarks=have)))
    return result['expectations'], entry['changed']

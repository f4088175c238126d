# SPDX-License-Identifier: GPL-2.0-only
"""Makes the document that is stored from a run and from what is known about how it ran."""

import json
import os
import platform
import re
import subprocess
import time

from . import elf, protocol, samples, tools
from .errors import KnError, UsageError

HEADER = '#kn-run '                                         # first line of a log that kn run wrote
BANNER = re.compile(rb'^(?:[^\n]{0,20}?)((?:NOVA Microhypervisor|Kilonova)\b.*)$')


def release():
    """Name of the state of this tree, as the Makefile has it."""
    done = subprocess.run([os.path.join(tools.SCRIPTS, 'release')], capture_output=True, text=True, check=False)
    return done.stdout.strip() or 'unknown'


def title(label):
    """'nova-24.08.0' -> 'NOVA 24.08', 'kilonova-ab12cd3' -> 'Kilonova ab12cd3', '26.48.0' -> 'Kilonova 26.48.0' (a release of this
    kernel: year, week); what has no version stays."""
    if re.fullmatch(r'\d\d\.\d\d\.\d+', label):
        return 'Kilonova ' + label
    name, dash, number = label.partition('-')
    if not dash or not name.isalpha() or not (number[:1].isdigit() or name == 'kilonova'):
        return label
    return '%s %s' % (name.upper() if len(name) <= 4 else name.capitalize(), re.sub(r'\.0$', '', number))


def how(machine, command, emulator_version, kernel, root, label):
    """What kn run knows about a run; JSON in the first line of its log."""
    return {'machine': machine.name, 'ticks_are': machine.ticks_are,
            'emulator': {'version': emulator_version, 'command': ' '.join(quote(word) for word in command)},
            'kernel': dict(elf.facts(kernel, 'kernel'), title=title(label)), 'root': elf.facts(root, 'root task')}


def quote(word):
    return "'%s'" % word if re.search(r'[^\w@%+=:,./-]', word) else word


def header_line(facts):
    return HEADER + json.dumps(facts, sort_keys=True) + '\n'


def read_log(path):
    """(Run, facts of the header line or {}, kernel banner or None)."""
    try:
        with open(path, 'rb') as file:
            lines = file.read().split(b'\n')
    except OSError as error:
        raise UsageError('log file %s: %s' % (path, error.strerror)) from None
    run, facts, banner = protocol.Run(), {}, None
    for line in lines:
        if line.startswith(HEADER.encode()):
            try:
                facts = json.loads(line[len(HEADER):])
            except ValueError:
                raise KnError('log file %s: the first line (%s) is damaged' % (path, HEADER.strip())) from None
            continue
        found = BANNER.match(line.strip())
        banner = banner or (protocol.show(found.group(1), 200) if found else None)
        run.feed(line)
    return run, facts, banner


def host():
    """What may differ from run to run without changing exact figures."""
    facts = {'host_cpu': platform.machine(), 'host_os': platform.system() + ' ' + platform.release()}
    try:
        with open('/proc/cpuinfo', encoding='utf-8', errors='replace') as file:
            found = re.search(r'^model name\s*:\s*(.*)$', file.read(), re.M)
        if found:
            facts['host_cpu'] = found.group(1).strip()
    except OSError:
        pass
    epoch = os.environ.get('SOURCE_DATE_EPOCH', '')
    if epoch.isdigit():
        facts['date'] = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(int(epoch)))
    return facts


def document(run, facts, banner, release_name, configuration):
    verdict = run.verdict()
    if verdict:
        raise KnError('the log is not a result: ' + verdict[0], verdict[1:])
    for key in ('machine', 'ticks_are'):
        if not facts.get(key):
            raise UsageError('the log does not say its %s; give --%s' % (key, {'ticks_are': 'ticks'}.get(key, key)))
    benchmarks = []
    for bench in run.benchmarks:
        low, median, high = samples.summary(bench['samples'])
        benchmarks.append(dict(bench, n=samples.count(bench['samples']), min=low, median=median, max=high))
    kernel = dict(facts.get('kernel', {}))
    kernel['banner'] = banner
    if not kernel.get('compiler') and banner:
        found = re.search(r'\[((?:gcc|clang|Debian clang)[^\]]*)\]', banner)
        kernel['compiler'] = found.group(1) if found else None
    return {'schema': 1, 'suite': run.suite, 'release': release_name, 'machine': facts['machine'],
            'configuration': configuration, 'ticks_are': facts['ticks_are'], 'kernel': kernel,
            'root': facts.get('root', {}), 'emulator': facts.get('emulator'), 'meta': run.meta, 'benchmarks': benchmarks,
            'skipped': run.skipped, 'run': host()}

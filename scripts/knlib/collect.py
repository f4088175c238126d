# SPDX-License-Identifier: GPL-2.0-only
"""Makes the document that is stored from a run and from what is known about how it ran."""

import json
import os
import platform
import re
import subprocess
import time

from . import elf, origin, rawlog, store, tools
from .errors import KnError, UsageError, few

COMPILER = re.compile(r'\[((?:gcc|clang|Debian clang)[^\]]*)\]|, ((?:gcc|clang|Debian clang)\b.*)$')     # in a banner
RELEASE = re.compile(r'Kilonova (\S+) ')
CFP = re.compile(r'(\w+) in use, built for (\w+)$')        # what a line CFP says


NAME = re.compile(r'[\w+-][\w.+-]*', re.ASCII)


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
    return rawlog.HEADER + json.dumps(facts, sort_keys=True) + '\n'


def protection(lines):
    """What the kernel's lines CFP say of its control-flow protection: used and built for, registers of the first CPU, reasons; None
    when they do not say the first two."""
    found = {}
    for line in lines:
        match = CFP.match(line)
        if match:
            found.update(used=match.group(1), built=match.group(2))
        elif line.startswith(('CR4.CET ', 'SCTLR_EL2 ')):
            found.setdefault('registers', line)
        else:
            found.setdefault('reasons', []).append(line)
    return found if 'used' in found else None


def host():
    """What may differ from run to run without changing exact figures, where an emulator ran on this machine."""
    facts = {'host_cpu': platform.machine(), 'host_os': platform.system() + ' ' + platform.release()}
    try:
        with open('/proc/cpuinfo', encoding='utf-8', errors='replace') as file:
            found = re.search(r'^model name\s*:\s*(.*)$', file.read(), re.M)
        if found:
            facts['host_cpu'] = found.group(1).strip()
    except OSError:
        pass
    return facts


def date():
    epoch = os.environ.get('SOURCE_DATE_EPOCH', '')
    if epoch.isdigit():
        return {'date': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(int(epoch)))}
    return {}


def facts_of(part, override):
    """All that is known about how it ran: `override` counts most, then the header line of kn run, then what the image says of itself,
    then the kernel's banner. Beside the keys of a document: release, configuration."""
    image, header, facts = part.image(), part.facts, {}
    for source in (image, header, override):
        facts.update({key: value for key, value in source.items() if key not in ('kernel', 'root')})
    for key in ('kernel', 'root'):
        facts[key] = override.get(key) or header.get(key) or image.get(key) or {}
    kernel = facts['kernel'] = dict(facts['kernel'])
    named = RELEASE.match(part.banner or '')
    if named and not header.get('emulator'):
        facts.setdefault('release', named.group(1))
    if facts.get('label'):
        kernel['title'] = title(facts['label'])
    elif 'title' not in kernel and not header.get('emulator') and facts.get('release'):
        kernel['title'] = title(facts['release'] if re.match(r'\d\d\.\d\d\.', facts['release']) else 'kilonova-' + facts['release'])
    kernel['banner'] = part.banner
    said = protection(part.cfp)
    if said:
        kernel['cfp'] = said
    found = COMPILER.search(part.banner or '')
    if not kernel.get('compiler') and part.banner:
        kernel['compiler'] = (found.group(1) or found.group(2)) if found else None
    return facts


def document(part, facts, release_name, configuration, partial=False):
    """The document of a part of a log (rawlog.Part), whose facts are facts_of() it. `partial`: of a run that is no result, what is
    complete becomes one, which says so."""
    verdict = part.verdict()
    if verdict and not (partial and part.run.begun and part.run.benchmarks):
        raise KnError(('the log holds no whole benchmark: ' if partial else 'the log is not a result: ') + verdict[0], few(verdict[1:]))
    for key in ('machine', 'ticks_are'):
        if not facts.get(key):
            raise UsageError('the log does not say its %s; give --%s' % ((key.removesuffix('_are'),) * 2))
    for key, name in (('machine', facts['machine']), ('release', release_name), ('configuration', configuration)):
        if not NAME.fullmatch(name):
            raise UsageError("--%s '%s': letters, digits and . + - _ only, and no . at the front, since folders and files are named so" % (key, name))
    files = {key: {k: v for k, v in facts[key].items() if k != 'build'} for key in ('kernel', 'root')}
    named = RELEASE.match(part.banner or '')
    return store.whole({
        'schema': store.SCHEMA_VERSION, 'suite': part.run.suite, 'release': release_name, 'machine': facts['machine'],
        'configuration': configuration, 'ticks_are': facts['ticks_are'], 'incomplete': '; '.join(verdict[:4]) or None,
        'build': origin.build(facts['kernel'], facts['root'], part.run.meta, named and named.group(1)),
        'platform': origin.platform(part.run.meta), 'patches': part.patches, **files, 'emulator': facts.get('emulator'),
        'meta': part.run.meta, 'benchmarks': part.run.benchmarks, 'skipped': part.run.skipped,
        'run': dict(host() if facts.get('emulator') else {}, **facts.get('run', {}), **date())})


def write(part, output, release_name, configuration, override, partial=False):
    """The file `output` from one run of a log. Its place in results/ counts more than what the log says."""
    if not output.endswith('.json'):
        raise UsageError('-o %s: the name of a result ends in .json' % output)
    parts = os.path.abspath(output).split(os.sep)
    placed = len(parts) > 3 and parts[-4] == 'results'
    facts = facts_of(part, override)
    name = release_name or (parts[-3] if placed else facts.get('release') or release())
    if name == 'unknown':
        raise UsageError('-o %s: neither git nor VERSION says which release this is: give --release NAME' % output)
    configuration = configuration or (not placed and facts.get('configuration')) or parts[-1][:-5]
    store.write(document(part, facts, name, configuration, partial), output)

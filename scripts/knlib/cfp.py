# SPDX-License-Identifier: GPL-2.0-only
"""What control-flow protection costs: the same benchmarks on the kernels of CFP=none, branch, return and full.

Two settings. `on`: the CPU has what it needs, and each kernel uses what it was built for. `off`: a CPU without it; what stays of CFP=full
is its cost there. Each is compared with CFP=none in the same setting. x86_64: Bochs has CET, QEMU has none. aarch64: two CPUs of QEMU."""

import os
import re

from . import collect, emulator, rawlog, runner, store, table, tools
from .errors import KnError, UsageError, counted

LEVELS = ('none', 'branch', 'return', 'full')
ON, OFF = 'on', 'off'
SERIES = {ON: LEVELS, OFF: ('none', 'full')}
EMULATOR = {'x86_64': {ON: 'bochs', OFF: 'qemu'}, 'aarch64': {ON: 'qemu', OFF: 'qemu'}}
CPU = {'x86_64': {ON: '', OFF: ''}, 'aarch64': {ON: 'max,cntfrq=1000000000', OFF: ''}}
FEATURES = {'x86_64': 'CET', 'aarch64': 'BTI and PAC'}
# No emulator says that its supervisor shadow stacks are safe (CPUID 7.1 EDX[18]), but they are: nothing is below Bochs
APPEND = {'x86_64': {ON: 'serial shstk=force', OFF: 'serial'}, 'aarch64': {ON: 'serial', OFF: 'serial'}}
SHOWN = re.compile(r'ipc\.|null$|sem\.|exc\.')             # of a recorded run; what the machine does not tell apart is left out
BENCH = 'ipc.*.w?,ipc.*.w??,ipc.*.w???,null,sem.up,sem.down,sem.pingpong.*,exc.ud'
ITERATIONS = 1000
# What the kernel reads back, and its bits of branches and returns: IA32_S_CET (Intel SDM 1, 17.1.2), SCTLR_EL2.BT and EnIA (Arm ARM, D17.2)
REGISTER = {'x86_64': (r'CR4\.CET 1, S_CET (?:0x)?([0-9a-f]+),', 1 << 2, 1 << 0, 'CR4.CET 1 and S_CET', 'S_CET'),
            'aarch64': (r'SCTLR_EL2 (?:0x)?([0-9a-f]+)', 1 << 36, 1 << 31, 'SCTLR_EL2', 'SCTLR_EL2')}


def arch_of(configuration):
    arch = configuration.split('-')[0]
    if arch not in EMULATOR:
        raise UsageError('--configuration %s: begins with none of %s' % (configuration, ', '.join(EMULATOR)))
    return arch


def machine(arch, setting, bench, iterations):
    """On QEMU: without words for the root task, the run that make bench records, too."""
    name = EMULATOR[arch][setting]
    words = ['bench=' + bench] if bench else ['bench=' + BENCH] if name == 'bochs' else []
    if iterations or name == 'bochs':
        words.append('iterations=%d' % (iterations or ITERATIONS))
    return emulator.Machine(emulator=name, arch=arch, icount=name == 'qemu', cpu=CPU[arch][setting], append=APPEND[arch][setting],
                            root_args=' '.join(words))


def refusal(said, level, setting, arch):
    """Why figures of a kernel that printed `said` (collect.protection) are not those of this level; None when they are."""
    if not said:
        return "printed no line 'CFP: ... in use, built for ...'"
    if said['built'] != level:
        return 'says that it was built for %s' % said['built']
    used = level if setting == ON else 'none'
    if said['used'] != used:
        return '%s in use, not %s' % (said['used'], used)
    if used == 'none':
        return None
    pattern, branch, ret, what, name = REGISTER[arch]
    found = re.match(pattern, said.get('registers', ''))
    if not found:
        return 'did not print %s as read back' % what
    bits = int(found.group(1), 16)
    if (bool(bits & branch), bool(bits & ret)) != (level in ('branch', 'full'), level in ('return', 'full')):
        return '%s %#x is not that of this level' % (name, bits)
    return None


def disagreement(first, second):
    """The first benchmark whose samples differ, as text; None when all are the same. What an emulator's timer begins is not exact."""
    ours, theirs = ({store.key(b): b for b in d['benchmarks'] if b.get('kind') not in ('time', 'latency')} for d in (first, second))
    for key in list(ours) + [k for k in theirs if k not in ours]:
        if key not in ours or key not in theirs:
            return '%s ran in one of them only' % key[0]
        if ours[key]['samples'] != theirs[key]['samples']:
            return '%s is %s and %s' % (key[0], *(
                '%d' % b['median'] if b['min'] == b['max'] else '%d..%d' % (b['min'], b['max']) for b in (ours[key], theirs[key])))
    return None


def series(settings):
    return [(setting, level) for setting in settings for level in SERIES[setting]]


def measure(kernels, root, settings, rounds, bench, iterations, timeout, label, release, configuration, folder, say):
    """Runs all kernels in turn, `rounds` times. Returns {(setting, level): document}. The console of each run is in `folder`."""
    runs, arch = series(settings), arch_of(configuration)
    for name in dict.fromkeys(EMULATOR[arch][setting] for setting in settings):
        emulator.version(name, arch)                            # that it is missing shall be known before the first run
    documents = {}
    for turn in range(1, rounds + 1):
        for number, (setting, level) in enumerate(runs, 1):
            m = machine(arch, setting, bench, iterations)
            what = 'CFP=%s on %s' % (level, m.name)
            log = os.path.join(folder, '%s-%s-%d.log' % (m.name, level, turn))
            say('round %d of %d, run %d of %d: %s' % (turn, rounds, number, len(runs), what))
            result = runner.record(m, kernels[level], root, timeout, log, label, quiet=True)
            runner.check_patterns(bench, result)
            part = rawlog.read(log)[-1]
            facts = collect.facts_of(part, {})
            problem = refusal(facts['kernel'].get('cfp'), level, setting, arch)
            if problem:
                raise KnError('%s: the kernel %s' % (what, problem), ['kernel: ' + kernels[level], 'whole console: ' + log])
            document = collect.document(part, facts, release, '%s-%s' % (configuration, level))
            differs = disagreement(documents.setdefault((setting, level), document), document)
            if differs and document['ticks_are'] == 'instructions':
                raise KnError('%s: rounds 1 and %d disagree, so the counts are not exact: %s' % (what, turn, differs), ['last console: ' + log])
    return documents


def path(folder, setting, configuration, level):
    return os.path.join(folder, machine(arch_of(configuration), setting, '', None).name, '%s-%s.json' % (configuration, level))


def write(documents, folder, configuration):
    names = []
    for (setting, level), document in documents.items():
        names.append(path(folder, setting, configuration, level))
        store.write(document, names[-1])
    return names


def read(folder, configuration, settings):
    """What is recorded there of a kernel: {(setting, level): document}, empty when nothing is."""
    found = {}
    for setting, level in series(settings):
        name = path(folder, setting, configuration, level)
        if os.path.exists(name):
            found[setting, level] = store.read(name)
    return found


def reference(given, configuration, settings):
    """The recorded kernel beside this one; another compiler will do."""
    if given == 'none':
        return {}
    folder = given or os.path.join(store.RESULTS, store.REFERENCE)
    found = {}
    for compiler in dict.fromkeys((configuration.split('-')[-1], 'gcc')):
        found = found or read(folder, '%s-%s' % (configuration.split('-')[0], compiler), settings)
    if given and not found:
        raise UsageError('--reference %s: no result of a level of CFP below it' % given)
    return found


def rows(documents):
    """[{name, op, cells: {(setting, level): (median, more than none)}}], IPC first, exceptions last. An operation that its
    setting's CFP=none does not have is left out, and so are cold variants: an emulator has no caches."""
    out = {}
    for (setting, level), document in documents.items():
        base = {store.key(b): b['median'] for b in documents.get((setting, 'none'), {'benchmarks': []})['benchmarks']}
        for bench in document['benchmarks']:
            if store.key(bench) in base and bench['variant'] != 'cold' and SHOWN.match(bench['name']):
                row = out.setdefault(bench['name'], {'name': bench['name'], 'op': bench['op'], 'cells': {}})
                row['cells'][setting, level] = bench['median'], bench['median'] - base[store.key(bench)]
    return sorted(out.values(), key=lambda row: row['name'].startswith('exc.') - row['name'].startswith('ipc.'))


def percent(cell):
    """'1.6 %' of what CFP=none takes; '' where that is nothing."""
    base = cell[0] - cell[1]
    return '%.1f %%' % (100 * cell[1] / base) if base > 0 else ''


def features(documents):
    return FEATURES[arch_of(next(iter(documents.values()))['configuration'])]


def heading(key, feature):
    return {ON: '', OFF: 'without %s: ' % feature}[key[0]] + key[1]


def block(documents):
    """Lines of one kernel's table."""
    keys = list(documents)
    head = ['instructions'] + [heading(key, features(documents)) for key in keys]
    body = []
    for row in rows(documents):
        cells = []
        for key in keys:
            cell = row['cells'].get(key)
            cells.append('-' if cell is None else '%d' % cell[0] if key[1] == 'none' else '%d  %+d %7s' % (*cell, percent(cell)))
        body.append([row['name']] + cells)
    width = [max(len(line[i]) for line in [head] + body) for i in range(len(head))]
    lines = ['  '.join(c.ljust(w) if not i else c.rjust(w) for i, (c, w) in enumerate(zip(line, width))).rstrip() for line in [head] + body]
    return [lines[0], '  '.join('-' * w for w in width)] + lines[1:]


def render(documents, other):
    """The tables of this kernel and of the reference."""
    machines = {setting: document['machine'] for (setting, _), document in documents.items()}
    first = next(iter(documents.values()))
    lines = ['Instructions per operation (exact counts) by level of control-flow protection; + is over CFP=none of the same columns.']
    if ON in machines:
        lines.append('On %s each level was in use, as the kernel read it back.' % machines[ON])
    if OFF in machines:
        lines.append('without %s: on %s, whose CPU has none, the image of CFP=full, where NOPs are left.' % (features(documents), machines[OFF]))
    for kernel in (documents, other):
        if kernel:
            d = next(iter(kernel.values()))
            lines += ['', '%s, %s' % (table.name_of(d), d['kernel'].get('compiler') or 'unknown compiler'), ''] + block(kernel)
    missing = ', '.join(heading(key, features(documents)) for key in documents if other and key not in other)
    if missing:
        lines += ['', 'not recorded for %s: %s' % (table.name_of(next(iter(other.values()))), missing)]
    lines += ['', '%s of each operation' % counted(min(b['n'] for b in first['benchmarks']), 'sample')]
    return '\n'.join(lines) + '\n'


def default_log_folder():
    return os.path.join(os.environ.get('KN_BUILD', os.path.join(tools.TOP, 'build', 'kn')), 'cfp')

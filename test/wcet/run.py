#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measures how long the kernel keeps interrupts off: runs the worst cases of a root task under QEMU with exact instruction counts and
a plugin that sees each instruction of the kernel. Prints, for each hypercall and event, the longest path from entry to exit and the
longest stretch of it without interrupts, with the scenario that showed it. See doc/wcet.md.

examples:
  make wcet                                         what CI runs
  make wcet ONLY=objects,tables WCET_LIMIT=8000     two scenarios, another limit
  test/wcet/run.py --kernel K.elf --root wcet.elf --plugin stretch.so --worst 5

exit codes: 0 all is within the limits, 1 something is longer, 2 usage, 3 QEMU or the root task failed
"""

import argparse
import bisect
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from elftools.elf.elffile import ELFFile

# What the kernel works on from a function's first instruction
LABELS = {
    'exception_user': 'exception',
    'deliver_recall': 'recall',
    'rcu_quiescent': 'reclamation',
    'fast_call': 'ipc_call',
    'fast_reply': 'ipc_reply',
}
HANDLERS = ('sys_', 'retry_')                           # of hypercalls, followed by their names
EXACT = ['-icount', 'shift=0,sleep=off']


class X86:
    machine = 'EM_X86_64'
    passed = 1                                          # exit status of QEMU

    # CPUs, CPU model, scenarios (none named: all), and whether a thread of the highest priority watches. Such a run says nothing about
    # paths and stretches that the others do not.
    runs = {
        'one CPU': (1, 'max,-x2apic', '', False),
        'no 1 GiB pages': (1, 'max,-x2apic,-pdpe1gb', 'map,split,tables,last_page', False),
        'two CPUs': (2, 'max,-x2apic', 'single,remote,space_death', False),
        'watched': (1, 'max,-x2apic', '', True),
    }
    labels = LABELS
    entries = ('syscall_entry', 'idt_stubs')
    vectors, exceptions = 256, 32
    names = {0xe0: 'timer interrupt', 0xf0: 'interrupt: kick', 0xf2: 'interrupt: TLB'}

    def marks(self, at):
        """Lines for the ways into the kernel, given its symbols"""
        return [f'{at["syscall_entry"]:x} syscall entry'] + \
            [f'{at["idt_stubs"] + 16 * v:x} vector ' +
             self.names.get(v, 'exception' if v < self.exceptions else 'interrupt: device') for v in range(self.vectors)]

    def command(self, args, cpus, model, words):
        kernel = args.kernel + '32' if os.path.exists(args.kernel + '32') else args.kernel
        return [args.qemu or os.environ.get('QEMU', 'qemu-system-x86_64'), '-M', 'q35', '-cpu', model, '-smp', str(cpus), '-kernel', kernel,
                '-append', 'serial' + (' console=keep' if args.uart else ''), '-initrd', f'{args.root} {words}',
                '-device', 'isa-debug-exit,iobase=0xf4']


class AArch64:
    machine = 'EM_AARCH64'
    passed = 1
    runs = {
        'one CPU': (1, 'cortex-a57', '', False),
        'newer CPU': (1, 'max', 'single,map,split,tables,last_page,space_death,guest', False),
        'two CPUs': (2, 'cortex-a57', 'single,remote,space_death', False),
        'watched': (1, 'cortex-a57', '', True),
    }
    # One vector for all interrupts, and another one for hypercalls and exceptions
    labels = LABELS | {'timeout_interrupt': 'timer interrupt', 'cpu_kicked': 'interrupt: kick', 'interrupt_handle': 'interrupt: device'}
    entries = ('vectors',)
    kernel_irq, user_sync, user_irq, user_serror = 0x280, 0x400, 0x480, 0x580

    def marks(self, at):
        base = at['vectors']
        return [f'{base + self.user_sync:x} syscall entry', f'{base + self.user_serror:x} vector exception'] + \
            [f'{base + v:x} vector ?' for v in (self.kernel_irq, self.user_irq)]

    def command(self, args, cpus, model, words):
        return [args.qemu or os.environ.get('QEMU_AARCH64', 'qemu-system-aarch64'), '-M', 'virt,virtualization=on,gic-version=3',
                '-cpu', model + ',cntfrq=1000000000', '-smp', str(cpus), '-kernel', os.path.splitext(args.kernel)[0] + '.img',
                '-append', ('console=keep ' if args.uart else '') + '-- ' + words, '-initrd', args.root, '-rtc', 'clock=vm',
                '-semihosting-config', 'enable=on,userspace=on']


WATCH_TICKS = 20011                                     # between two looks; prime, so that they wander through the paths. For SIZE links
SIZE = 1024                                             # of a chain: who helps along more of them gets nowhere in so short a time
LATENESS = re.compile(r'lateness (\w+) (\d+)')


class Failed(Exception):
    """QEMU or the root task"""


def symbols(path, section):
    """Text symbols of an ELF file: [(address, name)], sorted, and the bounds of the section"""
    with open(path, 'rb') as f:
        elf = ELFFile(f)
        text = elf.get_section_by_name(section)
        lo, hi = text['sh_addr'], text['sh_addr'] + text['sh_size']
        found = {}
        for s in elf.get_section_by_name('.symtab').iter_symbols():
            if lo <= s['st_value'] < hi and s.name and s['st_info']['type'] in ('STT_FUNC', 'STT_NOTYPE'):
                if s.name.isupper() or s.name[0] == '$':    # of the linker script; what is code and what data
                    continue
                if s['st_value'] not in found or s.name.startswith(HANDLERS) or s.name in LABELS:
                    found[s['st_value']] = s.name
    return sorted(found.items()), lo, hi


def machine(kernel):
    """What depends on the architecture of an ELF file"""
    with open(kernel, 'rb') as f:
        found = ELFFile(f).header['e_machine']
    for m in (X86, AArch64):
        if m.machine == found:
            return m()
    raise Failed(f'{kernel} is for {found}')


def marks(arch, kernel, root):
    """Lines for the plugin, see stretch.c"""
    names, lo, hi = symbols(kernel, '.text')
    at = dict((n, a) for a, n in names)
    for needed in arch.entries:
        if needed not in at:
            raise Failed(f'{kernel} has no symbol {needed}')
    lines = arch.marks(at)
    for addr, name in names:
        lines.append(f'{addr:x} function {name}')
        label = arch.labels.get(name)
        for h in HANDLERS:
            if name.startswith(h):
                label = name[len(h):].split('.')[0]
        if label:
            lines.append(f'{addr:x} label {label}')
    scenarios = [(a, n[len('scenario_'):]) for a, n in symbols(root, '.text')[0] if n.startswith('scenario_')]
    if not scenarios:
        raise Failed(f'{root} has no scenarios')
    lines += [f'{a:x} scenario {n}' for a, n in scenarios]
    return lines, lo, hi, names


running = set()                                             # emulators, to be killed when this program is


def ended(command, timeout):
    """Exit status, and what was said"""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        running.add(process)
        try:
            said = process.communicate(timeout=timeout)[1]
            return process.returncode, said
        finally:
            process.kill()
            running.discard(process)


def run(args, arch, what, cpus, model, only, watch, folder):
    """One run of QEMU. Returns the plugin's lines, split into fields, the kernel's symbols, and the lateness in each scenario."""
    lines, lo, hi, names = marks(arch, args.kernel, args.root)
    with open(os.path.join(folder, 'marks'), 'w') as f:
        f.write('\n'.join(lines) + '\n')
    out, serial = os.path.join(folder, 'out'), os.path.join(folder, 'serial')
    words = [f'n={args.size}'] + ([f'only={only.replace(",", "+")}'] if only else []) + \
        ([f'watch={WATCH_TICKS * -(-args.size // SIZE)}'] if watch else [])
    command = arch.command(args, cpus, model, ' '.join(words)) + EXACT + \
        ['-m', '512', '-nic', 'none', '-display', 'none', '-serial', f'file:{serial}', '-no-reboot',
         '-plugin', f'{args.plugin},text={lo:x}-{hi:x},marks={folder}/marks,out={out}']
    started = time.monotonic()
    try:
        status, said = ended(command, args.timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f'{what}: no end after {args.timeout} s; console:\n' + tail(serial))
    except OSError as e:
        raise Failed(f'{command[0]}: {e.strerror} (make deps installs it)')
    if status != arch.passed:
        raise Failed(f'{what}: QEMU exit status {status}, {arch.passed} expected\n{said}{tail(serial)}')
    with open(out) as f:
        fields = [l.rstrip('\n').split('\t') for l in f]
    print(f'{what}: {cpus} CPU{"s" if cpus > 1 else ""}, {only or "all scenarios"}\n'
          f'  {int(fields[0][1]):,} kernel instructions, {time.monotonic() - started:.0f} s\n', end='', file=sys.stderr, flush=True)
    with open(serial, errors='replace') as f:
        late = dict((m.group(1), int(m.group(2))) for m in LATENESS.finditer(f.read()))
    if watch and not late:
        raise Failed(f'{what}: the root task says nothing about lateness')
    return fields[1:], names, late


def tail(path):
    try:
        with open(path, errors='replace') as f:
            return ''.join(f.readlines()[-12:])
    except OSError:
        return '(none)'


def collect(results, what, fields, names, watch):
    """Adds a run to {label: {...}}; when a watcher runs in between, paths say nothing"""
    addrs = [a for a, _ in names]
    for label, scenario, path, stretch, start, shares in fields:
        r = results.setdefault(label, {'path': 0, 'path_scenario': '', 'stretch': 0, 'scenario': '', 'run': '', 'begins': '',
                                       'functions': {}, 'scenarios': {}})
        s = r['scenarios'].setdefault(scenario, [0, 0])
        path = '0' if watch else path
        s[0], s[1] = max(s[0], int(path)), max(s[1], int(stretch))
        if int(path) > r['path']:
            r['path'], r['path_scenario'] = int(path), scenario
        if int(stretch) > r['stretch']:
            begins = names[bisect.bisect_right(addrs, int(start, 16)) - 1][1] if int(stretch) else ''
            share = dict((k, int(v)) for k, v in (w.rsplit('=', 1) for w in shares.split()))
            r.update(stretch=int(stretch), scenario=scenario, run=what, begins=begins,
                     functions=dict(sorted(share.items(), key=lambda i: -i[1])))


def table(results, limit, worst):
    print(f'{"hypercall or event":22} {"longest path":>12}  {"scenario":14} {"longest stretch":>15}  {"scenario":14} begins in')
    for label, r in sorted(results.items(), key=lambda i: -i[1]['stretch']):
        over = '  OVER' if r['stretch'] > limit else ''
        print(f'{label:22} {r["path"]:12,}  {r["path_scenario"]:14} {r["stretch"]:15,}  {r["scenario"]:14} {r["begins"]}{over}')
    for label, r in sorted(results.items(), key=lambda i: -i[1]['stretch'])[:worst]:
        shares = ', '.join(f'{k} {v:,}' for k, v in list(r['functions'].items())[:8])
        print(f'\n{label}, {r["scenario"]}, {r["stretch"]:,} instructions: {shares}')


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--kernel', required=True, metavar='ELF', help='kernel with symbols; what is started: its 32-bit twin, ELF + "32", or its image, .img')
    p.add_argument('--root', required=True, metavar='ELF', help='root task with the scenarios')
    p.add_argument('--plugin', required=True, metavar='SO', help='stretch.so')
    p.add_argument('--limit', type=int, default=10000, metavar='N', help='longest stretch that passes (%(default)s)')
    p.add_argument('--late', type=int, default=200000, metavar='N',
                   help=f'how late a thread of the highest priority may wake up (%(default)s), for each {SIZE} of the size')
    p.add_argument('--size', type=int, default=SIZE, metavar='N', help='threads, links of a chain... up to 4096 (%(default)s)')
    p.add_argument('--only', default='', metavar='NAMES', help='some scenarios, separated by commas, in one run unless --run says more')
    p.add_argument('--run', metavar='NAME', action='append', help='some runs (all): ' + ', '.join(dict.fromkeys([*X86.runs, *AArch64.runs])))
    p.add_argument('--uart', action='store_true', help="with the kernel's lines on the UART, too (console=keep)")
    p.add_argument('--worst', type=int, default=3, metavar='N', help='print the functions of the N longest stretches (%(default)s)')
    p.add_argument('--json', metavar='FILE', help='write everything there')
    p.add_argument('--summary', metavar='FILE', help='write "PASSED FAILED" there')
    p.add_argument('--timeout', type=float, default=600, metavar='S', help='seconds for one run (%(default)s)')
    p.add_argument('--jobs', type=int, default=1, metavar='N', help='runs at a time (%(default)s)')
    p.add_argument('--qemu', help='the emulator (environment variable QEMU or QEMU_AARCH64, or what there is)')
    args = p.parse_args()
    for name in (args.kernel, args.root, args.plugin):
        if not os.path.isfile(name):
            p.error(f'{name}: no such file (make wcet builds it)')
    args.plugin = os.path.abspath(args.plugin)
    return args


def main():
    args = parse()
    results, lateness = {}, {}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        arch = machine(args.kernel)
        for r in args.run or ():
            if r not in arch.runs:
                raise Failed(f'no run {r}: there are {", ".join(arch.runs)}')
        runs = {r: arch.runs[r] for r in args.run or arch.runs}
        if args.only:
            runs = {r: arch.runs[r][:2] + (args.only,) + arch.runs[r][3:] for r in args.run or ('one CPU',)}

        def one(what):
            cpus, model, only, watch = runs[what]
            with tempfile.TemporaryDirectory(prefix='wcet-') as folder:
                return run(args, arch, what, cpus, model, only, watch, folder)

        with ThreadPoolExecutor(max(1, args.jobs)) as pool:
            # The last run is the longest one; what is collected goes by the table, so that it does not depend on what ended first
            found = {what: pool.submit(one, what) for what in reversed(runs)}
            try:
                for what, (_, _, _, watch) in runs.items():
                    fields, names, late = found[what].result()
                    collect(results, what, fields, names, watch)
                    lateness.update(late)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in list(running):
                    process.kill()
                raise
        if not results:
            raise Failed(f'--only {args.only} names no scenario; they are listed in doc/wcet.md')
    except Failed as e:
        print(f'wcet: {e}', file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    table(results, args.limit, args.worst)
    over = sorted(label for label, r in results.items() if r['stretch'] > args.limit)
    longest = max(r['stretch'] for r in results.values())
    if lateness:
        print('\nA thread of the highest priority, woken by a timeout, was late by at most (ticks = instructions):')
        print(', '.join(f'{s} {n:,}' for s, n in sorted(lateness.items(), key=lambda i: -i[1])))
    may_be_late = args.late * -(-args.size // SIZE)
    late = sorted(s for s, n in lateness.items() if n > may_be_late)
    passed, failed = len(results) + len(lateness) - len(over) - len(late), len(over) + len(late)
    for s in late:
        print(f'OVER: late by {lateness[s]:,} in {s}, limit {may_be_late:,}')
    print(f'\nlongest stretch {longest:,}, limit {args.limit:,}: {passed} passed, {failed} failed')
    if args.json:
        os.makedirs(os.path.dirname(args.json) or '.', exist_ok=True)
        with open(args.json, 'w') as f:
            json.dump({'limit': args.limit, 'size': args.size, 'longest': longest, 'results': results, 'lateness': lateness}, f,
                      indent=1, sort_keys=True)
            f.write('\n')
    if args.summary:
        os.makedirs(os.path.dirname(args.summary) or '.', exist_ok=True)
        with open(args.summary, 'w') as f:
            f.write(f'{passed} {failed}\n')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())

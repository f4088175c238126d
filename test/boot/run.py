#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boot tests: boots the kernel in emulators as test/boot/tests.toml says and compares the console. Output as in TAP.

examples:
  test/boot/run.py                                  all tests, with this tree's kernel
  test/boot/run.py --only 'qemu*' --jobs 2          some of them
  test/boot/run.py --arch aarch64                   those of that architecture
  test/boot/run.py --kernel K.elf --table T.toml    another kernel, other expectations

exit codes: 0 all passed, 1 some failed, 2 usage, 3 a tool is missing (run make deps), 130 interrupted
"""

import argparse
import fnmatch
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', '..', 'scripts')]

import gdbpoke                                              # noqa: E402 (path set above)
import memory                                               # noqa: E402
import table                                                # noqa: E402
from knlib import console, elf, emulator, program, tools    # noqa: E402
from knlib.errors import KnError, UsageError                # noqa: E402
from stage import Failed, built, prepare                    # noqa: E402


def traced(path):
    """The lines of QEMU's trace: writes to configuration space as they are, what the UART got as 'console TEXT', all in the order in
    which they happened. So console lines, whoever wrote them, say when the others were."""
    lines, text = [], ''
    with open(path, encoding='ascii', errors='replace') as file:
        for line in file:
            match = re.match(r'(?:serial|pl011)_write .*addr 0x0*([0-9a-f]+) val(?:ue)? 0x0*([0-9a-f]+)', line)
            if not match:
                lines.append(line.rstrip())
            elif match.group(1) == '0' and (byte := int(match.group(2), 16)) != 10:
                text += chr(byte)
            elif match.group(1) == '0':
                lines.append('console ' + console.plain(text.encode('latin-1')).strip())
                text = ''
    return lines


def check_trace(test, path):
    """Raises Failed unless the trace is as the test wants it."""
    lines = traced(path)
    wanted = list(test['trace'])
    for line in lines:
        if wanted and re.search(wanted[0], line):
            wanted.pop(0)
    shown = [line for line in lines if not line.startswith('console') or 'Kilonova' in line][-console.LAST_LINES:]
    if wanted:
        raise Failed('no line /%s/ in the trace' % wanted[0], shown)
    if test['untrace']:
        first = next((i for i, line in enumerate(lines) if re.search(test['untrace'][0], line)), None)
        if first is None:
            raise Failed('no line /%s/ in the trace' % test['untrace'][0], shown)
        for line in lines[first:]:
            if re.search(test['untrace'][1], line):
                raise Failed('forbidden in the trace: %s' % line, shown)


def execute(test, kernel, objects, log):
    """Runs one test; returns what is to be remarked; raises Failed."""
    with emulator.workdir() as directory:
        machine, entry = prepare(test, built(test, kernel), objects, directory)
        wanted = [re.compile(p) for p in test['expect']]
        forbidden = [re.compile(p) for p in test['forbid']]
        with emulator.Session(machine, directory, log) as session:
            if test['poke'] and test['arch'] == 'x86_64':
                try:
                    gdbpoke.poke(os.path.join(directory, 'gdb.sock'), entry, test['poke'], test['timeout'],
                                 lambda: session.process.poll() is not None)
                except gdbpoke.PokeError as error:
                    raise Failed('poke: %s' % error, session.last_lines()) from None
            deadline = session.started + test['timeout']
            settled = None
            for line in session.lines(lambda: min(deadline, settled or deadline)):
                text = console.plain(line or b'').rstrip()
                for pattern in forbidden:
                    if line is not None and pattern.search(text):
                        raise Failed('forbidden line: %s' % text, session.last_lines())
                if line is not None and wanted and wanted[0].search(text):
                    wanted.pop(0)
                if not wanted and test['exit'] < 0 and settled is None:
                    settled = time.monotonic() + test['settle']
            if wanted:
                how = session.ended() if session.status is not None else 'waited %g s' % test['timeout']
                raise Failed('no line /%s/ (%s)' % (wanted[0].pattern, how), session.last_lines())
            if test['exit'] >= 0 and session.status is None:
                raise Failed('the machine did not end in %g s' % test['timeout'], session.last_lines())
            if test['emulator'] == 'bochs' and session.status == -signal.SIGSEGV:
                return ' # Bochs crashed while it ended'    # 2.7 does, now and then, at the shutdown port: nothing was missed
            if test['exit'] >= 0 and session.status != test['exit']:
                raise Failed('%s, expected %d' % (session.ended(), test['exit']), session.last_lines())
            if test['dump']:
                log.flush()
                with open(log.name, 'rb') as file:
                    memory.check(test, directory, file.read())
        if test['trace'] or test['untrace']:
            check_trace(test, os.path.join(directory, 'trace.log'))


def default_kernel(arch):
    done = subprocess.run(['make', '-s', '-C', tools.TOP, 'ARCH=' + (arch or 'x86_64'), 'kernel-path'], capture_output=True, text=True, check=False)
    path = done.stdout.strip().splitlines()[-1:] or ['']
    if done.returncode or not os.path.exists(path[0]):
        raise UsageError('no --kernel given and make kernel-path builds none')
    return path[0]


def arguments():
    head, tail = __doc__.split('\n\n', 1)
    parser = argparse.ArgumentParser(description=head, epilog=tail, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kernel', metavar='FILE', help='kernel ELF (default: what make kernel-path names)')
    parser.add_argument('--objects', metavar='DIR', help='where the root ELF files lie (default: beside the kernel)')
    parser.add_argument('--arch', choices=table.ARCHES, help="tests of this architecture (default: the kernel's)")
    parser.add_argument('--table', metavar='FILE', default=os.path.join(HERE, 'tests.toml'))
    parser.add_argument('--debug', action='store_true', help='the kernel was made with DEBUG=1')
    parser.add_argument('--only', metavar='PATTERN', default='*', help='names of tests, with * and ?, and | between several')
    parser.add_argument('--skip', metavar='PATTERN', default='', help='but not these')
    parser.add_argument('--jobs', type=int, default=1, metavar='N', help='keep N CPUs busy (default %(default)s: one test at a time, in the order of the table)')
    parser.add_argument('--logs', metavar='DIR', help='keeps each console (default: build/boot/ARCH)')
    parser.add_argument('--summary', metavar='FILE', help='also write "PASSED FAILED" there')
    parser.add_argument('--list', action='store_true', help='only name the tests')
    return parser.parse_args()


def qemu_version(arch):
    """Major version of the QEMU that runs the tests"""
    match = re.search(r'(\d+)\.', emulator.version('qemu', arch))
    return int(match.group(1)) if match else 0


def matches(name, patterns):
    """Does one of the patterns, with | between them, match the name?"""
    return any(fnmatch.fnmatchcase(name, p) for p in patterns.split('|'))


class Queue:
    """Tests that wait for somebody to run them. Of those who do, one takes the longest ones, so that no long one is the last, one takes what
    mostly waits, and the others go by the table."""

    def __init__(self, tests):
        self.tests, self.lock = list(tests), threading.Lock()

    @staticmethod
    def waits(test):
        """slow=N: what is to happen after a while gets N times as long, and so far less than a CPU is busy."""
        return 'slow=' in test['args']

    def take(self, role):
        """The next test, or None."""
        with self.lock:
            busy, idle = ([t for t in self.tests if self.waits(t) == kind] for kind in (False, True))
            mine = {'table': self.tests, 'first': busy or idle, 'longest': busy or idle, 'waiting': idle}[role]
            if not mine or emulator.stopping.is_set():
                return None
            test = mine[0] if role in ('table', 'first') else max(mine, key=lambda t: t['timeout'])
            self.tests.remove(test)
            return test


def roles(jobs):
    """Who takes tests: one more for each two of the jobs, since many tests wait."""
    return ['longest'] + ['first'] * (jobs - 1) + ['waiting'] * (jobs // 2) if jobs > 1 else ['table']


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)   # ends the emulators too
    args = arguments()
    kernel = os.path.abspath(args.kernel or default_kernel(args.arch))
    arch = args.arch or elf.arch(elf.read(kernel, 'kernel'))
    tests = [t for t in table.load(args.table, arch) if matches(t['name'], args.only) and not matches(t['name'], args.skip)]
    if not tests:
        raise UsageError("--only '%s'%s names no test of %s for %s"
                         % (args.only, " --skip '%s'" % args.skip if args.skip else '', args.table, arch))
    if args.list:
        print('\n'.join(t['name'] for t in tests))
        return 0
    for test in tests:
        tools.need(emulator.qemu(arch) if test['emulator'] == 'qemu' else 'bochs')
        if 'grub' in test['boot'] or 'multiboot2' in test['boot']:
            tools.need('grub-mkrescue', 'xorriso', 'mformat')
    objects = args.objects or os.path.dirname(kernel)
    logs = args.logs or os.path.join(tools.TOP, 'build', 'boot', arch)
    shutil.rmtree(logs, ignore_errors=True)
    os.makedirs(logs)
    lock, numbers, failed = threading.Lock(), iter(range(1, len(tests) + 1)), []
    have = qemu_version(arch)
    skipped = [t for t in tests if t['emulator'] == 'qemu' and t['qemu'] > have]
    for test in skipped:
        print('# skipped: %s: needs QEMU %d, this is %d; scripts/qemu-new unpacks a newer one' % (test['name'], test['qemu'], have))
    tests = [t for t in tests if t not in skipped]
    for test in [t for t in tests if t['debug'] and not args.debug]:
        print('# skipped: %s: needs a kernel with assertions; make DEBUG=1 check-boot runs it' % test['name'])
        tests.remove(test)

    def one(test):
        started = time.monotonic()
        path = os.path.join(logs, re.sub(r'[^\w.-]+', '-', test['name']) + '.log')
        error, detail, remark = None, [], ''
        with open(path, 'wb') as log:
            try:
                remark = execute(test, kernel, objects, log) or ''
            except (Failed, KnError) as caught:
                error, detail = str(caught), caught.detail
            except Exception as caught:                     # a fault of the harness is the failure of one test, not the end of all
                error, detail = 'the test itself failed: %r' % caught, traceback.format_exc().splitlines()
        if emulator.stopping.is_set():
            return
        with lock:
            print('%s %d - %s (%.1fs)%s' % ('not ok' if error else 'ok', next(numbers), test['name'], time.monotonic() - started, remark))
            if error:
                failed.append(test)
                print('\n'.join('  # ' + line for line in [error, *detail, 'whole console: ' + os.path.relpath(path)]))
            sys.stdout.flush()

    print('1..%d' % len(tests), flush=True)
    queue, workers = Queue(tests), roles(args.jobs)

    def work(role):
        while (test := queue.take(role)) is not None:
            one(test)

    pool = ThreadPoolExecutor(len(workers))
    try:
        for done in [pool.submit(work, role) for role in workers]:
            done.result()
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        emulator.stop_all()                                 # their threads then come to an end by themselves
        raise
    finally:
        pool.shutdown()
    print('%d passed, %d failed' % (len(tests) - len(failed), len(failed)))
    program.write_summary(args.summary, len(tests) - len(failed), len(failed))
    return 1 if failed else 0


if __name__ == '__main__':
    program.leave('boot tests', main)

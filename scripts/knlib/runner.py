# SPDX-License-Identifier: GPL-2.0-only
"""Boots a kernel with the benchmark root task, follows the line protocol live, returns the assembled run."""

import fcntl
import os
import shutil
import subprocess
import sys
import time

from . import collect, elf, emulator, iso, protocol, samples, tools
from .errors import KnError, UsageError, counted, last_line

GRACE = 3.0                                                 # seconds between a line of trouble, or `done`, and the end


def build_file(target):
    """Path that a make target prints, for the default of --kernel."""
    done = subprocess.run(['make', '-s', '-C', tools.TOP, target], capture_output=True, text=True, check=False)
    path = done.stdout.strip().splitlines()[-1:] or ['']
    if done.returncode or not os.path.exists(path[0]):
        raise UsageError('no --kernel given and make %s builds none: %s'
                         % (target, last_line(done.stderr)))
    return path[0]


def default_root(kernel):
    """bench.elf beside the kernel in build/."""
    path = os.path.join(os.path.dirname(kernel), 'bench', 'bench.elf')
    if os.path.exists(path):
        return path
    return os.path.join(tools.TOP, 'build', elf.arch(elf.read(kernel, 'kernel')), 'gcc/none/bench/bench.elf')


def check_numbers(args):
    """Options that several commands have."""
    if args.timeout <= 0:
        raise UsageError('--timeout wants a number above 0')
    if args.iterations is not None and not 1 <= args.iterations <= 1000000:
        raise UsageError('--iterations wants a number from 1 to 1000000')


class Progress:
    """On a terminal: one line that is rewritten. Else: one line per finished benchmark."""

    def __init__(self, quiet):
        self.tty, self.quiet = sys.stderr.isatty(), quiet
        self.count, self.total, self.name, self.started, self.drawn = 0, None, 'booting', time.monotonic(), 0.0

    def draw(self):
        if self.tty and time.monotonic() - self.drawn > 0.1:
            self.drawn = time.monotonic()
            step = '%d/%s' % (self.count, self.total or '?')
            line = '[%s] %s  %.0f s' % (step, self.name, time.monotonic() - self.started)
            sys.stderr.write('\r\x1b[K' + line[:shutil.get_terminal_size().columns - 1])
            sys.stderr.flush()

    def clear(self):
        if self.tty:
            sys.stderr.write('\r\x1b[K')
            sys.stderr.flush()

    def event(self, kind, word, run):
        if kind == 'begin':
            self.total, self.name = run.total, 'started'
        elif kind == 'bench':
            self.count, self.name, self.drawn = self.count + 1, word.get('name', '?'), 0.0
        elif kind in ('skip', 'fail'):
            self.count += self.name != word.get('name')
            self.say('%-32s %s: %s' % (word.get('name', '?'), {'skip': 'skipped', 'fail': 'FAILED'}[kind],
                                       word.get('reason', '').replace('~', ' ')))
        elif kind == 'result' and run.benchmarks:
            bench = run.benchmarks[-1]
            low, median, high = samples.summary(bench['samples'])
            spread = '' if low == high else '  (%d..%d)' % (low, high)
            self.say('%-32s %10d%s' % (bench['name'], median, spread))
        self.draw()

    def say(self, text):
        self.clear()
        if not self.quiet:
            print(text, flush=True)


def stage(machine, kernel, root, directory):
    """Puts the files into the work directory under fixed names and tells the machine."""
    if machine.emulator == 'qemu' and machine.arch == 'aarch64':
        if elf.make_arm64(kernel, os.path.join(directory, 'kernel.img'), emulator.ROOT_AARCH64):
            shutil.copyfile(kernel, os.path.join(directory, 'kernel.elf'))
            machine.loads = ['kernel.elf']
        shutil.copyfile(root, os.path.join(directory, 'root.elf'))
        machine.kernel, machine.root = 'kernel.img', 'root.elf'
    elif machine.emulator == 'qemu':
        elf.make_32(kernel, os.path.join(directory, 'kernel.elf32'))
        shutil.copyfile(root, os.path.join(directory, 'root.elf'))
        machine.kernel, machine.root = 'kernel.elf32', 'root.elf'
    else:
        iso.make(os.path.join(directory, 'boot.iso'), kernel, root, 'multiboot2' if elf.is_64(elf.read(kernel, 'kernel'))
                 else 'multiboot', machine.append, machine.root_args)
        machine.iso = 'boot.iso'


def run(machine, kernel, root, timeout, log=None, header='', quiet=False):
    """Returns (Run, command line). Raises KnError when there is no complete run."""
    result, progress = protocol.Run(), Progress(quiet)
    with emulator.workdir() as directory:
        stage(machine, kernel, root, directory)
        with emulator.Session(machine, directory, log) as session:
            if log:
                log.write(header.encode())
            deadline = session.started + timeout
            trouble = None
            try:
                for line in session.lines(lambda: deadline):
                    progress.draw()
                    if line is None:
                        continue
                    event = result.feed(line)
                    if event:
                        progress.event(*event, result)
                    elif not trouble and protocol.TROUBLE.search(line):
                        trouble = emulator.plain(line).strip()
                        deadline = min(deadline, time.monotonic() + GRACE)
                    if result.done:
                        deadline = min(deadline, time.monotonic() + GRACE)
                        if event and event[0] == 'done':    # give the root task time to end the machine, no more
                            break
            finally:
                progress.clear()
            fail(result, session, trouble, timeout)
            return result, session.command


def open_log(path, mode):
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        return open(path, mode)
    except OSError as error:
        raise UsageError('log file %s: %s' % (path, error.strerror)) from None


def record(machine, kernel, root, timeout, log, label, quiet=False):
    """The same, and leaves the console in the file `log` below a header line, for collect. Returns the Run."""
    version = emulator.version(machine.emulator, machine.arch)
    header = collect.header_line(collect.how(machine, [], version, kernel, root, label))
    with open_log(log, 'a+b') as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)    # until it is closed
        except OSError:
            raise KnError('another kn run writes %s; wait for it, or give this one a --log of its own' % log) from None
        file.truncate(0)
        try:
            result, command = run(machine, kernel, root, timeout, file, header, quiet)
        except KnError as error:
            error.detail.append('whole console: ' + log)
            raise
        file.seek(0)                                        # now that the command line is known, put it into the header
        console = file.read()[len(header):]
        file.seek(0)
        file.truncate()
        file.write(collect.header_line(collect.how(machine, command, version, kernel, root, label)).encode() + console)
    return result


def fail(result, session, trouble, timeout):
    """One clear line for each way in which a run can go wrong."""
    if not result.done:
        where = ' in benchmark %s' % result.open['name'] if result.open else ''
        if trouble:
            text = 'the kernel reported trouble%s: %s' % (where, trouble)
        elif session.status is not None:
            text = "%s%s before the line 'done'" % (session.ended(), where)
        else:
            text = "no line 'done' within %g s%s (raise it with --timeout S)" % (timeout, where)
        raise KnError(text, few(result.problems) + session.last_lines())
    verdict = result.verdict()
    if verdict:
        raise KnError('the run is not a result: ' + verdict[0], verdict[1:])


def few(lines, most=5):
    """The first ones, and how many more there are."""
    more = len(lines) - most
    return lines[:most] + (['and %s more' % counted(more, 'problem')] if more > 0 else [])

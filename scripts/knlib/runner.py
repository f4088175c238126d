# SPDX-License-Identifier: GPL-2.0-only
"""Boots a kernel with the benchmark root task, follows the line protocol live, returns the assembled run."""

import fcntl
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import time

from . import collect, console, elf, emulator, iso, protocol, samples, tools
from .errors import KnError, UsageError, few, last_line

COUNTERS = 'tsc', 'cntvct'                                  # which a root task can read; what they count, only an emulator's options tell
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
    if not args.timeout > 0:                                # nan is none, either
        raise UsageError('--timeout wants a number above 0')
    if args.iterations is not None and not 1 <= args.iterations <= 1000000:
        raise UsageError('--iterations wants a number from 1 to 1000000')


def check_patterns(patterns, result):
    """UsageError if one of --bench's patterns names no benchmark of the Run, neither measured nor skipped: a slip of the pen must not
    look like a measurement of all that was asked for. Patterns are those of bench/glob.c."""
    names = [bench['name'] for bench in result.benchmarks + result.skipped]
    for pattern in re.split('[,+]', patterns or ''):
        if pattern and not fnmatch.filter(names, pattern.replace('[', '[[]')) or patterns and not names:
            raise UsageError("--bench '%s' names no benchmark; patterns are whole names, for example 'ipc.*,sem.up'" % (pattern or patterns))


class Progress:
    """On a terminal a bar, else one line per finished benchmark; on a terminal both unless `quiet`. Use as a context manager."""

    def __init__(self, quiet):
        self.quiet, self.bar, self.task = quiet, None, None
        self.count, self.name = 0, None

    def __enter__(self):
        if sys.stderr.isatty():
            try:
                from rich import console, progress
            except ImportError:
                raise tools.missing_module('rich') from None
            columns = (progress.TextColumn('{task.description:32.32}'), progress.BarColumn(), progress.MofNCompleteColumn(), progress.TimeElapsedColumn())
            self.bar = progress.Progress(*columns, console=console.Console(stderr=True), transient=True,
                                         redirect_stdout=sys.stdout.isatty(), redirect_stderr=False)
            self.task = self.bar.add_task('booting', total=None)
            self.bar.start()
        return self

    def __exit__(self, *_):
        if self.bar:
            self.bar.stop()

    def event(self, kind, word, run):
        if kind == 'begin':
            self.count, self.name = 0, 'started'
        elif kind == 'bench':
            self.count, self.name = self.count + 1, word.get('name', '?')
        elif kind in ('skip', 'fail'):
            self.count += self.name != word.get('name')
            self.say('%-32s %s: %s' % (word.get('name', '?'), {'skip': 'skipped', 'fail': 'FAILED'}[kind],
                                       word.get('reason', '').replace('~', ' ')))
        elif kind == 'result' and run.benchmarks:
            bench = run.benchmarks[-1]
            low, median, high = samples.summary(bench['samples'])
            spread = '' if low == high else '  (%d..%d)' % (low, high)
            self.say('%-32s %10d%s' % (bench['name'], median, spread))
        if self.bar and kind in ('begin', 'bench', 'skip', 'fail'):
            self.bar.update(self.task, completed=self.count, total=run.total, description=self.name)

    def say(self, text):
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


def follow(session, timeout, quiet, began=True):
    """The Run that comes over the console. Raises KnError when there is no complete one. With `began` False, the console was there before the
    machine: lines before `begin` are of another run."""
    result, trouble, deadline = protocol.Run(), None, session.started + timeout
    with Progress(quiet) as progress:
        for line in session.lines(lambda: deadline):
            if line is None:
                continue
            event = result.feed(line)
            if not began and event and not result.begun:
                result, trouble = protocol.Run(), None
                continue
            if event:
                progress.event(*event, result)
            elif not trouble and protocol.TROUBLE.search(line):
                trouble = console.plain(line).strip()
                deadline = min(deadline, time.monotonic() + GRACE)
            if result.done:
                deadline = min(deadline, time.monotonic() + GRACE)
                if event and event[0] == 'done':            # give the root task time to end the machine, no more
                    break
    fail(result, session, trouble, timeout)
    return result


def open_log(path, mode):
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        return open(path, mode)
    except OSError as error:
        raise UsageError('log file %s: %s' % (path, error.strerror)) from None


def logged(log, facts, go):
    """Runs go (file), which returns the Run and the facts that are known then, and leaves its console in the file `log` below a header line,
    for collect."""
    header = collect.header_line(facts)
    with open_log(log, 'a+b') as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)    # until it is closed
        except OSError:
            raise KnError('another kn run writes %s; wait for it, or give this one a --log of its own' % log) from None
        file.truncate(0)
        file.write(header.encode())
        try:
            result, facts = go(file)
        except KnError as error:
            error.detail.append('whole console: ' + log)
            raise
        file.seek(0)                                        # now that all is known, put it into the header
        text = file.read()[len(header):]
        file.seek(0)
        file.truncate()
        file.write(collect.header_line(facts).encode() + text)
    return result


def record(machine, kernel, root, timeout, log, label, quiet=False):
    """Runs it under an emulator. Returns the Run."""
    version = emulator.version(machine.emulator, machine.arch)

    def facts(command):
        return collect.how(machine, command, version, kernel, root, label)

    def go(file):
        with emulator.workdir() as directory:
            stage(machine, kernel, root, directory)
            with emulator.Session(machine, directory, file) as session:
                return follow(session, timeout, quiet), facts(session.command)

    return logged(log, facts([]), go)


def record_board(board, environment, facts, timeout, log, quiet=False):
    """The same of a machine that is a Board. `environment`: what its commands find there; `facts`: of the machine and the files. Without
    ticks_are, the root task says what its counter is."""
    def go(file):
        with board.session(environment, file) as session:
            result = follow(session, timeout, quiet, began=False)
        counter = result.meta.get('counter')
        return result, dict({'ticks_are': counter} if counter in COUNTERS else {}, **facts)

    return logged(log, facts, go)


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

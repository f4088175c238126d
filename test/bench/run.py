#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""make check-bench: can the figures of the suite be believed? On QEMU with exact counts:

A/A        the whole suite twice: no difference
gate       its figures against results/expected
delays     each group that has a control, with a delay of known size in it (inject=GROUP:TICKS of the root task): kn compare finds it in
           every benchmark of the group, with its size within 2 %, and in no other one
traces     operations that kn trace follows by single steps have as many instructions as their figure says"""

import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'scripts'))

from knlib import program, store                            # noqa: E402 (path set above)
from knlib.errors import KnError                            # noqa: E402

KN = os.path.join(TOP, 'scripts', 'kn')
TRACED = 'null', 'ipc.cross.w1', 'map.other.map'
TICKS = 20000                                               # of delay
WITHIN = 0.02                                               # of which it must be found
NO_DELAY = 'no delay can be put into it'                    # bench/method.c: there is no operation that it could be part of
SAMPLES = 20                                                # for the delays


class Suite:
    """Runs kn, and counts what holds."""

    def __init__(self, args):
        self.args, self.passed, self.failed = args, 0, 0

    def check(self, good, text, lines=()):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        print('  %-6s %s' % ('ok' if good else 'FAILED', text), flush=True)
        for line in lines if not good else ():
            print('         ' + line)

    def kn(self, *words):
        """(exit code, output); the output of errors too."""
        done = subprocess.run([KN, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              env=dict(os.environ, KN_BUILD=self.args.output))
        return done.returncode, done.stdout

    def run(self, name, *words):
        """The path of the result of a run; KnError without one."""
        path = os.path.join(self.args.output, name, self.args.configuration + '.json')
        if os.path.exists(path):
            os.remove(path)
        code, out = self.kn('run', '-q', '--kernel', self.args.kernel, '--root', self.args.root, '--configuration', self.args.configuration,
                            '--release', self.args.release, '--log', os.path.join(self.args.output, name + '.log'), '-o', path, *words)
        if code:
            raise KnError('%s: no result' % name, out.splitlines())
        return path

    def same(self, old, new):
        code, out = self.kn('compare', '--same', old, new)
        self.check(code == 0, 'A/A: two runs of %d benchmarks give the same samples' % len(store.read(old)['benchmarks']), out.splitlines())

    def gate(self, path):
        code, out = self.kn('gate', path)
        print(''.join('  ' + line + '\n' for line in out.splitlines()), end='')
        self.check(code == 0, 'gate: no count is above what results/expected allows')

    def delay(self, group, base):
        """All benchmarks of the group are slower by the delay, and no other one is. What check () is told, since several of these run."""
        path = self.run('inject-' + group, '--iterations', str(SAMPLES), '--args', 'inject=%s:%d' % (group, TICKS))
        code, out = self.kn('compare', '--format', 'json', base, path)
        try:
            found = json.loads(out)['comparisons'][0]
            rows, gone = found['benchmarks'], found['only_old']
        except ValueError:
            rows, gone = [], []
        hit = [row for row in rows if row['group'] == group and row['unit'] == 'ticks']
        off = ['%s: %+d, %s' % (row['name'], row['shift'], row['verdict']) for row in hit
               if row['verdict'] != 'slower' or abs(row['shift'] - TICKS) > WITHIN * TICKS]
        off += ['%s did not run: %s' % (row['name'], row['reason']) for row in gone if row['reason'] != NO_DELAY]
        # A count may depend on what ran before: which pages are free, when a timer expires. Of a delay it shows nothing.
        off += ['%s, of another group: %+d' % (row['name'], row['shift']) for row in rows
                if row['group'] != group and abs(row['shift']) > WITHIN * TICKS]
        sizes = ' to '.join(str(f(row['shift'] for row in hit)) for f in (min, max)) if hit else '-'
        return (code == 1 and hit and not off, 'delay: %d ticks in %s found in %d benchmarks, sizes %s' % (TICKS, group, len(hit), sizes),
                off or out.splitlines()[:5])


    def trace(self, name, path):
        """What check () is told: the folded stacks of an operation add up to its figure, and most of them are in the kernel."""
        figure = next(b['median'] for b in store.read(path)['benchmarks'] if b['name'] == name)
        out = os.path.join(self.args.output, name + '.folded')
        code, said = self.kn('trace', name, '--kernel', self.args.kernel, '--root', self.args.root, '-o', out)
        if code:
            return False, 'trace: ' + name, said.splitlines()
        with open(out, encoding='ascii') as file:
            stacks = [line.rsplit(' ', 1) for line in file.read().splitlines()]
        total = sum(int(count) for _, count in stacks)
        kernel = sum(int(count) for stack, count in stacks if stack.startswith(name + ';kernel;'))
        return (total == figure and kernel > total / 2, 'trace: %s by single steps: %d instructions, %d of them in the kernel; measured %d'
                % (name, total, kernel, figure), [])


def groups(path):
    """Groups whose control the suite has."""
    return sorted({b['name'].partition('.')[2] for b in store.read(path)['benchmarks'] if b['name'].startswith('control.')}
                  & {b['group'] for b in store.read(path)['benchmarks']})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, what in (('kernel', 'FILE'), ('root', 'FILE'), ('configuration', 'NAME'), ('release', 'NAME'), ('output', 'FOLDER')):
        parser.add_argument('--' + name, metavar=what, required=True)
    parser.add_argument('--jobs', type=int, default=1, metavar='N',
                        help='runs at a time, where the order does not matter (default %(default)s)')
    parser.add_argument('--summary', metavar='FILE', help='also write "PASSED FAILED" there')
    suite = Suite(parser.parse_args())
    shutil.rmtree(suite.args.output, ignore_errors=True)
    try:
        with concurrent.futures.ThreadPoolExecutor(suite.args.jobs) as pool:
            first, second, base = pool.map(lambda words: suite.run(*words), (['first'], ['second'], ['base', '--iterations', str(SAMPLES)]))
        suite.same(first, second)
        suite.gate(first)
        found = groups(base)
        suite.check(found, 'controls: %s' % (', '.join(found) or 'no group has one'))
        with concurrent.futures.ThreadPoolExecutor(suite.args.jobs) as pool:
            for result in pool.map(lambda group: suite.delay(group, base), found):
                suite.check(*result)
            for result in pool.map(lambda name: suite.trace(name, first), TRACED):
                suite.check(*result)
    except KnError as error:
        suite.check(False, str(error), error.detail)
    print('  bench %d passed, %d failed' % (suite.passed, suite.failed))
    program.write_summary(suite.args.summary, suite.passed, suite.failed)
    return suite.failed > 0


if __name__ == '__main__':
    program.leave('check-bench', main)

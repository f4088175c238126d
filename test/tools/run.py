#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the tests of the scripts (every test_*.py of this folder), each class in a process of its own: a line for each, then their sum.

exit codes: 0 all passed, 1 some failed, 130 interrupted
"""

import argparse
import io
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import unittest
from multiprocessing.connection import wait

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', '..', 'scripts')]

from knlib import program                                   # noqa: E402 (path set above)

FIRST = 'test_tree', 'test_report', 'test_compare', 'test_cfp', 'test_kn'      # they take longest, so none of them is the last one that runs
FORK = multiprocessing.get_context('fork')                  # what all tests import is imported once


def classes(suite):
    """{module.class: its tests}"""
    found = {}
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            for name, tests in classes(test).items():
                found.setdefault(name, unittest.TestSuite()).addTests(tests)
        else:
            found.setdefault('%s.%s' % (type(test).__module__, type(test).__name__), unittest.TestSuite()).addTest(test)
    return found


def in_turn(names):
    """Those of FIRST, then the others"""
    return sorted(names, key=lambda name: (FIRST + (name.partition('.')[0],)).index(name.partition('.')[0]))


class Job:
    """One class in a process, which leads a group: what it starts is reached with it."""

    def __init__(self, name, tests):
        self.name, self.started, self.output = name, time.monotonic(), tempfile.TemporaryFile()
        self.counts, sender = FORK.Pipe(duplex=False)
        self.process = FORK.Process(target=self.run, args=(tests, sender))
        self.process.start()
        sender.close()

    def run(self, tests, sender):
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.default_int_handler)       # SIGINT is ignored where a shell started all of it in the background
        for number in (1, 2):
            os.dup2(self.output.fileno(), number)
        report = io.StringIO()
        result = unittest.TextTestRunner(stream=report, verbosity=0).run(tests)
        failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
        if failed:
            print(report.getvalue(), file=sys.__stdout__, flush=True)
        sender.send((max(0, result.testsRun - failed - len(result.skipped)), failed))

    def end(self):
        """(passed, failed) of the process that has ended; prints its line, and what it and its tests wrote."""
        self.process.join()
        try:
            passed, failed = self.counts.recv()
            how = ''
        except EOFError:
            passed, failed, how = 0, 1, '  died, exit status %d' % self.process.exitcode
        print('  %-32s %3d passed %3d failed  %5.1f s%s' % (self.name, passed, failed, time.monotonic() - self.started, how))
        with self.output:
            self.output.seek(0)
            for line in self.output.read().decode('utf-8', 'replace').splitlines():
                print('    ' + line if line else '')
        sys.stdout.flush()
        return passed, failed

    def stop(self):
        """Ctrl-C does not reach its group. It cleans up, and is killed if that takes long."""
        for number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, None)):
            if self.process.is_alive():
                os.killpg(self.process.pid, number)
                self.process.join(seconds)
        self.output.close()


def run(tests, most):
    """[(passed, failed)] of all, `most` at a time."""
    names, running, counts = in_turn(tests), {}, []
    try:
        while names or running:
            while names and len(running) < most:
                job = Job(names[0], tests[names.pop(0)])
                running[job.process.sentinel] = job
            counts += [running.pop(ended).end() for ended in wait(list(running))]
    finally:
        for job in running.values():
            job.stop()
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jobs', type=int, default=1, metavar='N', help='processes at a time (default %(default)s)')
    parser.add_argument('--summary', metavar='FILE', help='also write "PASSED FAILED" there')
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    counts = run(classes(unittest.defaultTestLoader.discover(HERE)), max(1, args.jobs))
    passed, failed = (sum(column) for column in zip(*counts))
    print('  scripts %d passed, %d failed' % (passed, failed))
    program.write_summary(args.summary, passed, failed)
    return failed > 0


if __name__ == '__main__':
    program.leave('check-kn', main)

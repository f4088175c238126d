#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what runs these tests: a process that dies is a failure, one that is stopped leaves nothing. Run: test/tools/test_run.py"""

import contextlib
import io
import os
import subprocess
import sys
import time
import unittest

import run


class Jobs(unittest.TestCase):
    def ended(self, *functions):
        """((passed, failed), what is printed) of a job with these tests"""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            counts = run.run({'test_x.X': unittest.TestSuite(map(unittest.FunctionTestCase, functions))}, 2)
        return counts, said.getvalue()

    def test_counts(self):
        def passes():
            os.write(1, b'said\n')

        def fails():
            self.assertEqual(1, 2)

        counts, said = self.ended(passes, fails, passes)
        self.assertEqual(counts, [(2, 1)])
        self.assertRegex(said, r'^  test_x.X +2 passed +1 failed +[0-9.]+ s\n(    said\n){2}(.*\n)*.*AssertionError: 1 != 2\n')

    def test_death(self):
        counts, said = self.ended(lambda: os._exit(3))
        self.assertEqual(counts, [(0, 1)])
        self.assertRegex(said, r'0 passed +1 failed .* died, exit status 3\n')

    def test_stop(self):
        end, child_end = os.pipe()
        os.set_inheritable(child_end, True)
        job = run.Job('test_x.X', unittest.TestSuite([unittest.FunctionTestCase(lambda: subprocess.run(['sleep', '100'], check=False, close_fds=False))]))
        os.close(child_end)
        time.sleep(0.5)
        started = time.monotonic()
        job.stop()
        self.assertEqual(os.read(end, 1), b'')              # both ends of it: that of the process, that of sleep
        os.close(end)
        self.assertLess(time.monotonic() - started, 8)
        self.assertIsNotNone(job.process.exitcode)

    def test_order(self):
        self.assertEqual(run.in_turn(['test_a.A', 'test_kn.B', 'test_kn.A', 'test_tree.T']), ['test_tree.T', 'test_kn.B', 'test_kn.A', 'test_a.A'])


if __name__ == '__main__':
    sys.exit(unittest.main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of logs that are cut off or damaged at any place: whatever comes, a benchmark in a result is one that the root task printed, to the last
sample, and a run that lacks anything is no complete result. Run: test/tools/test_partial.py"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from hypothesis import given, settings, strategies as st

import fakelog
from knlib import collect, errors, protocol, rawlog, store, tools

KN = os.path.join(tools.SCRIPTS, 'kn')
RUNS = {'a': [[100 + n % 7, 1 + n % 3] for n in range(70)], 'b': [[55, 30]], 'c': [[-3, 1], [9000, 2]]}
COUNTERS = [('cycles', [[80, 10], [81, 1]]), ('instructions', [[123, 40]])]
FACTS = {'machine': 'm', 'ticks_are': 'tsc'}


def run_lines():
    """The root task's lines: samples of several lines, batches of other counters, stages, a benchmark that was skipped."""
    out = [protocol.encode('begin', 'suite=kilonova schema=2 benches=4'), protocol.encode('meta', 'cpu_brand=x'), protocol.encode('meta', 'counter=tsc')]
    for name, runs in RUNS.items():
        out += fakelog.bench_lines(name, 'g', 'op ' + name, runs, counters=COUNTERS if name == 'b' else ())
    out += fakelog.bench_lines('d', 'g', 'op d', [[5, 4]], stages=[('s', [[2, 4]]), ('t', [[3, 4]])])
    return out + [protocol.encode('skip', 'name=e reason=no~such~CPU'), protocol.encode('done', 'benches=4 failed=0')]


GOOD = run_lines()
WHOLE = {bench['name']: bench for bench in rawlog.parts(GOOD)[0].run.benchmarks}
KERNEL = b'[ 1] killed nothing, only a line of the kernel\r\n'


def documents(data):
    """What kn collect --partial would make of each run in the log; None where there is nothing to make."""
    for part in rawlog.parts(data.split(b'\n')):
        try:
            yield part, collect.document(part, collect.facts_of(part, FACTS), 'r', 'c', True)
        except errors.KnError:
            yield part, None


class Damage(unittest.TestCase):
    def honest(self, data):
        """True if there was one result that is called complete."""
        complete = False
        for part, document in documents(data):
            if document:
                for bench in document['benchmarks']:
                    want = WHOLE[bench['name']]
                    self.assertEqual({key: bench[key] for key in want}, want)
                self.assertEqual(document['incomplete'] is None, not part.verdict())
                if not document['incomplete']:
                    complete = True
                    self.assertEqual({b['name'] for b in document['benchmarks']}, set(WHOLE))
                store.validate(json.loads(store.text(document)), 'x')
        return complete

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(st.data())
    def test_cuts(self, data):
        log = b'\r\n'.join(GOOD)
        start, end = sorted(data.draw(st.tuples(st.integers(0, len(log)), st.integers(0, len(log)))))
        self.assertFalse(self.honest(log[:start] + log[end:]) and end > start + 2)

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(st.integers(0, 10 ** 6), st.binary(min_size=1, max_size=40)), min_size=1, max_size=4))
    def test_garbage(self, pieces):
        log = b'\r\n'.join(GOOD)
        for place, piece in pieces:
            place %= len(log)
            log = log[:place] + piece + log[place:]
        self.honest(log)

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(st.sampled_from(('lose', 'twice', 'swap', 'bit')), st.integers(0, 10 ** 6)), min_size=1, max_size=3))
    def test_lines(self, changes):
        lines = list(GOOD)
        for change, number in changes:
            at = number % (len(lines) - 1)
            if change == 'lose':
                lines.pop(at)
            elif change == 'twice':
                lines.insert(at, lines[at])
            elif change == 'swap' and all(b' samples ' in line for line in lines[at:at + 2]):
                lines[at], lines[at + 1] = lines[at + 1], lines[at]
            elif change == 'bit':
                place = number % len(lines[at])
                lines[at] = lines[at][:place] + bytes([lines[at][place] ^ 1 << number % 8]) + lines[at][place + 1:]
        self.honest(b'\r\n'.join(lines))

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(st.lists(st.integers(0, 10 ** 6), min_size=1, max_size=5))
    def test_kernel_lines(self, places):
        """Whole lines of the kernel come anywhere, never within one of another and at most once in a line, and do no harm."""
        lines = [bytes(line) for line in GOOD]
        for number in set(place % len(lines) for place in places):
            at = 1 + max(places) % (len(lines[number]) - 1)
            lines[number] = lines[number][:at] + KERNEL + lines[number][at:]
        self.assertTrue(self.honest(fakelog.start('none') + b'\r\n'.join(lines)))

    def test_begin_twice(self):
        self.assertTrue(self.honest(b'\r\n'.join([GOOD[0]] * 3 + GOOD[1:])))
        parts = rawlog.parts(GOOD[:1] * 2 + GOOD[1:])
        self.assertEqual([part.verdict() for part in parts], [[]])
        self.assertEqual(len(rawlog.parts(GOOD[:6] + GOOD)), 2)     # a start of its own

    def test_swapped_lines_of_samples(self):
        """The figures would be the same, the order of the samples is not."""
        at = next(n for n, line in enumerate(GOOD) if b'samples name=a seq=1' in line)
        part = rawlog.parts(GOOD[:at] + [GOOD[at + 1], GOOD[at]] + GOOD[at + 2:])[0]
        self.assertEqual([b['name'] for b in part.run.benchmarks], ['b', 'c', 'd'])
        self.assertTrue(part.verdict())


class Command(unittest.TestCase):
    def test_partial(self):
        with tempfile.TemporaryDirectory(prefix='partial-test-') as folder:
            def kn(lines, *words, code=0):
                with open(os.path.join(folder, 'log'), 'wb') as file:
                    file.write(fakelog.start('none') + b'\r\n'.join(lines))
                done = subprocess.run([KN, 'collect', 'log', '--machine', 'm', '--ticks', 'tsc', *words], cwd=folder, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)
                return done.stderr

            cut = GOOD[:next(n for n, line in enumerate(GOOD) if b'bench name=c' in line) + 1]
            text = kn(cut, '-o', 'a.json', '--configuration', 'c', code=1)
            self.assertIn('cut off in benchmark c, after 2 of 4 benchmarks', text)
            self.assertIn('2 benchmarks whole: --partial', text)
            self.assertFalse(os.path.exists(os.path.join(folder, 'a.json')))
            self.assertIn('incomplete, 2 whole benchmarks', kn(cut, '-o', 'a.json', '--configuration', 'c', '--partial'))
            document = store.read(os.path.join(folder, 'a.json'))
            self.assertIn('cut off in benchmark c', document['incomplete'])
            self.assertEqual([b['name'] for b in document['benchmarks']], ['a', 'b'])
            shown = subprocess.run([KN, 'show', 'a.json'], cwd=folder, capture_output=True, text=True, check=True).stdout
            self.assertIn('incomplete: it is cut off in benchmark c', shown)
            self.assertIn('holds no whole benchmark', kn(GOOD[:4], '-o', 'b.json', '--configuration', 'c', '--partial', code=1))
            kn(cut + [b''] + [fakelog.start('full')] + GOOD, '-o', 'out', '--configuration', 'c', '--partial')
            self.assertEqual(sorted(os.listdir(os.path.join(folder, 'out'))), ['c-2.json', 'c.json'])
            self.assertIn('no result', kn(GOOD[:4] + [b''] + [fakelog.start('full')] + GOOD, '-o', 'more', '--configuration', 'c', '--partial', code=1))


if __name__ == '__main__':
    sys.exit(unittest.main())

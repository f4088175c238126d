#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of kn export: each format is read back as its own tools read it, google-benchmark's by compare.py itself; and of the parts of kn trace that
need no emulator (make check-bench follows operations).

Run: test/tools/test_export.py"""

import collections
import copy
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unittest

import fakelog                                              # also makes knlib known
from knlib import export, gdb, samples, store, tools, trace

KN = os.path.join(tools.SCRIPTS, 'kn')
X86 = os.path.join(tools.TOP, 'results/26.48.3/qemu-q35-icount/x86_64-gcc-none.json')
COMPARE = '/usr/share/benchmark/compare.py'                 # of Debian's libbenchmark-tools


def replaced(document, name, runs, **more):
    """The document with other samples of one benchmark."""
    made = copy.deepcopy(document)
    for i, bench in enumerate(made['benchmarks']):
        if bench['name'] == name:
            made['benchmarks'][i] = dict(fakelog.with_samples(bench, runs), **more)
    return made


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.document = store.read(X86)
        cls.runs = [[100, 3], [104, 1], [90, 2], [131, 1], [400, 3]]
        batch = {'name': 'cycles', 'overhead': 7, 'n': 4, 'min': 200, 'median': 250, 'max': 250, 'samples': [[250, 3], [200, 1]]}
        other = replaced(cls.document, 'ipc.cross.w1', cls.runs, counters=[dict(batch), dict(batch, name='instructions', min=129, median=129, max=129, samples=[[129, 4]])])
        other['ticks_are'] = 'tsc'
        cls.spread = cls.file('spread', other)
        slower = replaced(cls.document, 'ipc.cross.w1', [[258, 10000]])
        cls.slower = cls.file('slower', slower)

    @classmethod
    def file(cls, name, document):
        path = os.path.join(cls.dir, name + '.json')
        store.write(document, path)
        return path

    def kn(self, *args, code=0):
        done = subprocess.run([sys.executable, KN, 'export', *args], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_google_context_and_times(self):
        made = json.loads(self.kn('google-benchmark', X86).stdout)
        for key in ('date', 'host_name', 'executable', 'num_cpus', 'mhz_per_cpu', 'cpu_scaling_enabled', 'caches', 'library_build_type'):
            self.assertIn(key, made['context'])
        figures = {b['name']: b for b in made['benchmarks']}
        for bench in self.document['benchmarks']:
            entry = figures[bench['name']]
            self.assertEqual((entry['instructions'], entry['real_time'], entry['cpu_time']), (bench['median'],) * 3)    # 1 GHz
            self.assertEqual((entry['time_unit'], entry['run_type'], entry['iterations']), ('ns', 'iteration', bench['n']))

    def test_google_repetitions_are_boots(self):
        made = json.loads(self.kn('google-benchmark', X86, self.slower, X86).stdout)
        entries = [b for b in made['benchmarks'] if b['run_name'] == 'ipc.cross.w1']
        self.assertEqual([(b['run_type'], b['instructions']) for b in entries if b['run_type'] == 'iteration'], [('iteration', v) for v in (129, 258, 129)])
        self.assertEqual({b['aggregate_name']: b['instructions'] for b in entries if b['run_type'] == 'aggregate'},
                         {'mean': 172, 'median': 129, 'stddev': statistics.stdev((129, 258, 129))})

    def test_google_compare_reads_it(self):
        """The comparison tool of google-benchmark finds what was doubled."""
        for name, path in (('a', X86), ('b', self.slower)):
            self.kn('google-benchmark', path, '-o', os.path.join(self.dir, name))
        done = subprocess.run(['/usr/bin/python3', COMPARE, '--no-color', 'benchmarks', 'a', 'b'], cwd=self.dir, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if re.match(r'[\w.]+ +[+-]\d', line)}
        self.assertEqual(rows['ipc.cross.w1'], ['+1.0000', '+1.0000', '129', '258', '129', '258'])
        self.assertEqual(rows['ipc.cross.w8'][0], '+0.0000')

    def test_sel4bench_line(self):
        made = [json.loads(line) for line in self.kn('sel4bench', X86, self.spread).stdout.splitlines()]
        self.assertEqual(len(made), 2)
        for line in made:
            self.assertEqual(list(line)[:5], ['ts', 'sha', 'sha_kernel', 'sha_bench', 'run_id'])
            self.assertTrue(all(re.fullmatch(r'\w+', key) and len(value) == 8 for key, value in list(line.items())[5:]))
        values = sorted(samples.expand(self.runs))
        low, q1, middle, mean, q3, high, deviation, n = made[1]['ipc_cross_w1']
        self.assertEqual((low, middle, high, n), (90, 100, 400, 10))
        self.assertEqual([q1, q3], [statistics.quantiles(values, n=4, method='inclusive')[i] for i in (0, 2)])
        self.assertAlmostEqual(mean, statistics.mean(values))
        self.assertAlmostEqual(deviation, statistics.stdev(values), 1)

    def test_benchstat_lines(self):
        """As the specification of the Go benchmark data format has it: configuration, Unit, and result lines."""
        lines = self.kn('benchstat', X86, self.slower).stdout.splitlines()
        head = [line for line in lines if re.fullmatch(r'[a-z]+: \S+', line)]
        self.assertEqual([line.split(':')[0] for line in head], ['goos', 'goarch', 'pkg', 'cpu'])
        self.assertIn('Unit instructions/op better=lower assume=exact', lines)
        results = [re.fullmatch(r'(Benchmark[A-Z]\S*)\t(\d+)((?:\t[\d.]+ \S+)+)', line) for line in lines if line.startswith('Benchmark')]
        self.assertTrue(all(results))
        self.assertEqual([r[3] for r in results if r[1] == 'BenchmarkIpc.cross.w1'], ['\t129 instructions/op', '\t258 instructions/op'])
        self.assertEqual(len(results), 2 * len(self.document['benchmarks']))
        noisy = self.kn('benchstat', self.spread).stdout
        self.assertNotIn('assume=exact', noisy)
        self.assertIn('BenchmarkIpc.cross.w1\t10\t100 ticks/op\t250 cycles/op\t129 instructions/op', noisy)

    def test_perf_table(self):
        blocks = self.kn('perf-stat', self.spread).stdout.split(' Performance counter stats for ')
        block = next(b for b in blocks if b.startswith("'ipc.cross.w1'"))
        rows = re.findall(r'^ +([\d,.]+)      (\S.*?)(?:  .*)?$', block, re.M)
        self.assertEqual(rows, [('100', 'TSC ticks'), ('250', 'cycles'), ('129', 'instructions')])
        self.assertIn('0.52  insn per cycle, of medians', block)
        self.assertRegex(block, r'0\.000000100 seconds')
        exact = self.kn('perf-stat', X86).stdout
        self.assertNotIn('seconds', exact)                  # instructions are no time
        self.assertEqual(exact.count(' Performance counter stats for '), len(self.document['benchmarks']))

    def test_refusals(self):
        self.assertIn('boots of the same thing', self.kn('benchstat', X86, X86.replace('gcc', 'clang'), code=2).stderr)
        made = copy.deepcopy(self.document)
        made['platform'].pop('counter_hz', None)
        made['meta'].pop('stc_freq', None)
        self.assertIn('cannot be a time', self.kn('google-benchmark', self.file('timeless', made), code=2).stderr)

    def test_same_results_same_text(self):
        for form in export.FORMATS:
            self.assertEqual(self.kn(form, X86).stdout, self.kn(form, X86).stdout)


class Traces(unittest.TestCase):
    """Calls and returns, and the overhead."""

    class Program:
        """Functions of 0x100 bytes; a call stands at each address that ends in 0."""
        arch = 'x86_64'

        def __init__(self, base, names):
            self.base, self.names = base, names

        def function(self, pc):
            at = (pc - self.base) >> 8
            return (self.names[at], self.base + (at << 8)) if 0 <= at < len(self.names) else None

        def code(self, address, size=16):
            return b'\xe8' if address % 16 == 0 else b'\x90'

        def inlined(self, addresses):
            return {pc: [self.function(pc)[0], 'inlined'] for pc in addresses if pc & 0xf == 9}

    def setUp(self):
        self.kernel, self.root = self.Program(0x10000, ['entry', 'f', 'g']), self.Program(0x1000, ['timed', 'server'])

    def fold(self, *pcs, empty=()):
        return trace.fold(self.kernel, self.root, 'x', [list(pcs)], list(empty))

    def test_calls_returns_jumps(self):
        found = self.fold(0x1001, 0x1002, 0x10001, 0x10010, 0x10100, 0x10110, 0x10200, 0x10119, 0x10011, 0x10011, 0x10200, 0x1003)
        self.assertEqual(found, {'x;user;timed': 3, 'x;kernel;entry': 4, 'x;kernel;entry;f': 2, 'x;kernel;entry;f;g': 1, 'x;kernel;entry;f;inlined': 1,
                                 'x;kernel;g': 1})

    def test_overhead(self):
        self.assertEqual(self.fold(0x1001, 0x1002, 0x10001, 0x1003, empty=(1, 2)), {'x;user;timed': 1, 'x;kernel;entry': 1})
        self.assertRaisesRegex(Exception, 'longer than', self.fold, 0x1001, 0x10001, empty=(1, 2))

    def test_text_is_folded_stacks(self):
        counts = collections.Counter({'x;b': 2, 'x;a': 1})
        self.assertEqual(trace.text(counts), 'x;a 1\nx;b 2\n')

    def test_instructions(self):
        for code in ('e800000000', 'ffd0', '41ffd2', '3effd0', 'ff1500000000'):
            self.assertTrue(trace.is_call('x86_64', bytes.fromhex(code)), code)
        for code in ('c3', '0f05', 'ffe0', 'eb10', '90'):
            self.assertFalse(trace.is_call('x86_64', bytes.fromhex(code)), code)
        for word, call in ((0x94000010, True), (0xd63f0200, True), (0xd73f0a11, True), (0x14000010, False), (0xd65f03c0, False), (0xd61f0200, False)):
            self.assertEqual(trace.is_call('aarch64', word.to_bytes(4, 'little')), call, hex(word))
        self.assertEqual(trace.counter_reading('x86_64', bytes.fromhex('90 0f31 0f30 0f31')), [1, 5])
        self.assertEqual(trace.counter_reading('aarch64', b''.join(w.to_bytes(4, 'little') for w in (0xd53be042, 0xd53be000, 0xd53be05f))), [0, 8])

    def test_packets(self):
        """Framing and check sum of the remote protocol."""
        remote = gdb.Remote.__new__(gdb.Remote)
        sent, remote.buffer = [], b'+$T05#b9$OK#9a'

        class Socket:
            sendall = staticmethod(sent.append)
        remote.socket = Socket
        remote.run('c')
        remote.breakpoint(0x1000)
        self.assertEqual(sent, [b'$c#63', b'$Z0,1000,1#%02x' % (sum(b'Z0,1000,1') & 255)])
        remote.buffer = b'$W00#b7'
        self.assertRaisesRegex(Exception, 'machine ended', remote.run, 'c')


if __name__ == '__main__':
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of scripts/kn: the line protocol under damage, stored results, tables, charts, and each error with its exit code.

The emulator is a script that prints a prepared log, so nothing boots here. Run: test/tools/test_kn.py"""

import csv
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

import fakelog
from knlib import elf, emulator, errors, protocol, samples, store, tools

KN = os.path.join(tools.SCRIPTS, 'kn')
HELLO = b'\x7fELF\x02\x01\x01' + bytes(9) + b'\x02\x00\x3e\x00' + bytes(4 + 8) + (64).to_bytes(8, 'little') + bytes(14) + \
        (56).to_bytes(2, 'little') + bytes(8)               # an ELF64 header without program headers


def feed(lines):
    run = protocol.Run()
    for line in lines:
        run.feed(line)
    return run


class Samples(unittest.TestCase):
    def test_runs(self):
        self.assertEqual(samples.parse_runs('5*3,5*1,-7*2'), [[5, 4], [-7, 2]])
        for bad in ('', '5*0', '5*-1', 'x*1', '5*', '1*2*3'):
            self.assertRaises(ValueError, samples.parse_runs, bad)

    def test_summary(self):
        self.assertEqual(samples.summary([[3, 2], [1, 1], [9, 1]]), (1, 3, 9))
        self.assertEqual(samples.summary([[1, 1], [2, 1]]), (1, 1, 2))
        self.assertEqual(samples.summary([[-4, 1]]), (-4, -4, -4))

    def test_interval(self):
        def ranks(n):
            return samples.interval([[i, 1] for i in range(1, n + 1)])

        self.assertEqual([ranks(n) for n in (1, 5, 6, 8, 9, 100)], [(1, 1), (1, 5), (1, 6), (1, 8), (2, 8), (40, 61)])
        self.assertEqual(samples.interval([[7, 9999], [8, 1]]), (7, 7))

    def test_percentiles(self):
        self.assertEqual([len(samples.percentiles(n)) for n in (0, 19, 20, 99, 100, 999, 1000, 9999, 10000, 10 ** 6)], [0, 0, 1, 1, 2, 2, 3, 3, 4, 6])
        runs = [[i, 1] for i in range(1000, 0, -1)]
        self.assertEqual([samples.percentile(runs, p) for p in (0.5, 0.9, 0.99)], [500, 900, 990])
        self.assertEqual(samples.percentile(runs, 0.5), samples.summary(runs)[1])
        self.assertRaisesRegex(ValueError, 'p99.9 of 1000 samples', samples.percentile, runs, 0.999)
        self.assertEqual(samples.percentile([[7, 9990], [100, 10]], 0.999), 7)
        self.assertEqual(samples.percentile([[7, 9989], [100, 11]], 0.999), 100)
        self.assertEqual([samples.percentile_name(p) for p in samples.PERCENTILES], ['p50', 'p90', 'p99', 'p99.9', 'p99.99', 'p99.999'])

    def test_histogram(self):
        runs = [[1, 5], [10, 3], [99, 1], [1000, 1], [-3, 2]]
        bins = samples.histogram(runs, 2, 1, 100)
        self.assertEqual([round(edge) for low, high, _ in bins for edge in (low, high)], [1, 10, 10, 100])
        self.assertEqual([round(share, 6) for _, _, share in bins], [round(7 / 12, 6), round(5 / 12, 6)])
        self.assertAlmostEqual(sum(share for _, _, share in samples.histogram(runs, 7, 3, 5)), 1)

    def test_pack(self):
        runs = [[i, i + 1] for i in range(200)]
        packed = store.pack(runs)
        self.assertEqual(store.unpack(packed), runs)
        self.assertLessEqual(max(map(len, packed)), store.WIDTH)


class Protocol(unittest.TestCase):
    def test_good(self):
        run = feed(fakelog.log(fakelog.lines()).split(b'\n'))
        self.assertEqual(run.verdict(), [])
        self.assertEqual(len(run.benchmarks), len(fakelog.BENCHES))
        self.assertEqual(run.skipped, [{'name': 'vm-exit', 'reason': 'no SVM'}])

    def test_noise_on_the_line(self):
        run = feed([b'[  0] \x1b[0m\xff' + line + b'\r' for line in fakelog.lines()])
        self.assertEqual(run.verdict(), [])

    def test_kernel_line_inside(self):
        lines = fakelog.lines()
        lines[3] = lines[3][:20] + b'[ 0] a kernel message' + lines[3][20:]
        self.assertIn('wrong CRC', feed(lines).verdict()[0])

    def test_every_single_damage_is_seen(self):
        good = fakelog.lines(benches=fakelog.BENCHES[:2], count=3)
        for index in range(len(good)):
            if b' skip ' not in good[index] and b' meta ' not in good[index]:
                self.assertTrue(feed(good[:index] + good[index + 1:]).verdict(), 'line %d lost' % index)
            for at in range(len(b'KN1 ') if index else 0, len(good[index]) - 1):
                changed = good[index][:at] + bytes([good[index][at] ^ 1]) + good[index][at + 1:]
                self.assertTrue(feed(good[:index] + [changed] + good[index + 1:]).verdict(), changed)
            cut = good[index][:len(good[index]) // 2]
            self.assertTrue(feed(good[:index] + [cut] + good[index + 1:]).verdict(), cut)

    def test_cut_line_glued_to_a_whole_one(self):
        good = fakelog.lines()
        kind, word, damage = protocol.decode(good[0][:15] + good[1])
        self.assertEqual(kind, 'meta')
        self.assertIn('cut line', damage)

    def test_begin_starts_over(self):
        self.assertEqual(feed([b'KN1 half a line'] + fakelog.lines()).verdict(), [])

    def test_wrong_figures(self):
        lines = [protocol.encode('begin', 'suite=s schema=2')] + fakelog.bench_lines('a', 'g', 'x', [[5, 3]])
        lines[-1] = protocol.encode('result', 'name=a n=3 min=5 median=6 max=5')
        self.assertIn('samples give', feed(lines).verdict()[0])
        lines[-1] = protocol.encode('result', 'name=a n=4 min=5 median=5 max=5')
        self.assertIn('4 samples announced', feed(lines).verdict()[0])

    def test_stages(self):
        stages = [('a', [[1, 2], [2, 1]]), ('b', [[4, 1], [5, 2]]), ('c', [[0, 3]])]     # 5, 6, 7

        def verdict(runs, parts, change=lambda lines: lines):
            lines = fakelog.bench_lines('x', 'g', 'o', runs, stages=parts)
            return feed([protocol.encode('begin', 'suite=s schema=2')] + change(lines) + [protocol.encode('done', 'benches=1 failed=0')]).verdict()

        runs = [[5, 1], [6, 1], [7, 1]]
        self.assertEqual(verdict(runs, stages), [])
        self.assertIn('sample 2 is 8, but its stages add up to 7', verdict([[5, 1], [6, 1], [8, 1]], stages)[0])
        self.assertIn('sample 0 is 5, but its stages add up to 7', verdict(runs, [('a', [[2, 1], [1, 2]])] + stages[1:] + [('d', [[1, 3]])])[0])
        self.assertIn('3 samples, but stages with 2, 3', verdict(runs, stages[:2] + [('c', [[0, 2]])])[0])
        for lost in (2, 3, 4):                              # c adds nothing to the sum, and is missed all the same
            self.assertTrue(verdict(runs, stages, lambda lines, lost=lost: lines[:lost] + lines[lost + 1:]))
        self.assertTrue(verdict(runs, stages, lambda lines: lines[:3] + lines[2:]))         # one twice
        self.assertTrue(verdict(runs, stages, lambda lines: lines[:-1] + [fakelog.bench_lines('x', 'g', 'o', runs)[-1]]))

    def test_damage_in_stages_is_seen(self):
        good = fakelog.traced_lines()
        self.assertEqual(feed(good).verdict(), [])
        for index in range(2, len(good)):
            self.assertTrue(feed(good[:index] + good[index + 1:]).verdict(), good[index])

    def test_failed_benchmark(self):
        lines = fakelog.lines()[:-1] + [protocol.encode('fail', 'name=x reason=status~BAD_CAP'),
                                        protocol.encode('done', 'benches=%d failed=1' % len(fakelog.BENCHES))]
        self.assertEqual(feed(lines).verdict(), ['benchmark x failed: status BAD_CAP'])

    def test_lost_benchmark(self):
        lines = fakelog.lines()
        self.assertEqual(feed(lines[:2] + lines[5:]).verdict(), ["'done' says 16 benchmarks, 15 'bench' lines seen"])

    def test_first_schema(self):
        run = feed(fakelog.lines(schema=1))
        self.assertEqual(run.verdict(), [])
        self.assertNotIn('kind', run.benchmarks[0])

    def test_second_schema(self):
        run = feed(fakelog.lines())
        self.assertEqual(run.verdict(), [])
        self.assertEqual({k: run.benchmarks[0][k] for k in ('kind', 'cpus', 'stop', 'ci')}, {'kind': 'round-trip', 'cpus': 1, 'stop': 'fixed', 'ci': [40, 40]})
        old = fakelog.lines(schema=1)                       # a word of the second schema is missed there
        self.assertIn("'bench' line without 'kind'", feed([fakelog.lines()[0]] + old[1:]).verdict()[0])

    def lines_of(self, *lines):
        return feed([protocol.encode('begin', 'suite=s schema=2'), *lines, protocol.encode('done', 'benches=1 failed=0')])

    def test_interval(self):
        good = fakelog.bench_lines('a', 'g', 'x', [[1, 40], [2, 20], [3, 40]], stop='narrow')
        run = self.lines_of(*good)
        self.assertEqual((run.verdict(), run.benchmarks[0]['stop'], run.benchmarks[0]['ci']), ([], 'narrow', [1, 3]))
        for old, new, message in (('ci=1,3', 'ci=1,2', 'but the samples give 1,3'), ('stop=narrow', 'stop=tired', 'unknown stop')):
            text = good[-1].decode().split(' *')[0].replace('KN1 result ', '').replace(old, new)
            self.assertIn(message, self.lines_of(*good[:-1], protocol.encode('result', text)).verdict()[0])

    def test_counters(self):
        counters = [('cycles', [[700, 50], [710, 50]]), ('instructions', [[i, 1] for i in range(60)])]
        good = fakelog.bench_lines('a', 'g', 'x', [[5, 100]], counters=counters)
        run = self.lines_of(*good)
        self.assertEqual(run.verdict(), [])
        self.assertEqual([(c['name'], c['overhead'], c['n'], c['median']) for c in run.benchmarks[0]['counters']],
                         [('cycles', 3, 100, 700), ('instructions', 3, 60, 29)])
        for index in range(1, len(good)):
            self.assertTrue(self.lines_of(*good[:index], *good[index + 1:]).verdict(), good[index])
            if index + 1 < len(good):
                self.assertTrue(self.lines_of(*good[:index], good[index + 1], good[index], *good[index + 2:]).verdict(), good[index])
        self.assertIn('second batch of counter cycles', self.lines_of(*good[:4], *good[2:]).verdict()[0])

    def test_newer_protocol(self):
        self.assertIn('schema 3', feed([protocol.encode('begin', 'suite=s schema=3')]).verdict()[0])
        self.assertIn('unknown line kind', feed([protocol.encode('begin', 'suite=s schema=1'), protocol.encode('news', 'a=1')]).verdict()[0])


class CommandLines(unittest.TestCase):
    def test_comma_in_initrd(self):
        m = emulator.Machine(kernel='k', root='r', root_args='bench=a,b')
        line = emulator.qemu_command(m)
        self.assertEqual(line[line.index('-initrd') + 1], 'r bench=a,,b')

    def test_boot_arguments(self):
        m = emulator.Machine(arch='aarch64', kernel='k', root='r', root_args='bench=a,b')
        line = emulator.qemu_command(m)
        self.assertEqual((line[line.index('-append') + 1], line[line.index('-initrd') + 1]), ('serial -- bench=a,b', 'r'))

    def test_names(self):
        self.assertEqual(emulator.Machine().name, 'qemu-q35-icount')
        self.assertEqual(emulator.Machine(icount=False, smp=2).name, 'qemu-q35-smp2')
        self.assertEqual(emulator.Machine(emulator='bochs').ticks_are, 'instructions')
        self.assertEqual(emulator.Machine(icount=False).ticks_are, 'tsc')
        self.assertEqual(emulator.Machine(arch='aarch64').name, 'qemu-virt-icount')
        self.assertEqual(emulator.Machine(arch='aarch64', icount=False).ticks_are, 'cntvct')

    def test_packages(self):
        for proof in ('gcc', 'qemu-system-x86_64', 'gnuplot', 'py:jsonschema', 'grub-mkrescue'):
            self.assertIn(proof, tools.packages())


class Arm64(unittest.TestCase):
    """How QEMU is to start an ELF file for aarch64."""

    def kernel(self, code):
        head = struct.pack('<4sBBBB8xHHIQQQIHHHHHH', b'\x7fELF', 2, 1, 1, 0, 2, 183, 1, 0x4e000000, 64, 0, 0, 64, 56, 2, 0, 0, 0)
        empty = struct.pack('<IIQQQQQQ', 1, 6, 176, 0, 0, 0, 0, 8)
        load = struct.pack('<IIQQQQQQ', 1, 7, 176, 0xffff80000000, 0x4e000000, len(code), len(code) + 99, 4096)
        file = tempfile.NamedTemporaryFile(suffix='.elf')
        self.addCleanup(file.close)
        file.write(head + empty + load + code)
        file.flush()
        return file.name

    def image(self, code):
        with tempfile.NamedTemporaryFile() as out:
            more = elf.make_arm64(self.kernel(code), out.name, 0x48000000)
            return more, out.read()

    def test_own_header(self):
        code = bytes(range(56)) + b'ARM\x64' + b'xyz'
        self.assertEqual(self.image(code), (False, code))

    def test_legacy_launch(self):
        more, image = self.image(b'no header' * 9)
        self.assertTrue(more)
        self.assertEqual(image[56:60], b'ARM\x64')
        self.assertEqual(struct.unpack('<QQ', image[-16:]), (0x48000000, 0x4e000000))      # root task, entry point

    def test_place(self):
        image = elf.place_image(elf.legacy_launch(0x40200000, 0x50000000, 0x1234), 0x7000000)
        self.assertEqual(struct.unpack('<QQ', image[8:24]), (0x7000000, len(image)))
        self.assertEqual(struct.unpack('<QQQ', image[-24:]), (0x1234, 0x50000000, 0x40200000))

    def test_entry_offset(self):
        with open(self.kernel(b'code'), 'rb') as file:
            data = bytearray(file.read())
        self.assertRaises(errors.KnError, elf.entry_offset, data)        # it is a physical address here
        struct.pack_into('<Q', data, 24, 0xffff80000002)
        self.assertEqual(elf.entry_offset(data), 178)


class Commands(unittest.TestCase):
    """kn as a user runs it, with an emulator that prints `self.console`."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='kn-test-')
        self.addCleanup(shutil.rmtree, self.dir)
        self.bin = os.path.join(self.dir, 'bin')
        os.mkdir(self.bin)
        self.file('kernel.elf', HELLO)
        self.file('root.elf', HELLO)
        self.script('objcopy', 'for last; do :; done; echo x > "$last"')
        self.emulator(fakelog.log(fakelog.lines()))

    def file(self, name, data):
        path = os.path.join(self.dir, name)
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def script(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, 'w', encoding='ascii') as file:
            file.write('#!/bin/sh\n' + text + '\n')
        os.chmod(path, 0o755)

    def emulator(self, console, end='exit 1'):
        self.script('qemu-system-x86_64', 'case "$*" in --version) echo "QEMU emulator version 9.9.9"; exit;; esac\n'
                    'cat %s\n%s' % (self.file('console', console), end))

    def kn(self, *words, path=None, code=0):
        env = dict(os.environ, PATH=path or self.bin + ':/usr/bin:/bin', KN_BUILD=os.path.join(self.dir, 'build'))
        env.pop('SOURCE_DATE_EPOCH', None)
        done = subprocess.run([KN] + list(words), capture_output=True, text=True, env=env, cwd=self.dir, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done

    def run_kn(self, *words, code=0, **more):
        return self.kn('run', '--kernel', 'kernel.elf', '--root', 'root.elf', '--timeout', '5', *words, code=code, **more)

    def record(self, name='results/r1/m/c.json', column=3, *words):
        self.emulator(fakelog.log(fakelog.lines(column)))
        self.run_kn('-o', name, *words)
        return name

    def test_run_and_collect(self):
        out = self.record()
        with open(os.path.join(self.dir, out), encoding='ascii') as file:
            first = file.read()
        document = json.loads(first)
        self.assertEqual(document['release'], 'r1')
        self.assertEqual(document['configuration'], 'c')
        self.assertEqual(document['ticks_are'], 'instructions')
        self.assertEqual(document['emulator']['version'], 'QEMU 9.9.9')
        self.assertIn("-initrd root.elf", document['emulator']['command'])
        self.assertEqual(document['kernel']['banner'], 'Kilonova 1.0 (x86_64): [gcc 12.2.0]')
        self.record()
        with open(os.path.join(self.dir, out), encoding='ascii') as file:
            self.assertEqual(file.read(), first)            # byte-identical
        self.kn('collect', 'build/last.log', '-o', 'again.json', '--release', 'r1', '--configuration', 'c')
        with open(os.path.join(self.dir, 'again.json'), encoding='ascii') as file:
            self.assertEqual(file.read(), first)

    def test_collect_of_a_foreign_log(self):
        self.file('bare.log', fakelog.log(fakelog.lines()))
        self.assertIn('give --machine', self.kn('collect', 'bare.log', '-o', 'a.json', code=2).stderr)
        self.kn('collect', 'bare.log', '-o', 'a.json', '--machine', 'x230', '--ticks', 'tsc')
        self.assertIn('TSC ticks', self.kn('show', 'a.json').stdout)

    def test_run_ends_with_done_even_if_the_machine_stays(self):
        self.emulator(fakelog.log(fakelog.lines()), 'exec sleep 60')
        self.run_kn()

    def test_run_errors(self):
        missing = self.kn('run', '--kernel', 'nothere.elf', code=2).stderr
        self.assertIn('nothere.elf does not exist', missing)
        self.file('text', b'hello')
        self.assertIn('is not an ELF file', self.kn('run', '--kernel', 'text', code=2).stderr)
        for words in (('--smp', '0'), ('--memory', '0'), ('--timeout', 'nan')):
            self.assertRegex(self.run_kn(*words, code=2).stderr, words[0] + ' wants a number .*above 0')
        wrong = self.run_kn('-o', 'x.txt', code=2)
        self.assertEqual((wrong.stdout, wrong.stderr), ('', 'kn run: -o x.txt: the name of a result ends in .json\n'))

        self.emulator(fakelog.log(fakelog.lines())[:400], 'exec sleep 60')
        late = self.run_kn('--timeout', '0.5', code=1).stderr
        self.assertIn("no line 'done' within 0.5 s", late)
        self.assertIn('last console lines:', late)

        self.emulator(fakelog.log(fakelog.lines()[:6]), 'exit 3')
        self.assertIn("QEMU ended with status 3 in benchmark ipc.1pd.w1 before the line 'done'", self.run_kn(code=1).stderr)

        self.emulator(fakelog.NOISE + b'[ 0] panic: no memory\r\n', 'exec sleep 60')
        self.assertIn('trouble: [ 0] panic: no memory', self.run_kn(code=1).stderr)

        damaged = fakelog.log(fakelog.lines()).replace(b'group=ipc', b'group=ipX', 1)
        self.emulator(damaged)
        self.assertIn('wrong CRC', self.run_kn(code=1).stderr)

        self.emulator(b'', 'echo "qemu: bad option -x" >&2; exit 1')
        self.assertIn('qemu: bad option -x', self.run_kn(code=1).stderr)

    def test_every_pattern_names_something(self):
        for patterns, wrong in (('ipc.*,sem.X', 'sem.X'), ('ipc.*,[i]pc.*', '[i]pc.*'), ('IPC.*', 'IPC.*')):
            self.assertIn("--bench '%s' names no benchmark" % wrong, self.run_kn('-o', 'x.json', '--bench', patterns, code=2).stderr)
        self.assertIn('commas between patterns', self.run_kn('-o', 'x.json', '--bench', 'ipc.* null', code=2).stderr)
        self.assertFalse(os.path.exists(os.path.join(self.dir, 'x.json')))
        self.run_kn('-o', 'x.json', '--bench', 'ipc.*+nul?,*')

    def test_output_that_cannot_be_written(self):
        name = self.record()
        words = {'show': [name], 'export': ['benchstat', name], 'compare': [name, name]}
        for command, more in words.items():
            for shell, fault in (('exec "$@" > /dev/full', 'No space left on device'), ('exec "$@" >&-', 'standard output is closed')):
                done = subprocess.run(['sh', '-c', shell, 'sh', KN, command, *more], capture_output=True, text=True, cwd=self.dir, check=False)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, r'\Akn %s: .*%s\n\Z' % (command, fault))

    def test_names_that_are_no_folders(self):
        self.run_kn()
        log = os.path.join(self.dir, 'build', 'last.log')
        for option in ('machine', 'release', 'configuration'):
            for bad in ('../x', 'a b', '.x', 'a/b'):
                error = self.kn('collect', log, '-o', 'x.json', '--' + option, bad, code=2).stderr
                self.assertIn("--%s '%s': letters, digits" % (option, bad), error)
        self.assertFalse(os.path.exists(os.path.join(self.dir, 'x.json')))

    def test_much_damage_is_told_in_few_lines(self):
        log = self.file('damaged.log', fakelog.log(fakelog.lines()).replace(b'group=ipc', b'group=ipX'))
        for words in (['-o', 'x.json'], ['-o', 'folder']):
            self.assertLess(len(self.kn('collect', log, *words, code=1).stderr.splitlines()), 9)

    def test_objcopy_fails(self):
        self.script('objcopy', 'echo "objcopy: first"; echo "objcopy: kernel.elf: file truncated" >&2; exit 1')
        self.assertRegex(self.run_kn(code=1).stderr, r'(?m)^kn run: objcopy cannot make .*kernel.elf: objcopy: kernel.elf: file truncated$')

    def test_one_is_not_many(self):
        self.emulator(fakelog.log(fakelog.lines(benches=fakelog.BENCHES[:1], count=1)))
        self.assertIn('1 benchmark, ', self.run_kn('-o', 'one.json').stdout)
        other = self.record('other.json', 4)
        text = self.kn('show', 'one.json', '--reference', other).stdout
        self.assertIn(', 1 sample each\n', text)
        self.assertIn('geometric mean of 1 ratio: ', text)
        self.assertIn('only measured on', text)
        self.emulator(fakelog.log(fakelog.lines(benches=fakelog.BENCHES[:1], count=1)))
        self.run_kn('-o', 'one.json', '--bench', 'null')    # who chose one knows that there are others
        self.assertNotIn('only measured on', self.kn('show', 'one.json', '--reference', other).stdout)

    def test_missing_tools(self):
        bare = os.path.join(self.dir, 'bare')
        os.mkdir(bare)
        os.symlink('/usr/bin/git', os.path.join(bare, 'git'))
        self.assertIn('Debian package qemu-system-x86; run: make deps', self.run_kn(path=bare, code=3).stderr)
        self.record()
        self.assertIn('Debian package gnuplot-nox', self.kn('plot', 'results/r1/m/c.json', path=bare, code=3).stderr)

    def test_failed_run_writes_no_result(self):
        self.emulator(fakelog.log(fakelog.lines()[:-1]))
        self.run_kn('-o', 'x.json', code=1)
        self.assertFalse(os.path.exists(os.path.join(self.dir, 'x.json')))

    def test_show(self):
        ours, other = self.record(), self.record('other.json', 4, '--release', 'nova-24.08.0', '--label', 'nova-24.08.0')
        text = self.kn('show', ours, '--reference', other).stdout
        self.assertIn('Unit: instructions per operation', text)
        row = next(line for line in text.splitlines() if line.startswith('ipc.2pd.w1'))
        self.assertEqual(row.split()[-5:], ['139', '139', '139', '278', '0.50'])
        self.assertIn('NOVA 24.08', text)
        table = list(csv.DictReader(io.StringIO(self.kn('show', ours, '--reference', other, '--format', 'csv').stdout)))
        self.assertEqual(table[0]['NOVA 24.08'], '52')
        data = json.loads(self.kn('show', ours, other, '--reference', 'none', '--format', 'json').stdout)
        self.assertEqual(data['benchmarks'][0]['figures'][1]['median'], 52)
        self.assertIn('| ---: |', self.kn('show', ours, '--format', 'markdown').stdout)

    def pair(self):
        """Results of two architectures: the second is the first one with another name and other figures."""
        first = self.record('x86.json', 3, '--release', 'r1', '--label', 'kilonova-r1')
        self.record('arm.json', 4, '--release', 'r1', '--label', 'kilonova-r1')
        path = os.path.join(self.dir, 'arm.json')
        with open(path, encoding='ascii') as file:
            text = file.read()
        with open(path, 'w', encoding='ascii') as file:
            file.write(text.replace('"arch": "x86_64"', '"arch": "aarch64"').replace('"machine": "qemu-q35-icount"', '"machine": "qemu-virt-icount"'))
        return first, 'arm.json'

    def test_show_architectures(self):
        files = self.pair()
        text = self.kn('show', *files, '--reference', 'none').stdout
        self.assertRegex(text, r'\n +\| +x86_64 +\| +aarch64')
        row = next(line for line in text.splitlines() if line.startswith('ipc.2pd.w1'))
        self.assertEqual(row.split('|')[1:], [' ' * 7 + '139  ', ' ' * 7 + '278'])
        self.assertIn('\naarch64: Kilonova r1, no reference, on qemu-virt-icount; ', text)
        other = self.record('other.json', 4, '--release', 'nova-24.08.0', '--label', 'nova-24.08.0')
        text = self.kn('show', *files, '--reference', other).stdout        # it is of x86_64
        row = next(line for line in text.splitlines() if line.startswith('ipc.2pd.w1 '))
        self.assertEqual([cell.split() for cell in row.split('|')[1:]], [['139', '278', '0.50'], ['278']])
        self.assertRegex(text, r'\nx86_64: geometric mean of 16 ratios: 0\.\d\d\n')
        data = json.loads(self.kn('show', *files, '--reference', other, '--format', 'json').stdout)
        self.assertEqual([c['title'] for c in data['columns']], ['x86_64', 'aarch64'])
        self.assertEqual([c and c['ratio'] for c in data['benchmarks'][1]['columns']], [0.5039, None])
        table = list(csv.DictReader(io.StringIO(self.kn('show', *files, '--reference', other, '--format', 'csv').stdout)))
        self.assertEqual((table[0]['x86_64 NOVA 24.08'], table[0]['aarch64 Kilonova r1']), ('52', '52'))
        self.assertIn('| x86_64 ratio |', self.kn('show', *files, '--reference', other, '--format', 'markdown').stdout)

    def test_show_architectures_short(self):
        files = self.pair()
        for name in files:                                  # no benchmark has a name as long as the heading
            path = os.path.join(self.dir, name)
            with open(path, encoding='ascii') as file:
                document = json.load(file)
            document['benchmarks'] = [bench for bench in document['benchmarks'] if len(bench['name']) < len('benchmark')]
            self.assertTrue(document['benchmarks'])
            with open(path, 'w', encoding='ascii') as file:
                json.dump(document, file)
        text = self.kn('show', *files, '--reference', 'none').stdout
        bars = {tuple(i for i, c in enumerate(line) if c in '|+') for line in text.splitlines() if ' |' in line or '-+-' in line}
        self.assertEqual(len(bars), 1, text)                # columns stand below each other

    def test_plot_architectures(self):
        files = self.pair()
        other = self.record('other.json', 4, '--label', 'nova-24.08.0')
        self.kn('plot', *files, '--reference', other, '-o', 'both')
        self.kn('plot', *files, '--reference', 'none', '-o', 'alone')
        for name in ('both', 'alone'):
            with open(os.path.join(self.dir, name + '.svg'), 'rb') as file:
                self.assertIn(b'aarch64', file.read())
        self.assertIn('wants -o', self.kn('plot', *files, code=2).stderr)
        self.assertIn('one of each architecture', self.kn('plot', files[0], files[0], '-o', 'x', code=2).stderr)

    def record_traced(self, name, stages=None):
        self.emulator(fakelog.log(fakelog.traced_lines(stages)))
        self.run_kn('--append', 'serial trace=ipc', '-o', name)
        return name

    def test_show_stages(self):
        traced = self.record_traced('results/r1/m/traced.json')
        self.emulator(fakelog.log(fakelog.lines(benches=[('ipc.2pd.w1', 'ipc', 'call and reply', 139, 278)])))
        self.run_kn('-o', 'plain.json', '--release', 'r1')
        text = self.kn('show', '--stages', traced, 'plain.json').stdout
        rows = {line.split('  ')[0]: line.split()[-2:] for line in text.splitlines()}
        self.assertEqual([line.split()[0] for line in text.splitlines() if line.endswith(' %')],
                         ['caller', 'call.copy', 'server', 'reply.copy', 'sum'])
        self.assertIn('call.copy           60   43.2 %', text)
        self.assertEqual(rows['trace points'][-1], '42')
        self.assertEqual(rows['traced total'][-1], '181')
        self.assertEqual(rows['untraced total'][-1], '139')
        self.assertIn('Stages of a round trip', self.kn('show', traced).stdout)      # '-' where the untraced one would be
        self.assertIn('| call.copy | 60 | 43.2 % |', self.kn('show', traced, '--format', 'markdown').stdout)
        data = json.loads(self.kn('show', traced, 'plain.json', '--format', 'json').stdout)
        self.assertEqual(data['stages'][0][0]['stages']['server'], 3)
        self.assertEqual(data['stages'][0][0]['untraced'], 139)
        self.assertIn('has stages', self.kn('show', '--stages', 'plain.json', code=2).stderr)

    def test_stages_that_are_not_the_untraced_operation(self):
        self.emulator(fakelog.log(fakelog.lines(benches=[('ipc.2pd.w1', 'ipc', 'call and reply', 139, 278)])))
        self.run_kn('-o', 'plain.json', '--release', 'r1')
        less = self.record_traced('less.json', [(name, ticks - (name == 'server')) for name, ticks in fakelog.STAGES])
        self.assertIn('trace.2pd.w1: the stages add up to 138, untraced it is 139', self.kn('show', '--stages', less, 'plain.json', code=1).stderr)
        self.assertIn('no untraced figure', self.kn('show', '--stages', less, code=1).stderr)
        # What a traced kernel measures is not it
        self.emulator(fakelog.log(fakelog.traced_lines()[:2] + fakelog.bench_lines('ipc.2pd.w1', 'ipc', 'o', [[139, 10]]) + fakelog.traced_lines()[-1:]))
        self.run_kn('-o', 'not-plain.json', '--release', 'r1')
        good = self.record_traced('good.json')
        self.assertIn('no untraced figure', self.kn('show', '--stages', good, 'not-plain.json', code=1).stderr)

    def test_show_percentiles(self):
        lines = fakelog.lines()[:2] + fakelog.bench_lines('null', 'null', 'o', [[40, 9980], [90, 20]])
        lines += fakelog.bench_lines('few', 'null', 'o', [[7, 99]]) + [protocol.encode('done', 'benches=2 failed=0')]
        self.emulator(fakelog.log(lines))
        self.run_kn('--no-icount', '-o', 'r.json')
        rows = {line.split()[0]: line.split() for line in self.kn('show', 'r.json', '--reference', 'none').stdout.splitlines() if line}
        self.assertEqual(rows['benchmark'][-5:], ['min', 'median', 'p99', 'p99.9', 'max'])
        self.assertEqual(rows['null'][-5:], ['40', '40', '40', '90', '90'])
        self.assertEqual(rows['few'][-5:], ['7', '7', '-', '-', '7'])
        figures = json.loads(self.kn('show', 'r.json', '--format', 'json').stdout)['benchmarks'][0]['figures'][0]
        self.assertEqual(figures['percentiles'], {'p50': 40, 'p90': 40, 'p99': 40, 'p99.9': 90})
        self.run_kn('-o', 'exact.json')                     # where ticks are instructions there is no tail
        self.assertNotIn('p99', self.kn('show', 'exact.json').stdout)

    def test_edited_stages(self):
        path = os.path.join(self.dir, self.record_traced('t.json'))
        with open(path, encoding='ascii') as file:
            good = file.read()
        with open(path, 'w', encoding='ascii') as file:
            file.write(good.replace('"60*10"', '"61*10"'))
        self.assertIn('sample 0 is 181, but its stages add up to 182; the file was edited', self.kn('show', path, code=1).stderr)

    def test_what_is_no_result(self):
        self.assertIn('. is a folder; name a result in it', self.kn('show', '.', code=2).stderr)
        self.file('deep.json', b'[' * 100000)
        self.assertIn('deep.json is not JSON: ', self.kn('show', 'deep.json', code=1).stderr)

    def test_broken_results(self):
        path = os.path.join(self.dir, self.record())
        with open(path, encoding='ascii') as file:
            good = file.read()
        for old, new, message in (('"schema": 2', '"schema": 9', 'schema version 9'), ('"median": 139', '"median": 138', 'edited by hand'),
                                  ('"tsc"', '"tsc"', ''), ('"ticks_are": "instructions"', '"ticks_are": "bogus"', 'ticks_are'), (good, '{', 'not JSON')):
            with open(path, 'w', encoding='ascii') as file:
                file.write(good.replace(old, new))
            if message:
                self.assertIn(message, self.kn('show', path, code=1).stderr)

    def test_plot(self):
        ours, other = self.record(), self.record('other.json', 4, '--label', 'nova-24.08.0')
        self.kn('plot', ours, '--reference', other, '-o', 'chart')
        self.kn('plot', ours, '--reference', 'none', '-o', 'alone')
        for name in ('chart', 'alone'):
            for suffix, start in (('svg', b'<?xml'), ('png', b'\x89PNG')):
                with open(os.path.join(self.dir, name + '.' + suffix), 'rb') as file:
                    self.assertEqual(file.read(len(start)), start)

    def test_help(self):
        for command in ('run', 'collect', 'show', 'plot', 'cfp', 'tools'):
            self.assertIn('examples:', self.kn(command, '--help').stdout)
        self.kn('nonsense', code=2)


class Elf(unittest.TestCase):
    def test_shift(self):
        header = bytearray(84)
        header[:7] = b'\x7fELF\x01\x01\x01'
        header[24:28] = (0x404000).to_bytes(4, 'little')
        header[28:32] = (52).to_bytes(4, 'little')
        header[42:46] = b'\x20\x00\x01\x00'
        header[52:56] = (1).to_bytes(4, 'little')
        header[64:68] = (0x400000).to_bytes(4, 'little')
        moved = elf.shift(bytes(header), 0x200000)
        self.assertEqual(elf.entry_point(moved), 0x604000)
        self.assertEqual(int.from_bytes(moved[64:68], 'little'), 0x600000)
        self.assertEqual(elf.shift(moved, -0x200000), bytes(header))


if __name__ == '__main__':
    sys.exit(unittest.main())

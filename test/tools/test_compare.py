#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of kn compare, history and gate: results of known truth, each verdict and each error with its exit code.

Nothing boots here, but for a script in place of the emulator. Run: test/tools/test_compare.py"""

import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

import fakelog                                              # noqa: F401 (sets the path)
import numpy

from knlib import boots, gate, origin, samples, statistics, store, tools

KN = os.path.join(tools.SCRIPTS, 'kn')
GCC = 'gcc (Debian 12.2.0-14+deb12u1) 12.2.0'
EXACT = {'null': [[38, 100]], 'ipc.same.w1': [[123, 100]], 'ipc.cross.w1': [[129, 100]], 'create.ec': [[1152, 99], [3000, 1]]}


def document(benchmarks, *, ticks='instructions', machine='qemu-q35-icount', release='26.48.3', sha='a', date=None, configuration='x86_64-gcc-none',
             compiler=GCC, commit='abc1234', meta=None, skipped=()):
    """A result with these samples."""
    made = []
    for name, runs in benchmarks.items():
        low, median, high = samples.summary(runs)
        made.append({'name': name, 'group': name.split('.')[0], 'variant': 'warm', 'unit': 'ticks', 'op': name, 'iterations': samples.count(runs),
                     'overhead': 7, 'samples': runs, 'n': samples.count(runs), 'min': low, 'median': median, 'max': high})
    return {'schema': 1, 'suite': 'kilonova', 'release': release, 'machine': machine, 'configuration': configuration, 'ticks_are': ticks,
            'kernel': {'arch': 'x86_64', 'sha256': sha * 64, 'title': 'Kilonova ' + release, 'compiler': compiler,
                       'banner': 'Kilonova %s x86_64, %s' % (commit, compiler)},
            'root': {'sha256': 'f' * 64}, 'emulator': None, 'meta': meta or {}, 'benchmarks': made,
            'skipped': [{'name': n, 'reason': r} for n, r in skipped], 'run': {'date': date} if date else {}}


class Files(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.dir = scratch.name

    def write(self, name, *args, **more):
        path = os.path.join(self.dir, name)
        store.write(document(*args, **more), path)
        return path

    def kn(self, status, *words, env=None):
        """Output and errors together."""
        done = subprocess.run([KN, *words], capture_output=True, text=True, check=False, env=dict(os.environ, **(env or {})))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done.stdout + done.stderr

    def json(self, status, *words):
        return json.loads(self.kn(status, *words, '--format', 'json'))

    def boots(self, name, levels, noise=0.003, seed=1, number=7, start=0, step=2, sha='a', **more):
        """A folder of boots of a noisy machine; `levels`: {benchmark: ticks}. Boot i was taken at start + step * i."""
        random = numpy.random.default_rng(seed)
        for i in range(number):
            runs = {key: [[round(level * (1 + noise * random.normal())), 50]] for key, level in levels.items()}
            second = start + step * i
            self.write(os.path.join(name, 'boot-%02d.json' % i), runs, ticks='tsc', machine='x230', sha=sha,
                       date='2026-01-01T00:%02d:%02dZ' % (second // 60, second % 60), **more)
        return os.path.join(self.dir, name)

    LEVELS = {'null': 20000, 'ipc.same.w1': 30000, 'ipc.cross.w1': 40000}


class CompareExact(Files):
    def test_one_instruction(self):
        old = self.write('old.json', EXACT)
        new = self.write('new.json', dict(EXACT, null=[[39, 100]]), sha='b')
        out = self.kn(1, 'compare', old, new)
        self.assertRegex(out, r'(?m)^null +38 +39 +\+1 +\+2.63 % +slower$')
        self.assertIn('4 benchmarks: 1 slower, 0 faster, 0 unsure, 3 same', out)
        self.assertNotIn('ipc.same.w1', out)
        self.assertIn('ipc.same.w1', self.kn(1, 'compare', '--all', old, new))
        row = self.json(0, 'compare', new, old)['comparisons'][0]['benchmarks'][0]
        self.assertEqual((row['name'], row['verdict'], row['shift'], row['decided']), ('null', 'faster', -1, 'median'))
        self.kn(1, 'compare', '--same', new, old)

    def test_same(self):
        old, new = self.write('old.json', EXACT), self.write('new.json', EXACT, sha='b')
        found = self.json(0, 'compare', '--same', old, new)['comparisons'][0]
        self.assertEqual((found['counts'], found['identical']), ({'slower': 0, 'faster': 0, 'unsure': 0, 'same': 4}, False))
        self.assertIn('binaries are identical', self.kn(0, 'compare', old, old))

    def test_same_median_other_samples(self):
        old = self.write('old.json', EXACT)
        new = self.write('new.json', dict(EXACT, **{'create.ec': [[1152, 98], [3000, 2]]}))
        self.assertIn('slower (sum 118896, was 117048)', self.kn(1, 'compare', old, new))
        moved = {'a': [[1, 1], [4, 1], [5, 1], [6, 1], [9, 1]]}, {'a': [[1, 1], [3, 1], [5, 1], [7, 1], [9, 1]]}
        old, new = (self.write('%d.json' % i, m) for i, m in enumerate(moved))
        self.assertIn('unsure (same sum, other samples)', self.kn(0, 'compare', old, new))
        self.kn(1, 'compare', '--same', old, new)

    def test_gone_and_new(self):
        old = self.write('old.json', EXACT)
        new = self.write('new.json', {'null': [[38, 100]], 'sem.up': [[66, 100]]}, skipped=[('create.ec', 'no memory')])
        out = self.kn(0, 'compare', old, new)
        for line in ('only in the old one: ipc.same.w1\n', 'only in the old one: create.ec (skipped: no memory)\n', 'only in the new one: sem.up\n'):
            self.assertIn(line, out)
        self.kn(1, 'compare', '--same', old, new)

    def test_releases(self):
        """Folders: each machine and configuration that both have."""
        out = self.kn(0, 'compare', os.path.join(store.RESULTS, '26.48.2'), os.path.join(store.RESULTS, '26.48.3'))
        self.assertRegex(out, r'(?m)^sem.up +68 +66 +-2 +-2.94 % +faster$')
        self.assertIn('bochs-tigerlake: ', out)
        self.assertIn('only in one of them: qemu-virt-icount/aarch64-gcc-none', out)
        self.write('a/one.json', EXACT)
        self.write('b/one.json', EXACT)
        self.kn(0, 'compare', '--same', self.dir + '/a', self.dir + '/b')
        self.write('b/two.json', EXACT, machine='bochs-tigerlake')
        self.assertEqual(self.json(1, 'compare', '--same', self.dir + '/a', self.dir + '/b')['only_in_one'], ['bochs-tigerlake/x86_64-gcc-none'])

    def test_refused(self):
        exact = self.write('exact.json', EXACT)
        for other, reason in ((self.write('m.json', EXACT, machine='bochs-tigerlake'), 'figures of two machines are not compared'),
                              (self.write('t.json', EXACT, ticks='tsc'), 'they cannot be compared'), (self.dir + '/none.json', 'no such result file')):
            self.assertIn(reason, self.kn(2, 'compare', exact, other))
        self.assertIn('wants two', self.kn(2, 'compare', exact))
        self.assertIn('--threshold wants percent', self.kn(2, 'compare', exact, exact, '--threshold', '-1'))
        with open(os.path.join(self.dir, 'broken.json'), 'w', encoding='ascii') as file:
            file.write('{"schema": 1')
        self.assertIn('is not JSON', self.kn(1, 'compare', exact, file.name))
        self.write('two/a.json', EXACT)
        self.write('two/b.json', dict(EXACT, null=[[39, 100]]))
        self.assertIn('where figures are exact, but null differs', self.kn(1, 'compare', exact, self.dir + '/two'))

    def test_other_command_line(self):
        old = self.write('old.json', EXACT, meta={'root_cmdline': 'root.elf~iterations=100'})
        new = self.write('new.json', EXACT, meta={'root_cmdline': 'root.elf~iterations=100~inject=ipc:500'})
        self.assertIn("note: the root task's command line differs: nothing; inject=ipc:500", self.kn(0, 'compare', old, new))


class CompareBoots(Files):
    def test_two_percent(self):
        old = self.boots('old', self.LEVELS)
        new = self.boots('new', dict(self.LEVELS, **{'ipc.same.w1': 30600}), seed=2, start=1, sha='b')
        found = self.json(1, 'compare', old, new)['comparisons'][0]
        rows = {row['name']: row for row in found['benchmarks']}
        self.assertEqual({name: row['verdict'] for name, row in rows.items()}, {'null': 'same', 'ipc.same.w1': 'slower', 'ipc.cross.w1': 'same'})
        hit = rows['ipc.same.w1']
        self.assertAlmostEqual(hit['percent'], 2, delta=0.5)
        self.assertLess(hit['interval'][0], 600)
        self.assertGreater(hit['interval'][1], 600)
        self.assertEqual((hit['p'], hit['p_corrected'], hit['delta']), (min(r['p'] for r in rows.values()), 3 * hit['p'], 1))
        self.assertEqual((hit['threshold'], hit['threshold_from']), (0.01, 'default'))
        self.assertEqual(self.json(0, 'compare', new, old)['comparisons'][0]['counts']['faster'], 1)
        self.assertEqual(self.json(0, 'compare', old, new, '--threshold', '5')['comparisons'][0]['counts'],
                         {'slower': 0, 'faster': 0, 'unsure': 0, 'same': 3})

    def test_identical(self):
        old, new = self.boots('old', self.LEVELS), self.boots('new', self.LEVELS, seed=2, start=1)
        out = self.kn(0, 'compare', '--same', old, new)
        self.assertIn('binaries are identical', out)
        self.assertIn('3 benchmarks: 0 slower, 0 faster, 0 unsure, 3 same', out)

    def test_too_few(self):
        old, new = self.boots('old', self.LEVELS, number=6), self.boots('new', self.LEVELS, seed=2, start=1)
        self.assertIn('has 6 boots of x86_64-gcc-none; figures of x230 are compared by boots, of which each side wants 7', self.kn(2, 'compare', old, new))
        many = {'b%02d' % i: 10000 + i for i in range(90)}
        old, new = self.boots('old90', many), self.boots('new90', dict(many, b05=11000), seed=2, start=1, sha='b')
        out = self.kn(0, 'compare', old, new)
        self.assertIn('take 8 of each side', out)
        self.assertRegex(out, r'(?m)^b05 .* unsure$')

    def test_not_in_turn(self):
        old, new = self.boots('old', self.LEVELS), self.boots('new', self.LEVELS, seed=2, start=100)
        self.assertIn('more than 2 boots in a row are of one side', self.kn(2, 'compare', old, new))
        for path in glob.glob(self.dir + '/*/*.json'):
            d = store.read(path)
            d['run'] = {}
            store.write(d, path)
        self.assertIn('do not say in which order', self.kn(0, 'compare', old, new))

    def log_of(self, name, levels):
        """A log of a machine that boots one level of CFP after the other, collected."""
        log, folder = os.path.join(self.dir, name + '.log'), os.path.join(self.dir, name)
        with open(log, 'wb') as file:
            for level in levels:
                file.write(fakelog.start(level) + b'\r\n'.join(fakelog.run_lines(level)) + b'\r\n')
        self.kn(0, 'collect', log, '--machine', 'x230', '--ticks', 'tsc', '-o', folder)
        self.kn(0, 'collect', log, '--machine', 'x230', '--ticks', 'tsc', '-o', folder)         # the same again
        return [os.path.join(folder, 'x86_64-gcc-%s*.json' % level) for level in ('none', 'full')]

    def test_boots_of_one_log(self):
        """Their lines say whether they were taken in turn."""
        out = self.kn(1, 'compare', *self.log_of('turns', ['none', 'full', 'full', 'none'] * 3 + ['none', 'full']))
        self.assertIn('4 benchmarks: 4 slower', out)
        self.assertNotIn('do not say in which order', out)
        self.assertIn('more than 2 boots in a row', self.kn(2, 'compare', *self.log_of('rows', ['none'] * 7 + ['full'] * 7)))

    def test_one_build(self):
        old, new = self.boots('old', self.LEVELS), self.boots('new', self.LEVELS, seed=2, start=1)
        self.write('new/more.json', {'null': [[1, 1]]}, ticks='tsc', machine='x230', sha='c')
        self.assertIn('are of different kernels; a side is of one build', self.kn(2, 'compare', old, new))

    def test_quantiles(self):
        runs = {'null': [[100, 50], [110, 49], [900, 1]]}, {'null': [[100, 50], [111, 49], [950, 1]]}
        old, new = (self.write('%d.json' % i, r, ticks='tsc', machine='x230') for i, r in enumerate(runs))
        out = self.kn(0, 'compare', '--quantiles', old, new)
        self.assertRegex(out, r'(?m)^ +p75 +110 +111 +\+1$')
        self.assertRegex(out, r'(?m)^ +maximum +900 +950 +\+50$')
        self.assertNotIn('p99', out)                        # of 100 samples, one is behind it
        self.assertNotIn('slower', out)
        found = self.json(0, 'compare', '--quantiles', old, new)['comparisons'][0]
        self.assertEqual(found['benchmarks'], [])

    def test_no_scipy(self):
        old, new = self.boots('old', self.LEVELS), self.boots('new', self.LEVELS, seed=2, start=1)
        os.mkdir(self.dir + '/scipy')
        with open(self.dir + '/scipy/__init__.py', 'w', encoding='ascii') as file:
            file.write('raise ImportError\n')
        out = self.kn(3, 'compare', old, new, env={'PYTHONPATH': self.dir})
        self.assertEqual(out, 'kn compare: the Python module scipy is not installed (Debian package python3-scipy; run: make deps)\n')
        exact = self.write('exact.json', EXACT)
        self.kn(0, 'compare', exact, exact, env={'PYTHONPATH': self.dir})       # counts need none

    def test_units_of_counters(self):
        self.assertEqual(boots.label('ipc', 'warm', ''), 'ipc')
        self.assertEqual(boots.label('ipc.cold', 'cold', ''), 'ipc.cold')
        self.assertEqual(boots.label('ipc', 'cold', 'l1d-misses'), 'ipc cold l1d-misses')


class Calibrate(Files):
    def test_recorded_runs(self):
        """Boots of one build on a noisy machine: no more alarms than promised."""
        found = self.json(0, 'compare', '--calibrate', os.path.join(store.RESULTS, 'aa'))['calibrations']
        self.assertEqual([c['machine'] for c in found], ['qemu-q35'])
        self.assertGreaterEqual(found[0]['boots'], 28)
        self.assertGreaterEqual(found[0]['benchmarks'], 10)
        self.assertLessEqual(found[0]['rate'], found[0]['nominal'])
        self.assertLessEqual(found[0]['family_rate'], found[0]['nominal'])
        self.assertLess(found[0]['interval'][0], found[0]['nominal'])
        print('\n' + self.kn(0, 'compare', '--calibrate', os.path.join(store.RESULTS, 'aa')))

    def test_the_test_too(self):
        """Without a threshold, the test alone keeps the promise."""
        found = self.json(0, 'compare', '--calibrate', os.path.join(store.RESULTS, 'aa'), '--threshold', '0')['calibrations'][0]
        self.assertLessEqual(found['family_rate'], found['nominal'])

    def test_a_machine_that_fools_it(self):
        """Every other boot is slow: sides dealt in turn differ too often, and the rate says so."""
        for i in range(14):
            self.write('boot-%02d.json' % i, {'null': [[1000 + 200 * (i % 2) + i, 50]]}, ticks='tsc', machine='x230', date='2026-01-01T00:00:%02dZ' % i)
        found = self.json(1, 'compare', '--calibrate', self.dir)['calibrations'][0]
        self.assertGreater(found['rate'], 0.05)
        self.assertEqual((found['blocks'], found['deals'], found['comparisons']), (1, 64, 1))

    def test_refused(self):
        self.boots('few', self.LEVELS, number=13)
        self.assertIn('takes at least 14', self.kn(2, 'compare', '--calibrate', self.dir + '/few'))
        self.assertIn('are exact and have no false alarms', self.kn(2, 'compare', '--calibrate', self.write('exact.json', EXACT)))
        self.assertIn('wants one folder', self.kn(2, 'compare', '--calibrate', 'a', 'b'))


class History(Files):
    def release(self, name, null, **more):
        return self.write('%s/qemu-q35-icount/x86_64-gcc-none.json' % name, dict(EXACT, null=[[null, 100]]), release=name, commit=name, **more)

    def test_every_change(self):
        for name, null in (('26.9.0', 1), ('26.48.9', 40), ('26.48.10', 40), ('26.49.0', 39)):
            self.release(name if len(name) > 6 else '26.09.0', null)
        self.write('aa/qemu-q35-icount/x86_64-gcc-none.json', EXACT)        # no releases
        self.write('nova-24.08.0/qemu-q35-icount/x86_64-gcc-none.json', EXACT)
        out = self.kn(0, 'history', '--results', self.dir)
        self.assertRegex(out, r'(?m)^benchmark +26.09.0 +26.48.9 +26.48.10 +26.49.0 +first to last$')
        self.assertRegex(out, r'(?m)^null +1 +40 \(\+39\) +40 +39 \(-1\) ')
        self.assertNotIn('ipc.same.w1', out)
        self.assertIn('4 benchmarks, 1 changed', out)
        found = self.json(0, 'history', '--results', self.dir, 'nul?')['histories'][0]
        self.assertEqual([b['name'] for b in found['benchmarks']], ['null'])
        self.assertEqual([(c['release'], c['old'], c['new']) for c in found['benchmarks'][0]['changes']], [('26.48.9', 1, 40), ('26.49.0', 40, 39)])
        self.assertEqual([r['build'] for r in found['releases']], ['26.09.0', '26.48.9', '26.48.10', '26.49.0'])

    def test_not_measured(self):
        self.release('26.48.0', 40)
        self.write('26.48.1/qemu-q35-icount/x86_64-gcc-none.json', {'sem.up': [[66, 9]]})
        self.release('26.48.2', 39)
        found = self.json(0, 'history', '--results', self.dir)['histories'][0]
        rows = {b['name']: b for b in found['benchmarks']}
        self.assertEqual((rows['null']['medians'], rows['sem.up']['medians']), ([40, None, 39], [None, 66, None]))
        self.assertEqual([c['index'] for c in rows['null']['changes']], [2])

    def test_times(self):
        for index, level in enumerate((20000, 20000, 20600)):
            self.boots('26.48.%d/x230' % index, {'null': level, 'sem.up': 5000}, seed=index, start=100 * index, release='26.48.%d' % index)
        rows = {b['name']: b for b in self.json(0, 'history', '--results', self.dir)['histories'][0]['benchmarks']}
        self.assertEqual([c['release'] for c in rows['null']['changes']], ['26.48.2'])
        self.assertEqual(rows['sem.up']['changes'], [])

    def test_of_this_tree(self):
        out = self.kn(0, 'history', 'sem.up', '--machine', 'qemu-q35-icount')
        self.assertRegex(out, r'(?m)^sem.up +68 +68 +68 +66 \(-2\)')

    def test_refused(self):
        self.assertIn('has no results of a release', self.kn(2, 'history', '--results', self.dir))
        self.release('26.48.0', 40)
        self.assertIn('names no benchmark', self.kn(2, 'history', '--results', self.dir, 'ipc'))
        self.assertIn('no release has results of machine', self.kn(2, 'history', '--results', self.dir, '--machine', 'x'))


class Gate(Files):
    def setUp(self):
        super().setUp()
        self.expected = os.path.join(self.dir, 'expected')
        self.good = self.write('good.json', EXACT)
        self.gate(0, '--update', '--reason', 'the first ones', self.good)
        self.file = os.path.join(self.expected, 'qemu-q35-icount', 'x86_64-none-gcc-12.2.0.json')

    def gate(self, status, *words):
        return self.kn(status, 'gate', '--expected', self.expected, *words)

    def test_as_expected(self):
        self.assertIn('4 as expected, 0 regressions', self.gate(0, self.good))
        self.assertNotIn('--update', self.gate(0, self.good))

    def test_regression(self):
        bad = self.write('bad.json', dict(EXACT, null=[[39, 100]]), commit='def5678')
        out = self.gate(1, bad)
        self.assertIn('commit def5678', out)
        self.assertIn('REGRESSION null: 38 -> 39, expected since abc1234', out)
        found = self.json(1, 'gate', '--expected', self.expected, bad)['results'][0]
        self.assertEqual((found['slower'][0]['name'], found['slower'][0]['old'], found['slower'][0]['new']), ('null', 38, 39))
        self.gate(0, '--update', '--reason', 'a check that was missing', bad)
        self.gate(0, bad)
        worse = self.gate(1, self.write('worse.json', {key: [[runs[0][0] + 2, 100]] for key, runs in EXACT.items()}))
        self.assertIn('REGRESSION null: 39 -> 40, expected since def5678', worse)
        self.assertIn('REGRESSION ipc.same.w1: 123 -> 125, expected since abc1234', worse)
        with open(self.file, encoding='ascii') as file:
            log = json.load(file)['log']
        self.assertEqual(log, [{'commit': 'abc1234', 'reason': 'the first ones', 'changed': ['4 benchmarks, the first ones']},
                               {'commit': 'def5678', 'reason': 'a check that was missing', 'changed': ['null 38 -> 39']}])

    def test_timer_meets_another_sample(self):
        """One in a thousand is no regression, ten are, and so is one that takes long."""
        self.gate(0, '--update', '--reason', 'more samples', self.write('more.json', {'delegate.obj.o0': [[214, 1000]]}))
        for runs, status in (([[214, 999], [349, 1]], 0), ([[214, 990], [349, 10]], 1), ([[214, 999], [9214, 1]], 1)):
            out = self.gate(status, self.write('met.json', {'delegate.obj.o0': runs}))
            self.assertIn('REGRESSION' if status else 'moved      delegate.obj.o0 (sum)', out)

    def test_regression_behind_the_median(self):
        out = self.gate(1, self.write('bad.json', dict(EXACT, **{'create.ec': [[1152, 98], [3000, 2]]})))
        self.assertIn('REGRESSION create.ec (sum): 117048 -> 118896', out)

    def test_improvement_says_how_to_record_it(self):
        better = self.write('better.json', dict(EXACT, null=[[37, 100]]))
        out = self.gate(0, better)
        self.assertIn('improved   null: 38 -> 37', out)
        command = out.split('to expect these figures from now on: ')[1].strip().replace('...', 'one load less')
        subprocess.run(command, shell=True, cwd=tools.TOP, check=True, stdout=subprocess.DEVNULL)
        self.assertIn('REGRESSION null: 37 -> 38', self.gate(1, self.good))

    def test_missing_and_new(self):
        less = {key: runs for key, runs in EXACT.items() if key != 'null'}
        self.assertIn('MISSING    null: was 38\n', self.gate(1, self.write('less.json', less)))
        self.assertIn('MISSING    null: was 38; skipped: no reason', self.gate(1, self.write('skip.json', less, skipped=[('null', 'no reason')])))
        self.assertIn('new        sem.up: 66', self.gate(0, self.write('more.json', dict(EXACT, **{'sem.up': [[66, 100]]}))))
        some = self.write('some.json', less, meta={'root_cmdline': 'root.elf~bench=ipc.*'})
        self.assertIn('0 missing', self.gate(0, some))
        self.assertIn('recorded from a whole one', self.gate(2, '--update', '--reason', 'x', some))

    def test_unknown_compiler(self):
        bad = dict(EXACT, null=[[3900, 100]])
        out = self.gate(0, self.write('new.json', bad, compiler='gcc (Debian 14.2.0-1) 14.2.0'))
        self.assertIn('no expectations for this compiler (known there: gcc-12.2.0): 4 benchmarks not judged', out)
        out = self.gate(0, self.write('clang.json', bad, compiler='Debian clang version 14.0.6', configuration='x86_64-clang-none'))
        self.assertIn('clang-14.0.6', out)
        for more in ({'configuration': 'x86_64-gcc-full'}, {'configuration': 'x86_64-gcc-none-debug'}, {'machine': 'bochs-tigerlake'}):
            self.assertIn('not judged', self.gate(0, self.write('other.json', bad, **more)))
        for text, name in (('aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0', 'gcc-12.2.0'), ('clang version 14.0.6', 'clang-14.0.6'), ('tcc 0.9', None)):
            self.assertEqual(origin.compiler(document(EXACT, compiler=text)), name)
        self.assertIn('does not say its compiler', self.gate(1, self.write('none.json', EXACT, compiler=None)))

    def test_refused(self):
        self.assertIn('only exact counts', self.gate(2, self.write('tsc.json', EXACT, ticks='tsc')))
        self.assertIn('wants --reason', self.gate(2, '--update', self.good))
        self.assertIn('wants --reason', self.gate(2, '--update', '--reason', ' ', self.good))
        self.assertIn('goes with --update', self.gate(2, '--reason', 'x', self.good))

    def test_edited_expectations(self):
        with open(self.file, encoding='ascii') as file:
            text = file.read()
        for old, new, reason in (('{', '', 'is not JSON'), ('"schema": 1', '"schema": 2', 'not schema 1'), ('"median": 38', '"median": 40', 'do not fit'),
                                 ('"sum": 3800', '"sum": 99999', 'do not fit'), ('"n": 100', '"n": 1.5', 'not the integers'),
                                 (', "max": 38', '', 'not the integers'), ('"log"', '"lag"', 'no log'), ('"commit"', '"committed"', 'the log is not'),
                                 ('"cfp": "none"', '"cfp": "full"', 'is for qemu-q35-icount/x86_64-full-gcc-12.2.0.json')):
            self.assertIn(old, text)
            with open(self.file, 'w', encoding='ascii') as file:
                file.write(text.replace(old, new, 1))
            out = self.gate(1, self.good)
            self.assertIn(reason, out)
            self.assertIn(self.file, out)

    def test_times_are_not_judged(self):
        made = document(EXACT)
        made['benchmarks'][0]['kind'] = 'time'
        self.assertEqual(sorted(gate.figures(made)), sorted(set(EXACT) - {made['benchmarks'][0]['name']}))

    def test_late_timer(self):
        """One sample of a latency that an emulator's timer has made late is no change; the same of anything else is."""
        for kind, verdict in (('latency', statistics.SAME), ('operation', statistics.SLOWER)):
            old, new = (document({'int.timer.idle': runs}) for runs in ([[398, 100]], [[398, 99], [542, 1]]))
            for side in (old, new):
                side['benchmarks'][0]['kind'] = kind
            (bench, before), (_, after) = (boots.series(side)['int.timer.idle'] for side in (old, new))
            self.assertEqual(statistics.exact(statistics.figures(before), statistics.figures(after), boots.by_timer(bench))[0], verdict)

    def test_nothing_to_update(self):
        self.assertIn('nothing changed', self.gate(0, '--update', '--reason', 'again', self.good))
        with open(self.file, encoding='ascii') as file:
            self.assertEqual(len(json.load(file)['log']), 1)

    def test_of_this_tree(self):
        """Each file is whole, in its place, and says why."""
        for path in glob.glob(os.path.join(gate.EXPECTED, '*', '*.json')):
            found = gate.read(path)
            self.assertEqual(gate.place(found, gate.EXPECTED), path)
            self.assertTrue(found['benchmarks'])
            self.assertTrue(all(entry['reason'].strip() for entry in found['log']))
            with open(path, encoding='ascii') as file:
                self.assertEqual(file.read(), gate.text(found))


class Turns(Files):
    TOOLS = {'qemu-system-x86_64': 'case "$*" in --version) echo "QEMU emulator version 9.9.9"; exit;; esac; cat "$KN_TEST_LOG"; exit 1',
             'objcopy': 'for last; do :; done; echo x > "$last"'}

    def test_in_turn(self):
        with open(self.dir + '/log', 'wb') as file:
            file.write(fakelog.log(fakelog.lines(count=20)))
        for name, text in self.TOOLS.items():
            with open(os.path.join(self.dir, name), 'w', encoding='ascii') as file:
                file.write('#!/bin/sh\n%s\n' % text)
            os.chmod(file.name, 0o755)
        elf = b'\x7fELF\x02\x01\x01' + bytes(9) + b'\x02\x00\x3e\x00' + bytes(12) + (64).to_bytes(8, 'little') + bytes(14) + (56).to_bytes(2, 'little') + bytes(8)
        for name, more in (('a', b'a'), ('b', b'b'), ('root', b'')):
            with open(os.path.join(self.dir, name), 'wb') as file:
                file.write(elf + more)
        env = {'PATH': self.dir + ':' + os.environ['PATH'], 'KN_TEST_LOG': self.dir + '/log', 'KN_BUILD': self.dir}
        words = ('turns', 'a=%s/a' % self.dir, 'b=%s/b' % self.dir, '--root', self.dir + '/root', '-o', self.dir + '/ab', '--boots', '3')
        self.kn(0, *words, '--run', '--no-icount', env=env)
        times = sorted((boots.when(store.read(path)), path.split('/')[-2]) for path in glob.glob(self.dir + '/ab/*/*.json'))
        self.assertEqual(''.join(side for _, side in times), 'abbaab')
        self.assertTrue(all(d['ticks_are'] == 'tsc' for d in map(store.read, glob.glob(self.dir + '/ab/*/*.json'))))
        self.assertIn('is there', self.kn(2, *words, env=env))
        self.assertIn('NAME=FILE', self.kn(2, 'turns', 'a', '-o', self.dir, env=env))


if __name__ == '__main__':
    sys.exit(unittest.main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what a result file says and how it is read: both versions of its format, facts of ELF files, of the machine and of the build, and
each way in which a file can be wrong. Run: test/tools/test_store.py"""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import fakelog
from knlib import collect, elf, errors, origin, protocol, rawlog, store, tools

META = ('cpu_signature=0x806c1 cpu_brand=Some~CPU~@~3~GHz microcode=0xb4 freq_hz=2995200000 board_vendor=Acme board_name=Board~7 firmware=UEFI~2.7 '
        'warn_turbo=on,~up~to~4.8~GHz warn_smt=2~threads~in~a~core kernel_cmdline=kernel.elf~serial root_cmdline=-')
RECORD = {'commit': '0123456789abcdef0123456789abcdef01234567-dirty', 'cfp': 'full', 'compiler': 'gcc 12', 'flags': '-O2 -g'}


def lines():
    """Of a run with facts of a machine and batches of other counters."""
    good = fakelog.lines(benches=fakelog.BENCHES[:1])
    bench = fakelog.bench_lines('ipc', 'ipc', 'call', [[100, 5], [110, 5]], counters=[('cycles', [[80, 10]]), ('instructions', [[123, 10]])])
    return ([protocol.encode('begin', 'suite=kilonova schema=2 benches=2'), protocol.encode('meta', META)] + good[2:-2] + bench +
            [protocol.encode('done', 'benches=2 failed=0')])


def part(data=None):
    boot = fakelog.start('full', cfp=b'full in use, built for full') + b'[ 0] PATCH: 2 of 8 sites replaced: no PCID 2\r\n'
    return rawlog.parts((boot + (fakelog.log(lines(), b'') if data is None else data)).split(b'\n'))[0]


def document(**override):
    facts = collect.facts_of(part(), dict({'machine': 'm', 'ticks_are': 'tsc'}, **override))
    return collect.document(part(), facts, 'r1', 'c')


class Facts(unittest.TestCase):
    def test_platform(self):
        have = document()['platform']
        self.assertEqual(have, {'cpu_id': '0x806c1', 'cpu_name': 'Some CPU @ 3 GHz', 'microcode': '0xb4', 'freq_hz': 2995200000,
                                'board_vendor': 'Acme', 'board_name': 'Board 7', 'firmware': 'UEFI 2.7',
                                'warnings': ['turbo: on, up to 4.8 GHz', 'smt: 2 threads in a core']})
        self.assertEqual(origin.platform({'freq_hz': 'fast', 'cpu_name': '-', 'microcode': '~'}), {'warnings': []})

    def test_build(self):
        have = document(kernel={'file': 'k', 'build': RECORD}, root={'build': {'compiler': 'clang 14', 'flags': '-O1'}})
        self.assertEqual(have['build'], {'commit': '0123456789abcdef0123456789abcdef01234567', 'dirty': True, 'compiler': 'gcc 12', 'flags': '-O2 -g',
                                         'cfp': 'full', 'root': {'compiler': 'clang 14', 'flags': '-O1'}, 'cmdline': {'kernel': 'kernel.elf serial'}})
        self.assertNotIn('build', have['kernel'])
        have = document()['build']                          # what the console alone says
        self.assertEqual((have['compiler'], have['cfp']), ('gcc (Debian 12.2.0-14+deb12u1) 12.2.0', 'full'))
        self.assertNotIn('commit', have)                    # 26.49.0 is none

    def test_commit(self):
        for name, facts in (('ab12cd3', {'commit': 'ab12cd3', 'dirty': False}), ('26.48.3-5-g0123abc-dirty', {'commit': '0123abc', 'dirty': True}),
                            ('26.48.3', {}), ('26.48.3-dirty', {}), ('unknown', {}), ('x-gabc', {}), (None, {})):
            self.assertEqual(origin.commit(name), facts, name)

    def test_patches(self):
        self.assertEqual(document()['patches'], ['2 of 8 sites replaced: no PCID 2'])

    def test_elf(self):
        folder = tempfile.mkdtemp(prefix='store-test-')
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, 'x.o')
        source = ('.text; .fill 100; .section .rodata,"a"; .fill 30; .data; .fill 7; .bss; .skip 4096; .section .pool,"aw",@nobits; .skip 8192; '
                  '.section .build,""; .ascii "commit=%s\\ncfp=full\\nnews=1\\ncompiler=gcc 12 = x\\nflags=-O2 -DX=1\\n"; .section .debug_x,""; .fill 999\n'
                  % RECORD['commit'])
        subprocess.run(['gcc', '-c', '-x', 'assembler', '-', '-o', path], input=source, text=True, check=True)
        facts = elf.facts(path, 'kernel')
        self.assertEqual(facts['sizes'], {'text': 100, 'rodata': 30, 'data': 7, 'bss': 4096, 'pool': 8192})
        self.assertEqual(facts['build'], {'commit': RECORD['commit'], 'cfp': 'full', 'compiler': 'gcc 12 = x', 'flags': '-O2 -DX=1'})
        self.assertEqual(facts['compiler'], 'gcc 12 = x')
        with open(path, 'r+b') as file:
            file.truncate(200)                              # its table of sections is gone
        self.assertNotIn('sizes', elf.facts(path, 'kernel'))


class Files(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='store-test-')
        self.addCleanup(shutil.rmtree, self.dir)
        self.path = os.path.join(self.dir, 'c.json')

    def raw(self):
        with open(self.path, encoding='ascii') as file:
            return json.load(file)

    def refused(self, text, change, raw=None):
        raw = self.raw() if raw is None else copy.deepcopy(raw)
        change(raw)
        other = os.path.join(self.dir, 'other.json')
        with open(other, 'w', encoding='ascii') as file:
            json.dump(raw, file)
        with self.assertRaisesRegex(errors.KnError, text):
            store.read(other)

    def test_again(self):
        store.write(document(), self.path)
        self.assertEqual(store.read(self.path), document())
        self.assertEqual([c['name'] for c in store.read(self.path)['benchmarks'][1]['counters']], ['cycles', 'instructions'])
        self.assertEqual(store.read(self.path)['benchmarks'][0]['counters'], [])
        self.assertNotIn('counters', self.raw()['benchmarks'][0])
        self.assertNotIn('incomplete', self.raw())
        self.assertTrue(store.same(document(), self.path))

    def test_show(self):
        def show(*words, code=0):
            done = subprocess.run([os.path.join(tools.SCRIPTS, 'kn'), 'show', self.path, *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            return done.stdout + done.stderr

        store.write(document(kernel={'sizes': {'text': 100000, 'rodata': 20, 'data': 3, 'bss': 4096, 'pool': 7}}), self.path)
        self.assertIn('image of 104,119 bytes: text 100,000, rodata 20, data 3, bss 4,096, pool 7', show())
        rows = [line.split() for line in show('--counters').splitlines()]
        self.assertEqual([(row[0], row[-5], row[-2]) for row in rows if row[:1] == ['ipc']], [('ipc', 'cycles', '80'), ('ipc', 'instructions', '123')])
        plain = document()
        plain['benchmarks'][1]['counters'] = []
        store.write(plain, self.path)
        self.assertIn('none of the files has batches', show('--counters', code=2))
        self.assertNotIn('image of', show())

    def test_refused(self):
        store.write(document(), self.path)

        def at(change):
            return lambda raw: change(raw['benchmarks'][1])

        self.refused('ipc: figures do not fit', at(lambda b: b['counters'][1].update(median=124)))
        self.refused('ipc: figures do not fit', at(lambda b: b['counters'][0].update(samples=['80*9'])))
        self.refused('ipc: the confidence interval', at(lambda b: b.update(ci=[100, 109])))
        self.refused("'kind' is a required", at(lambda b: b.pop('kind')))
        self.refused("'stop' is a required", at(lambda b: b.pop('stop')))
        self.refused('counters', at(lambda b: b.update(counters=[])))
        self.refused('benchmarks/1/kind', at(lambda b: b.update(kind='guess')))
        self.refused('benchmarks/1/variant', at(lambda b: b.update(variant='lukewarm')))
        self.refused("'build' is a required", lambda raw: raw.pop('build'))
        self.refused('build', lambda raw: raw['build'].update(weather='fine'))
        self.refused('build/commit', lambda raw: raw['build'].update(commit='HEAD'))
        self.refused("'warnings' is a required", lambda raw: raw['platform'].pop('warnings'))
        self.refused('platform/freq_hz', lambda raw: raw['platform'].update(freq_hz='3 GHz'))
        self.refused('patches/0', lambda raw: raw.update(patches=[1]))
        self.refused('incomplete', lambda raw: raw.update(incomplete=''))
        self.refused('schema version 3', lambda raw: raw.update(schema=3))
        self.refused('build: False schema', lambda raw: raw.update(schema=1))

    def test_writing_is_checked(self):
        bad = document()
        bad['build']['cfp'] = 'some'
        self.assertRaisesRegex(errors.KnError, 'build/cfp', store.write, bad, self.path)
        self.assertEqual(os.listdir(self.dir), [])

    def test_schema_1(self):
        path = os.path.join(store.RESULTS, '26.48.3', 'qemu-q35-icount', 'x86_64-gcc-none.json')
        if not os.path.exists(path):
            self.skipTest('the tree has no results of 26.48.3')
        old = store.read(path)
        self.assertEqual(old['build']['commit'], '05847d6')
        self.assertEqual((old['build']['cfp'], old['platform']['cpu_id'], old['patches'], old['incomplete']), ('none', '0x60fb1', [], None))
        for bench in old['benchmarks']:
            self.assertEqual((bench['kind'], bench['cpus'], bench['stop'], bench['counters']), ('operation', 1, 'fixed', []))
        self.assertEqual(set(old), set(document()))         # readers find the same keys in both
        with open(path, encoding='ascii') as file:
            raw = json.load(file)
        self.refused('build', lambda new: new.update(build={}), raw)
        self.refused('platform', lambda new: new.update(platform={'warnings': []}), raw)

    def test_every_recorded_file(self):
        for folder, _, names in os.walk(store.RESULTS):
            for name in names:
                if name.endswith('.json') and folder.count(os.sep) - store.RESULTS.count(os.sep) >= 2 and 'expected' not in folder:
                    with self.subTest(name=os.path.relpath(os.path.join(folder, name), tools.TOP)):
                        store.read(os.path.join(folder, name))


if __name__ == '__main__':
    sys.exit(unittest.main())

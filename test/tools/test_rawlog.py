#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of `kn collect` on raw serial logs: several kernels one after the other, what firmware and GRUB write between them, runs
that are cut off, kernel lines within lines of the root task, and random noise and damage (SEED=N: another sequence)."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

import fakelog
from knlib import protocol, rawlog, tools

LEVELS = 'none', 'branch', 'return', 'full'
SEED = int(os.environ.get('SEED', '1'))


def crlf(lines):
    return b''.join(line + b'\r\n' for line in lines)


def boot(level, **more):
    return fakelog.start(level, **more) + crlf(fakelog.run_lines(level)) + b'\r\nThe run has ended with status 0. The machine resets.\r\n'


def parts(data):
    return rawlog.parts(data.split(b'\n'))


class Parts(unittest.TestCase):
    def good(self, data):
        """Levels of the complete runs; checks that each one has its own banner and figures."""
        found = [p for p in parts(data) if not p.verdict()]
        for part in found:
            level = part.image()['configuration'].rpartition('-')[2]
            self.assertEqual(part.run.benchmarks[0]['samples'], [[100 + 10 * LEVELS.index(level), 300]])
            self.assertEqual(len(part.run.benchmarks), 4)
        return [part.image()['configuration'] for part in found]

    def test_four_kernels(self):
        data = b''.join(boot(level, cfp=b'%s in effect' % level.encode()) for level in LEVELS)
        self.assertEqual(self.good(data), ['x86_64-gcc-' + level for level in LEVELS])
        for part, level in zip(parts(data), LEVELS):
            self.assertEqual(part.banner, 'Kilonova 26.49.0 x86_64, gcc (Debian 12.2.0-14+deb12u1) 12.2.0')
            self.assertEqual(part.cfp, [level + ' in effect'])
            self.assertEqual(part.image()['kernel'], {'file': 'kilonova-%s.elf' % level, 'sha256': '%064x' % (0xabc + len(level)), 'bytes': 868144})

    def test_cut_off(self):
        lines = fakelog.run_lines('branch')
        for count in range(len(lines)):
            data = boot('none') + fakelog.start('branch') + crlf(lines[:count]) + lines[count][:20] + boot('full')
            self.assertEqual(self.good(data), ['x86_64-gcc-none', 'x86_64-gcc-full'], count)
            found = parts(data)
            self.assertEqual(len(found), 3)
            self.assertIn('the next start follows on line %d' % found[2].line, found[1].verdict()[0])
        self.assertIn("printed no 'begin' line; the log ends", parts(fakelog.start('none'))[0].verdict()[0])
        self.assertIn('cut off in benchmark ipc.1pd.w1, after 1 of 4 benchmarks; the log ends', parts(crlf(lines[:7]))[0].verdict()[0])
        panic = parts(fakelog.start('none') + crlf(lines[:5]) + b'[ 0] panic: no memory\r\n')[0].verdict()
        self.assertEqual(panic[1], 'the kernel said: [ 0] panic: no memory')

    def test_begins_in_the_middle(self):
        data = crlf(fakelog.run_lines('none')[5:]) + boot('full')
        self.assertEqual(self.good(data), ['x86_64-gcc-full'])
        self.assertEqual(len(parts(data)), 2)

    def test_starts_that_lost_their_banner(self):
        for cut in ('Kilonova', 'CFP'):
            second = boot('full', cfp=b'x').replace(b'\nKilonova 26', b'\nKxlonova 26').replace(b'\nCFP:', b'\n%s:' % (b'CFP' if cut == 'Kilonova' else b'C'))
            whole, broken = boot('none', cfp=b'y'), fakelog.start('branch', cfp=b'z') + crlf(fakelog.run_lines('branch')[:9])
            self.assertEqual(self.good(whole + second), ['x86_64-gcc-none', 'x86_64-gcc-full'])
            found = parts(whole + broken + second)
            self.assertEqual([bool(p.verdict()) for p in found], [False, True, False])
            self.assertEqual([p.cfp for p in found], [['y'], ['z'], ['x'] if cut == 'Kilonova' else []])
            self.assertIsNone(found[2].banner)

    def test_kernel_line_within_a_line(self):
        kernel = b'[ 0] EC: something about one\r\n'
        good = fakelog.run_lines('none')
        for index, line in enumerate(good):
            for at in range(4, len(line), 7):
                for between in (kernel, kernel + b'[ 1] and one more\r\n'):
                    data = fakelog.start('none') + crlf(good[:index]) + line[:at] + between + line[at:] + b'\r\n' + crlf(good[index + 1:])
                    self.assertEqual(self.good(data), ['x86_64-gcc-none'], (index, at))
        torn = crlf(good[:4]) + good[4][:30] + kernel + good[4][31:] + b'\r\n' + crlf(good[5:])       # a byte is lost
        self.assertIn('cut line', parts(torn)[0].verdict()[0])

    def test_damaged_image_words(self):
        lines = fakelog.run_lines('none')
        for old, new in (('elf,', 'elf;'), ('image.release=26', 'image.release=/26'), ('image.root', 'image.rot'), ('configuration=x', 'configuration=..x')):
            lines[2] = protocol.encode('meta', 'root_cmdline=' + fakelog.command_line('none').replace(old, new, 1).replace(' ', '~'))
            self.assertRaisesRegex(Exception, 'makes no sense', parts(crlf(lines))[0].image)

    def test_noise(self):
        """Any noise between lines and before them, any order of whole and cut runs: exactly the whole ones are found."""
        rng = random.Random(SEED)
        for _ in range(150):
            data, want, started = b'', [], 0
            for _ in range(rng.randrange(6)):
                level, cut = rng.choice(LEVELS), rng.random() < 0.3
                lines = fakelog.run_lines(level)
                lines = lines[:rng.randrange(1, len(lines))] if cut else lines
                data += garbage(rng) + (fakelog.start(level) if rng.random() < 0.8 else b'\r\n')
                data += b''.join((garbage(rng, b'\r\n') if rng.random() < 0.2 else b'') + (garbage(rng, b'') if rng.random() < 0.1 else b'') +
                                 line + rng.choice((b'\n', b'\r\n', b'\r\r\n')) for line in lines)
                started += 1
                want += [] if cut else ['x86_64-gcc-' + level]
            data += garbage(rng)
            self.assertEqual(self.good(data), want, 'SEED=%d' % SEED)
            self.assertEqual(len(parts(data)), started)

    def test_damage(self):
        """Whatever is done to the bytes: no exception, and a run that counts is one that was there, figure by figure."""
        rng = random.Random(SEED)
        whole = bytearray(b''.join(boot(level, cfp=b'in effect') for level in LEVELS))
        refused = 0
        for _ in range(400):
            data = bytearray(whole)
            for _ in range(rng.choice((1, 1, 3, 9))):
                at, size = rng.randrange(max(1, len(data) - 1)), rng.choice((1, 1, 4, 100, 3000))
                change = rng.randrange(4)
                if change == 0:
                    data[at] ^= 1 << rng.randrange(8)
                elif change == 1:
                    del data[at:at + size]
                elif change == 2:
                    data[at:at] = rng.randbytes(size)
                else:
                    data[at:at + size] = bytes(min(size, len(data) - at))    # zeroes
            found = parts(bytes(data))
            refused += sum(bool(part.verdict()) for part in found)
            for part in found:
                if not part.verdict() and part.run.meta.get('root_cmdline'):
                    level = part.image()['configuration'].rpartition('-')[2]
                    self.assertEqual([b['samples'] for b in part.run.benchmarks], [[[100 + 10 * LEVELS.index(level) + n, 300]] for n in range(4)])
                elif not part.verdict():
                    self.assertEqual(len(part.run.benchmarks), 4)
        self.assertGreater(refused, 200)


def garbage(rng, end=b'\r\n'):
    """Bytes of a line that is no line of the protocol."""
    return b''.join(rng.choice((rng.randbytes(rng.randrange(60)).replace(b'\n', b' '), b'\x1b[2J\x1b[%d;%dH' % (rng.randrange(99), rng.randrange(99)),
                                b'[ 0] a line of a kernel', b'SeaBIOS (version 1.16.2)', b'KN1', b'Kilonova benchmark image', b'grub> '))
                    for _ in range(rng.randrange(5))).replace(protocol.MARK, b'KN1-') + end


class Collect(unittest.TestCase):
    """kn collect -o DIR as a user runs it, from a copy of the scripts that stands alone: there is no tree around it."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='collect-test-')
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        for name in ('scripts', 'results/schema.json'):
            old, new = os.path.join(tools.TOP, name), os.path.join(cls.dir, 'alone', name)
            os.makedirs(os.path.dirname(new), exist_ok=True)
            shutil.copytree(old, new) if os.path.isdir(old) else shutil.copy(old, new)

    def collect(self, data, *words, code=0):
        with open(os.path.join(self.dir, 'serial.log'), 'wb') as file:
            file.write(data)
        done = subprocess.run([os.path.join(self.dir, 'alone/scripts/kn'), 'collect', 'serial.log', *words], capture_output=True, text=True,
                              cwd=self.dir, check=False, env={'PATH': '/usr/bin:/bin'})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done

    def out(self):
        return tempfile.mkdtemp(dir=self.dir)

    def read(self, *path):
        with open(os.path.join(*path), encoding='ascii') as file:
            return json.load(file)

    HOW = '--machine', 'nuc11', '--ticks', 'tsc'

    def test_four_files(self):
        data, out = b''.join(boot(level, cfp=b'%s in use, built for full' % level.encode()) for level in LEVELS), self.out()
        text = self.collect(data, '-o', out, *self.HOW).stdout
        self.assertEqual(len(text.splitlines()), 4)
        self.assertEqual(sorted(os.listdir(out)), sorted('x86_64-gcc-%s.json' % level for level in LEVELS))
        for level in LEVELS:
            document = self.read(out, 'x86_64-gcc-%s.json' % level)
            self.assertEqual((document['release'], document['machine'], document['ticks_are']), ('26.49.0', 'nuc11', 'tsc'))
            self.assertEqual(document['kernel']['cfp'], {'used': level, 'built': 'full'})
            self.assertEqual(document['kernel']['title'], 'Kilonova 26.49.0')
            self.assertEqual(document['kernel']['compiler'], 'gcc (Debian 12.2.0-14+deb12u1) 12.2.0')
            self.assertEqual(document['kernel']['sha256'], '%064x' % (0xabc + len(level)))
            self.assertEqual(document['root']['file'], 'bench.elf')
            self.assertIsNone(document['emulator'])
            self.assertEqual(sorted(document['run']), ['line', 'log'])          # nothing of the machine that collects
        self.collect(data, '-o', out, *self.HOW)            # once more: the same files
        self.assertIn('with other figures', self.collect(data, '-o', out, '--machine', 'other', '--ticks', 'tsc', code=2).stderr)

    def test_the_same_twice(self):
        out = self.out()
        self.collect(boot('none') + boot('full') + boot('none'), '-o', out, *self.HOW)
        self.assertEqual(sorted(os.listdir(out)), ['x86_64-gcc-full.json', 'x86_64-gcc-none-2.json', 'x86_64-gcc-none.json'])
        self.assertEqual(self.read(out, 'x86_64-gcc-none-2.json')['configuration'], 'x86_64-gcc-none')

    def test_incomplete(self):
        out = self.out()
        data = boot('none') + fakelog.start('full') + crlf(fakelog.run_lines('full')[:8]) + boot('return')
        done = self.collect(data, '-o', out, *self.HOW, code=1)
        self.assertRegex(done.stderr, r'kn collect: line \d+, x86_64-gcc-full: no result: it is cut off in benchmark ipc.1pd.w1, after 1 of 4 '
                         r'benchmarks; the next start follows on line \d+\n')
        self.assertEqual(sorted(os.listdir(out)), ['x86_64-gcc-none.json', 'x86_64-gcc-return.json'])
        self.assertIn('holds no run', self.collect(b'hello\r\n', '-o', out, *self.HOW, code=1).stderr)
        self.assertIn("no 'begin' line", self.collect(fakelog.start('none'), '-o', out, *self.HOW, code=1).stderr)

    def test_one_file(self):
        out = self.out()
        self.assertIn('holds 2 runs, on lines', self.collect(boot('none') + boot('full'), '-o', out + '/a.json', *self.HOW, code=2).stderr)
        self.collect(boot('full'), '-o', out + '/a.json', *self.HOW)
        self.assertEqual(self.read(out, 'a.json')['configuration'], 'x86_64-gcc-full')
        self.collect(boot('full'), '-o', out + '/results/r1/m/a.json', *self.HOW)
        document = self.read(out, 'results/r1/m/a.json')
        self.assertEqual((document['release'], document['configuration']), ('r1', 'a'))

    def test_what_the_log_does_not_say(self):
        out, plain = self.out(), fakelog.log(fakelog.lines(), fakelog.start('none'))
        self.assertIn('give --machine', self.collect(boot('none'), '-o', out, '--ticks', 'tsc', code=2).stderr)
        self.assertIn('give --ticks', self.collect(boot('none'), '-o', out, '--machine', 'm', code=2).stderr)
        self.assertIn('give --configuration', self.collect(plain, '-o', out, *self.HOW, code=2).stderr)
        self.collect(plain, '-o', out, *self.HOW, '--configuration', 'x86_64-gcc-none')
        self.assertEqual(self.read(out, 'x86_64-gcc-none.json')['release'], '26.49.0')     # from the banner
        self.assertEqual(os.listdir(out), ['x86_64-gcc-none.json'])


if __name__ == '__main__':
    sys.exit(unittest.main())

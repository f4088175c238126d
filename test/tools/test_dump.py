#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of `kn collect` on dumps of memory: junk around the buffer, a dump that is cut off, bytes that flipped or were used again, a buffer that
was full, several of them. Run: test/tools/test_dump.py"""

import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
import zlib

import fakelog
from knlib import dump, errors, protocol, rawlog, tools

KN = os.path.join(tools.SCRIPTS, 'kn')
SIZE = 1 << 16
PLACE = 0x3000                                              # of the buffer in the dump
BANNER = b'Kilonova 26.49.0 x86_64, gcc (Debian 12.2.0-14+deb12u1) 12.2.0\r\nCFP: branch in use, built for full\r\n'
LINES = fakelog.lines()


def buffer(lines, address=0x9c00000, dropped=0, size=SIZE):
    """A buffer as a root task leaves it, of a kernel that has said its banner."""
    text = BANNER + b''.join(line + b'\n' for line in lines)
    body = b'KN1 buffer version=1 address=0x%016x size=0x%08x length=0x%08x dropped=%08d' % (address, size, dump.HEADER_BYTES + len(text), dropped)
    header = body + b' *%08x\n' % zlib.crc32(body)
    assert len(header) == dump.HEADER_BYTES
    return (header + text).ljust(size, b'\0')


def junk(seed, count):
    return random.Random(seed).randbytes(count)


def parts(data):
    """The parts of what dump.buffers () finds."""
    return [part for found in dump.buffers(data) for part in rawlog.parts_of(found)]


class Find(unittest.TestCase):
    def one(self, data):
        found = parts(data)
        self.assertEqual(len(found), 1)
        return found[0]

    def whole(self, data, notes=0):
        part = self.one(data)
        self.assertEqual(part.verdict(), [])
        self.assertEqual([b['name'] for b in part.run.benchmarks], [b[0] for b in fakelog.BENCHES])
        self.assertEqual(part.banner, BANNER.split(b'\r')[0].decode())
        self.assertEqual(part.cfp, ['branch in use, built for full'])
        self.assertEqual(len(part.buffer.notes), notes)

    def test_anywhere(self):
        for before, behind in ((b'', b''), (bytes(4096), b''), (junk(1, PLACE), junk(2, 9999)), (junk(3, 77), bytes(5000))):
            self.whole(before + buffer(LINES) + behind)

    def test_log_is_none(self):
        self.assertIsNone(dump.buffers(fakelog.log(LINES)))
        self.assertIsNone(dump.buffers(b''))

    def test_other_texts(self):
        """What only speaks of buffers: a part of this script, a page that describes them, the log of another run."""
        for other in (b'KN1 buffer version=(\\d+) address', b'KN1 buffer version=1 address=0xADDRESS size', b'KN1 begin suite=x *00000000\n'):
            self.whole(other + bytes(8192) + buffer(LINES) + other)
            self.assertEqual(parts(other + bytes(8192)), [])

    def test_cut_off(self):
        data = junk(1, PLACE) + buffer(LINES)
        used = len(data.rstrip(b'\0'))
        self.whole(data[:used])
        part = self.one(data[:used - 200])
        self.assertIn('the dump ends 200 bytes before the buffer does: take one of 0x10000 bytes from 0x9c00000 on', part.verdict()[0])
        self.assertTrue(part.run.benchmarks)

    def test_flipped(self):
        """Of a byte of a line: that benchmark is no result. Of the header: nothing is lost."""
        good = junk(1, PLACE) + buffer(LINES)
        for seed in range(60):
            at = PLACE + random.Random(seed).randrange(dump.HEADER_BYTES - 1)
            data = good[:at] + bytes([good[at] ^ 1 << seed % 8]) + good[at + 1:]
            self.whole(data, notes=1)
        line = next(line for line in LINES if b'result name=sm-up ' in line)
        for bit in range(8):
            at = good.index(line) + len(line) // 2
            part = self.one(good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1:])
            self.assertTrue(part.verdict())
            self.assertEqual({b[0] for b in fakelog.BENCHES} - {b['name'] for b in part.run.benchmarks}, {'sm-up'})

    def test_used_again(self):
        """The first page, or the tail, belongs to somebody else now."""
        data = bytes(PLACE) + buffer(LINES)
        self.assertEqual(parts(data[:PLACE] + junk(5, 4096) + data[PLACE + 4096:]), [])      # with the line `begin`
        header = junk(5, dump.HEADER_BYTES) + bytes(64)
        lost = data[:PLACE] + header + data[PLACE + len(header):]
        part = self.one(lost)
        self.assertEqual(part.verdict(), [])
        self.assertEqual(len(part.buffer.notes), 1)
        at = data.index(LINES[20])
        part = self.one(data[:at] + junk(6, len(data) - at))
        self.assertIn('it is cut off', part.verdict()[0])
        self.assertTrue(part.run.benchmarks)

    def test_full(self):
        at = next(n for n, line in enumerate(LINES) if b'samples name=sm-up ' in line)
        some = [line for n, line in enumerate(LINES) if n < at or b' samples ' not in line]
        part = self.one(buffer(some, dropped=len(LINES) - len(some)))
        self.assertIn('the buffer was full and %d lines did not fit: start the root task with buffer=0x40000' % (len(LINES) - len(some)),
                      part.verdict()[0])
        self.assertEqual(part.run.benchmarks[-1]['name'], 'ipc.2pd.w512')
        self.assertTrue(self.one(buffer(LINES, dropped=1)).verdict())       # however whole it looks

    def test_several(self):
        cut = buffer(LINES[:20], address=0x1000000)
        found = parts(cut + junk(1, 4096) + buffer(LINES) + cut)
        self.assertEqual([(p.where, bool(p.verdict())) for p in found], [('buffer 0x1000000', True), ('buffer 0x9c00000', False)])

    def test_newer(self):
        with self.assertRaisesRegex(errors.KnError, 'version=2: this kn is older'):
            parts(buffer(LINES).replace(b'version=1', b'version=2'))


class Command(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='dump-test-')
        self.addCleanup(self.folder.cleanup)

    def collect(self, data, *words, out='a.json', code=0):
        with open(os.path.join(self.folder.name, 'memory.bin'), 'wb') as file:
            file.write(data)
        done = subprocess.run([KN, 'collect', 'memory.bin', '-o', out, '--machine', 'm', '--ticks', 'tsc', '--release', 'r', '--configuration', 'c',
                               *words], cwd=self.folder.name, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def read(self, name):
        with open(os.path.join(self.folder.name, name), encoding='ascii') as file:
            return json.load(file)

    def test_like_a_log(self):
        self.collect(junk(1, PLACE) + buffer(LINES) + junk(2, 5000))
        self.collect(BANNER + b'\r\n'.join(LINES), out='b.json')
        self.assertEqual(self.read('a.json'), self.read('b.json'))

    def test_several(self):
        other = buffer([protocol.encode('begin', 'suite=kilonova schema=2 benches=1')], address=0x1000000)
        self.assertIn('of 2 buffers, buffer 0x9c00000 alone is complete and taken', self.collect(other + buffer(LINES)))
        whole = buffer(fakelog.lines(count=999), address=0x1000000)
        self.assertIn('holds 2 runs, buffer 0x1000000, buffer 0x9c00000: give a folder', self.collect(whole + buffer(LINES), out='b.json', code=2))
        self.collect(whole + buffer(LINES), out='out')
        self.assertEqual([self.read('out/' + name)['run']['buffer'] for name in ('c.json', 'c-2.json')], ['buffer 0x1000000', 'buffer 0x9c00000'])
        self.assertIn('buffer 0x1000000, Kilonova 26.49.0', self.collect(other + buffer(LINES), out='more', code=1))

    def test_damage(self):
        data = bytearray(buffer(LINES))
        data[60] ^= 1
        self.assertIn('its header is damaged; the lines prove themselves', self.collect(bytes(data)))
        full = buffer(LINES[:20], dropped=50)
        self.assertIn('50 lines did not fit', self.collect(full, code=1))
        self.assertIn('incomplete', self.collect(full, '--partial'))
        self.assertIn('50 lines did not fit', self.read('a.json')['incomplete'])

    def test_nothing(self):
        self.assertIn('a dump of memory without results: take one of the place', self.collect(junk(1, PLACE) + bytes(4096) + junk(2, 9), code=1))
        self.assertFalse(os.path.exists(os.path.join(self.folder.name, 'a.json')))
        self.assertIn('log', self.collect(b'', code=1))


if __name__ == '__main__':
    sys.exit(unittest.main())

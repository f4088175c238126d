#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what keeps the interface reference honest (scripts/abi-tables) and of the reader of conformance runs (test/root/run.py).

Nothing boots here. Run: test/tools/test_reference.py"""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.normpath(os.path.join(HERE, '..', '..'))
TABLES = os.path.join(TOP, 'scripts', 'abi-tables')


def load(path, name):
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


abi = load(TABLES, 'abi_tables')
conformance = load(os.path.join(TOP, 'test', 'root', 'run.py'), 'conformance_run')


class Reference(unittest.TestCase):
    def run_on(self, change, status, *words):
        with open(os.path.join(TOP, 'doc', 'interface.md'), encoding='utf-8') as file:
            text = change(file.read())
        with tempfile.NamedTemporaryFile('w', suffix='.md', encoding='utf-8') as file:
            file.write(text)
            file.flush()
            done = subprocess.run([TABLES, *words, file.name], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
            with open(file.name, encoding='utf-8') as again:
                return done.stderr, again.read(), text

    def test_current(self):
        self.run_on(lambda t: t, 0, '--check')

    def test_stale(self):
        self.assertIn('is stale', self.run_on(lambda t: t.replace('| TAKE | GRANT |', '| GRANT | TAKE |', 1), 1, '--check')[0])

    def test_missing_and_unknown(self):
        self.assertIn('wants one table "<!-- abi: mtd-aarch64 -->", has 0',
                      self.run_on(lambda t: t.replace('abi: mtd-aarch64 -->', 'abi: mdt -->'), 1, '--check')[0])
        self.assertIn('no such table: new', self.run_on(lambda t: t + '<!-- abi: new -->\n<!-- /abi -->\n', 1, '--write')[0])
        self.assertIn('has 2', self.run_on(lambda t: t + '<!-- abi: hip -->\n<!-- /abi -->\n', 1, '--check')[0])

    def test_write_mends(self):
        _, after, _ = self.run_on(lambda t: t.replace('| TAKE | GRANT |', '|', 1), 0, '--write')
        with open(os.path.join(TOP, 'doc', 'interface.md'), encoding='utf-8') as file:
            self.assertEqual(after, file.read())

    def test_structure(self):
        sizes = {'uint8_t': (1, 1), 'uint16_t': (2, 2), 'uint64_t': (8, 8)}
        rows, size, _ = abi.structure('struct s {\n    uint8_t a, b[3];  /* text */\n    uint16_t c;\n    uint64_t d;\n};\n', 's', sizes)
        self.assertEqual([(o, n, f) for o, n, f, _ in rows], [(0, 1, 'a'), (1, 3, 'b'), (4, 2, 'c'), (8, 8, 'd')])
        self.assertEqual((size, rows[0][3], rows[2][3]), (16, 'text', ''))
        for bad in ('struct s {\n    float f;\n};\n', 'struct s {\n    uint8_t a : 3;\n};\n', ''):
            self.assertRaises(abi.BadHeader, abi.structure, bad, 's', sizes)


class Tap(unittest.TestCase):
    GOOD = ['Kilonova 1 x86_64', 'TAP version 13', 'ok 1 - ipc.w: a: b', 'ok 2 - ipc.w: c # TODO NOVA why', 'ok 3 - leak.x # SKIP NOVA why',
            'not ok 4 - sm.y: d # got 1 want 2', '1..4', '3 passed, 1 failed']

    def tap(self, lines):
        tap = conformance.Tap()
        for line in lines:
            tap.feed(line)
        return tap

    def test_complete(self):
        tap = self.tap(self.GOOD)
        self.assertEqual((tap.problem(), tap.total), ('', (3, 1)))
        self.assertEqual(tap.themes, {'ipc': [2, 0], 'leak': [1, 0], 'sm': [0, 1]})
        self.assertEqual((len(tap.failed), len(tap.known), len(tap.skipped)), (1, 1, 1))

    def test_lost_lines(self):
        self.assertIn('3 checks seen, 4 planned', self.tap(self.GOOD[:2] + self.GOOD[3:]).problem())
        self.assertIn('before the total', self.tap(self.GOOD[:-1]).problem())
        self.assertIn('lines were lost', self.tap(self.GOOD[:-1] + ['2 passed, 0 failed']).problem())


if __name__ == '__main__':
    sys.exit(unittest.main())

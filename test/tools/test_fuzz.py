#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the corpus of test/fuzz: it holds what seeds.py writes, has inputs for each target, and stays small."""

import os
import re
import subprocess
import sys
import unittest

import fakelog                                              # noqa: F401 (sets the path)
from knlib import tools

FUZZ = os.path.join(tools.TOP, 'test', 'fuzz')


class Corpus(unittest.TestCase):
    def test_seeds(self):
        done = subprocess.run([os.path.join(FUZZ, 'seeds.py'), '--check'], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ''), 'run test/fuzz/seeds.py')

    def test_each_target_has_a_small_one(self):
        with open(os.path.join(FUZZ, 'rules.mk'), encoding='ascii') as file:
            targets = re.findall(r'^\$\(eval \$\(call fuzz-target,(\w+),', file.read(), re.M)
        self.assertEqual(sorted(targets), sorted(os.listdir(os.path.join(FUZZ, 'corpus'))))
        for target in targets:
            folder = os.path.join(FUZZ, 'corpus', target)
            sizes = [os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)]
            self.assertTrue(0 < len(sizes) <= 128 and max(sizes) <= 8192, (target, len(sizes), max(sizes)))

    def test_show(self):
        text = subprocess.run([os.path.join(FUZZ, 'seeds.py'), '--show', os.path.join(FUZZ, 'corpus', 'acpi', 'seed-full')],
                              capture_output=True, text=True, check=True).stdout
        self.assertIn('0xf5a40: 36 bytes, checksums of an RSDP\n    0000  52 53 44 20 50 54 52 20', text)


if __name__ == '__main__':
    sys.exit(unittest.main())

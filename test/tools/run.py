#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the tests of the scripts (every test_*.py of this folder) and prints their counts."""

import argparse
import os
import sys
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--summary', metavar='FILE', help='also write "PASSED FAILED" there')
    args = parser.parse_args()
    result = unittest.TextTestRunner(verbosity=1).run(unittest.defaultTestLoader.discover(HERE))
    failed = len(result.failures) + len(result.errors)
    passed = result.testsRun - failed - len(result.skipped)
    print('  scripts %d passed, %d failed' % (passed, failed))
    if args.summary:
        os.makedirs(os.path.dirname(os.path.abspath(args.summary)), exist_ok=True)
        with open(args.summary, 'w', encoding='ascii') as summary:
            print(passed, failed, file=summary)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boots the test kernel of all sizes of stage 2 on some CPUs and checks what it says: doc/aarch64.md.

examples:
  test/sizes/run.py --kernel build/aarch64/gcc/none/test/sizes/kilonova-sizes.img
  test/sizes/run.py --kernel FILE --cpu max           on one of them

exit codes: 0 all right, 1 something wrong, 2 usage, 3 a tool is missing (run make deps)
"""

import argparse
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', '..', 'scripts')]

from knlib import console, emulator, tools                  # noqa: E402 (path set above)
from knlib.errors import KnError, UsageError                # noqa: E402

SIZES = 32, 36, 39, 40, 41, 42, 44, 48, 52
CPUS = {'cortex-a53': 40, 'cortex-a57': 44, 'max': 52}      # and its number of physical address bits
TIMEOUT = 60.0
LINE = re.compile(r'SIZES: (\d+) bits, (\d) levels, (\d+) at the top, VTCR (0x[0-9a-f]+): (\d+) of (\d+) right')
ABSENT = re.compile(r'SIZES: (\d+) bits: not this CPU, which has (\d+)')
TOTAL = re.compile(r'SIZES: (\d+) asked, (\d+) wrong')
LEAST = 15                                                  # questions for each size


def shape(bits):
    """Levels and tables at the top, by the table of the manual (D8.2.2): at most 16 tables, then one level more."""
    for levels in (2, 3, 4):
        plain = 12 + 9 * levels
        if bits <= plain + 4:
            return levels, 1 << max(0, bits - plain)
    raise AssertionError(bits)


def problem(lines, most):
    """What is wrong with the lines of a machine with so many bits, or ''."""
    seen, absent, total = {}, set(), None
    for line in lines:
        if LINE.search(line):
            bits, levels, tables, vtcr, right, asked = LINE.search(line).groups()
            seen[int(bits)] = (int(levels), int(tables), int(vtcr, 16), int(right), int(asked))
        elif ABSENT.search(line):
            absent.add(int(ABSENT.search(line)[1]))
        elif TOTAL.search(line):
            total = int(TOTAL.search(line)[1]), int(TOTAL.search(line)[2])
    if set(seen) != {s for s in SIZES if s <= most} or absent != {s for s in SIZES if s > most}:
        return 'sizes %s, not %s' % (sorted(seen), sorted(absent))
    for bits, (levels, tables, vtcr, right, asked) in seen.items():
        if (levels, tables) != shape(bits):
            return '%d bits: %d levels, %d tables' % (bits, levels, tables)
        if vtcr & 0x3f != 64 - bits or (vtcr >> 6 & 3) != levels - 2 or (vtcr >> 32 & 1) != (bits > 48):
            return '%d bits: VTCR_EL2 %#x' % (bits, vtcr)
        if right != asked or asked < LEAST:
            return '%d bits: %d of %d right' % (bits, right, asked)
    if total is None or total[1] or total[0] != sum(s[4] for s in seen.values()):
        return 'total %s' % (total,)
    return ''


def run(kernel, cpu):
    """Boots; returns the console lines of the test."""
    machine = emulator.Machine(arch='aarch64', icount=False, cpu=cpu, kernel=kernel, append='console=keep')
    lines = []
    with emulator.workdir() as directory, open(os.path.join(directory, 'console'), 'wb') as log:
        with emulator.Session(machine, directory, log) as session:
            for line in session.lines(lambda: session.started + TIMEOUT):
                text = console.plain(line) if line is not None else ''
                if 'SIZES: ' in text or 'panic' in text:
                    lines.append(text)
                if TOTAL.search(text):
                    break
    return lines


def main():
    head, tail = __doc__.split('\n\n', 1)
    parser = argparse.ArgumentParser(description=head, epilog=tail, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kernel', metavar='FILE', required=True, help='arm64 Image')
    parser.add_argument('--cpu', choices=CPUS, help='this one only')
    parser.add_argument('--jobs', type=int, default=1, metavar='N', help='CPUs at a time')
    parser.add_argument('--summary', metavar='FILE', help="write 'PASSED FAILED' there")
    args = parser.parse_args()
    tools.need(emulator.QEMU_AARCH64)
    kernel = os.path.abspath(args.kernel)
    if not os.path.exists(kernel):
        raise UsageError('%s is not there: make check-sizes ARCH=aarch64' % args.kernel)
    passed = failed = 0
    cpus = [args.cpu] if args.cpu else CPUS
    with ThreadPoolExecutor(max(1, args.jobs)) as pool:
        results = list(zip(cpus, pool.map(lambda cpu: run(kernel, cpu), cpus)))
    for cpu, lines in results:
        wrong = problem(lines, CPUS[cpu])
        for line in lines if wrong else [line for line in lines if LINE.search(line)]:
            print('    %s' % line.replace('SIZES: ', ''))
        print('%s %s%s' % ('not ok' if wrong else 'ok', cpu, ': ' + wrong if wrong else ''))
        passed, failed = passed + (not wrong), failed + bool(wrong)
    print('%d CPUs, %d passed, %d failed' % (passed + failed, passed, failed))
    if args.summary:
        with open(args.summary, 'w', encoding='ascii') as file:
            file.write('%d %d\n' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KnError as problem_met:
        print('sizes: %s' % problem_met, file=sys.stderr)
        for detail in problem_met.detail:
            print('  ' + detail, file=sys.stderr)
        sys.exit(problem_met.code)
    except KeyboardInterrupt:
        sys.exit(130)

# SPDX-License-Identifier: GPL-2.0-only
"""kn turns: boots kernels in turn, for kn compare."""

import argparse
import os
import subprocess
import sys
import time

from . import statistics, tools
from .errors import FAILURE, OK, UsageError


def main(args):
    kernels = [word.partition('=') for word in args.kernels]
    names = [name for name, _, _ in kernels]
    bad = [name for name, equals, path in kernels if not name or not equals or '/' in name or not os.path.isfile(path)]
    if bad or len(set(names)) < len(names):
        raise UsageError('kernels are given as NAME=FILE, each with a name of its own: old=a.elf new=b.elf')
    if args.boots < 1:
        raise UsageError('--boots wants a number above 0')
    for number in range(args.boots):
        for name, _, path in kernels if number % 2 == 0 else kernels[::-1]:     # A B B A: a steady drift hits both alike
            output = os.path.join(args.output, name, '%s-%02d.json' % (args.configuration, number + 1))
            if os.path.exists(output):
                raise UsageError('%s is there: choose another -o, or remove it' % output)
            print('kn turns: boot %d of %d, %s' % (number + 1, args.boots, name), file=sys.stderr, flush=True)
            # The date orders boots; two within one second would have none
            time.sleep(1 - time.time() % 1)
            done = subprocess.run([os.path.join(tools.SCRIPTS, 'kn'), 'run', '-q', '--kernel', path, '--configuration', args.configuration,
                                   '-o', output, *(['--root', args.root] if args.root else []), '--release', args.release or name,
                                   *args.run],
                                  env=dict(os.environ, SOURCE_DATE_EPOCH='%d' % time.time()), check=False)
            if done.returncode:
                return FAILURE if done.returncode == FAILURE else done.returncode
    return OK


def add(command):
    sub = command('turns', main, 'boot kernels in turn and keep each result, for kn compare', '''\
  kn turns old=a.elf new=b.elf -o build/ab --run --no-icount --bench 'ipc.*'      build/ab/old/, build/ab/new/: 7 boots each
  kn compare build/ab/old build/ab/new
  kn turns aa=a.elf -o build --boots 28 --run --no-icount                         boots of one build, for kn compare --calibrate
''')
    sub.add_argument('kernels', nargs='+', metavar='NAME=FILE', help='a kernel, and the folder of its results below -o')
    sub.add_argument('-o', '--output', metavar='FOLDER', required=True)
    sub.add_argument('--boots', type=int, default=statistics.BOOTS, metavar='N', help='of each kernel (default %(default)s)')
    sub.add_argument('--root', metavar='FILE', help='benchmark root task of all of them (default: that of kn run)')
    sub.add_argument('--configuration', default='x86_64-gcc-none', metavar='NAME', help='in the results (default %(default)s)')
    sub.add_argument('--release', metavar='NAME', help='in the results (default: NAME of the kernel)')
    sub.add_argument('--run', nargs=argparse.REMAINDER, default=[], metavar='OPTION', help='the rest are options of kn run')

# SPDX-License-Identifier: GPL-2.0-only
"""kn trace: folded stacks of the instructions of a benchmark's operation."""

import re
import sys

from . import elf, output, runner, trace
from .errors import OK, UsageError, counted


def main(args):
    kernel = args.kernel or runner.build_file('kernel-path')
    root = args.root or runner.default_root(kernel)
    elf.arch_of(kernel, root)
    if not re.fullmatch(r'[\w.]+', args.bench):
        raise UsageError('%s: one benchmark, by its whole name, for example ipc.cross.w1' % args.bench)
    if not 1 <= args.operations <= 1000 or args.timeout <= 0:
        raise UsageError('--operations wants 1 to 1000, --timeout a number above 0')
    folded, figure = trace.record(kernel, root, args.bench, args.operations, args.timeout)
    if args.output:
        output.write(args.output, trace.text(folded))
    else:
        sys.stdout.write(trace.text(folded))
    print('kn trace: %s: %s, %s in %s' % (args.bench, counted(figure, 'instruction'), counted(len(folded), 'stack'), args.output or 'standard output'),
          file=sys.stderr)
    return OK


def add(command):
    sub = command('trace', main, "follow a benchmark's operation instruction by instruction; folded stacks for flame graphs", '''\
  kn trace ipc.cross.w1                                       lines  ipc.cross.w1;kernel;fast_call 42
  kn trace map.other.map -o build/map.folded                  then, for example, flamegraph.pl build/map.folded > map.svg
  make ARCH=aarch64 all roots; kn trace null --kernel build/aarch64/gcc/none/kilonova.elf
''')
    sub.add_argument('bench', metavar='BENCHMARK', help='whose operation is a `timed` one: between two readings of the counter in one function')
    sub.add_argument('--kernel', metavar='FILE', help='ELF file with symbols (default: that of this tree)')
    sub.add_argument('--root', metavar='FILE', help='the benchmark root task (default: bench/bench.elf beside the kernel)')
    sub.add_argument('--operations', type=int, default=1, metavar='N', help='how many operations are followed; the counts are of all (default 1)')
    sub.add_argument('--timeout', type=float, default=60, metavar='S', help='seconds until the next breakpoint is reached (default 60)')
    sub.add_argument('-o', '--output', metavar='FILE', help='default: standard output')

# SPDX-License-Identifier: GPL-2.0-only
"""kn run: boots a kernel with the benchmark root task and follows its results."""

import argparse
import os
import sys

from . import collect, elf, emulator, rawlog, runner, table, tools
from .errors import OK, UsageError, counted


def main(args):
    kernel = args.kernel or runner.build_file('kernel-path')
    root = args.root or runner.default_root(kernel)
    arch = elf.arch_of(kernel, root)
    if args.emulator == 'bochs' and arch != 'x86_64':
        raise UsageError('Bochs is a PC; %s is for %s' % (kernel, arch))
    runner.check_numbers(args)
    if args.smp < 1:
        raise UsageError('--smp wants a number above 0')
    icount = args.icount if args.icount is not None else args.emulator == 'qemu' and args.smp == 1
    if icount and args.emulator == 'bochs':
        raise UsageError('--icount is an option of QEMU; Bochs with one CPU counts instructions by itself')
    if args.append is not None and 'serial' not in args.append.split():
        print("kn: --append without 'serial': the kernel will not print on the serial line", file=sys.stderr)
    words = ['bench=' + args.bench] if args.bench else []
    words += ['iterations=%d' % args.iterations] if args.iterations else []
    machine = emulator.Machine(emulator=args.emulator, arch=arch, smp=args.smp, icount=icount, cpu=args.cpu, memory=args.memory,
                               append='serial' if args.append is None else args.append, root_args=' '.join(words + args.args),
                               extra=args.emulator_option)
    label = args.label or 'kilonova-' + (args.release or collect.release())
    log = args.log or os.path.join(os.environ.get('KN_BUILD', os.path.join(tools.TOP, 'build', 'kn')), 'last.log')
    result = runner.record(machine, kernel, root, args.timeout, log, label, args.quiet)
    if args.bench and not result.benchmarks and not result.skipped:
        raise no_benchmark(args.bench)
    if args.output:
        collect.write((rawlog.read(log) or [rawlog.Part(1, {})])[-1], args.output, args.release, args.configuration, {})
    if not args.quiet:
        print('%s, %d skipped; figures are %s; %s' % (counted(len(result.benchmarks), 'benchmark'), len(result.skipped),
                                                      table.TICKS[machine.ticks_are], args.output or log))
    return OK


def no_benchmark(patterns):
    return UsageError("--bench '%s' names no benchmark; patterns are whole names, for example 'ipc.*,sem.up'" % patterns)


def add(command):
    sub = command('run', main, 'boot a kernel with the benchmark root task and follow its results', '''\
  kn run                                         this tree's kernel under QEMU, exact instruction counts
  kn run --bench 'ipc*' --iterations 100         some benchmarks, fewer iterations
  kn run --kernel other.elf --label nova-24.08.0 -o results/nova-24.08.0/qemu-q35-icount/x86_64-gcc-none.json
  kn run --emulator bochs --timeout 600          the same root task on Bochs
''')
    sub.add_argument('--kernel', metavar='FILE', help='kernel ELF, 64- or 32-bit (default: what make kernel-path names)')
    sub.add_argument('--root', metavar='FILE', help='benchmark root task (default: bench/bench.elf beside the kernel)')
    sub.add_argument('--emulator', choices=('qemu', 'bochs'), default='qemu')
    sub.add_argument('--smp', type=int, default=1, metavar='N', help='number of CPUs (default 1)')
    sub.add_argument('--memory', type=int, default=512, metavar='MIB')
    sub.add_argument('--cpu', default='', metavar='MODEL', help='CPU model of the emulator')
    sub.add_argument('--icount', action=argparse.BooleanOptionalAction, default=None,
                     help='QEMU: count instructions exactly (default: on with one CPU)')
    sub.add_argument('--bench', metavar='PATTERNS', help="benchmarks to run, for example 'ipc.*,sem.up'")
    sub.add_argument('--iterations', type=int, metavar='N', help='samples per benchmark')
    sub.add_argument('--args', nargs='+', action='extend', default=[], metavar='WORD', help='further words on the root task\'s command line')
    sub.add_argument('--append', metavar='TEXT', help="kernel command line (default 'serial')")
    sub.add_argument('--emulator-option', action='append', default=[], metavar='WORD',
                     help='one more word of the QEMU command line, or line of the Bochs configuration (repeat)')
    sub.add_argument('--timeout', type=float, default=240, metavar='S', help='seconds (default 240)')
    sub.add_argument('--log', metavar='FILE', help='keep the console here (default build/kn/last.log)')
    sub.add_argument('-o', '--output', metavar='FILE.json', help='collect: write the result here')
    sub.add_argument('--release', metavar='NAME', help='release in the result (default: from -o, else scripts/release)')
    sub.add_argument('--configuration', metavar='NAME', help='configuration in the result (default: the name of -o)')
    sub.add_argument('--label', metavar='NAME', help='name of a foreign kernel, for example nova-24.08.0')
    sub.add_argument('-q', '--quiet', action='store_true', help='no line per benchmark (a terminal still shows the progress)')

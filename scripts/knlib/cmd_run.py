# SPDX-License-Identifier: GPL-2.0-only
"""kn run: boots a kernel with the benchmark root task and follows its results."""

import argparse
import os
import sys

from . import board, collect, elf, emulator, rawlog, runner, table, tools
from .errors import OK, KnError, UsageError, counted


def main(args):
    runner.check_numbers(args)
    if args.output and not args.output.endswith('.json'):   # before a run of minutes, not after it
        raise UsageError('-o %s: the name of a result ends in .json' % args.output)
    if args.append is not None and 'serial' not in args.append.split():
        print("kn: --append without 'serial': the kernel will not print on the serial line", file=sys.stderr)
    if args.bench and args.bench.split() != [args.bench]:
        raise UsageError("--bench '%s': commas between patterns, and no spaces" % args.bench)
    words = ['bench=' + args.bench] if args.bench else []
    words += ['iterations=%d' % args.iterations] if args.iterations else []
    log = args.log or os.path.join(os.environ.get('KN_BUILD', os.path.join(tools.TOP, 'build', 'kn')), 'last.log')
    machine = board.parse(args.board, args.power)
    result = on_board(machine, args, words + args.args, log) if machine else on_emulator(args, words + args.args, log)
    runner.check_patterns(args.bench, result)
    part = (rawlog.read(log) or [rawlog.Part(1, {})])[-1]
    if args.output:
        collect.write(part, args.output, args.release, args.configuration, {})
    if not args.quiet:
        print('%s, %d skipped; figures are %s; %s' % (counted(len(result.benchmarks), 'benchmark'), len(result.skipped),
                                                      table.TICKS.get(part.facts.get('ticks_are'), 'in ticks'), args.output or log))
    return OK


def on_emulator(args, words, log):
    kernel = args.kernel or runner.build_file('kernel-path')
    root = args.root or runner.default_root(kernel)
    arch = elf.arch_of(kernel, root)
    if args.board == 'bochs' and arch != 'x86_64':
        raise UsageError('Bochs is a PC; %s is for %s' % (kernel, arch))
    for option in ('machine', 'ticks'):
        if getattr(args, option):
            raise UsageError('--%s is for serial:... and command:...; of an emulator it is known' % option)
    smp = 1 if args.smp is None else args.smp
    if smp < 1:
        raise UsageError('--smp wants a number above 0')
    if args.memory is not None and args.memory < 1:
        raise UsageError('--memory wants a number of MiB above 0')
    icount = args.icount if args.icount is not None else args.board == 'qemu' and smp == 1
    if icount and args.board == 'bochs':
        raise UsageError('--icount is an option of QEMU; Bochs with one CPU counts instructions by itself')
    machine = emulator.Machine(emulator=args.board, arch=arch, smp=smp, icount=icount, cpu=args.cpu or '', memory=args.memory or 512,
                               append='serial' if args.append is None else args.append, root_args=' '.join(words), extra=args.emulator_option)
    return runner.record(machine, kernel, root, args.timeout, log, args.label or 'kilonova-' + (args.release or collect.release()), args.quiet)


def on_board(machine, args, words, log):
    """What boots there and how is the user's matter: the commands find it in their environment, and what did boot must say that it is that."""
    for option in ('smp', 'memory', 'cpu', 'icount', 'emulator_option'):
        if getattr(args, option) not in (None, []):
            raise UsageError('--%s is an option of emulators; %s has what it has' % (option.replace('_', '-'), args.board))
    if not args.machine:
        raise UsageError('--board %s wants --machine NAME, which becomes the folder of its results' % args.board)
    facts = {'machine': args.machine, 'run': {'board': '%s:%s' % (machine.kind, machine.where)}}
    environment = {'KN_APPEND': 'serial' if args.append is None else args.append, 'KN_ROOT_ARGS': ' '.join(words)}
    for key, path, what in (('kernel', args.kernel, 'kernel'), ('root', args.root, 'root task')):
        if path:
            facts[key] = elf.facts(path, what)
            environment['KN_' + key.upper()] = os.path.abspath(path)
    for key, value in (('ticks_are', args.ticks), ('label', args.label)):
        if value:
            facts[key] = value
    result = runner.record_board(machine, environment, facts, args.timeout, log, args.quiet)
    got = result.meta.get('root_cmdline', '').split('~')
    missing = [word for word in words if word not in got]
    if missing:
        raise KnError("the board ran without '%s' on the root task's command line: --power and command:CMD find it in KN_ROOT_ARGS" % ' '.join(missing))
    return result


def add(command):
    sub = command('run', main, 'boot a kernel with the benchmark root task and follow its results', '''\
  kn run                                         this tree's kernel under QEMU, exact instruction counts
  kn run --bench 'ipc*' --iterations 100         some benchmarks, fewer iterations
  kn run --kernel other.elf --label nova-24.08.0 -o results/nova-24.08.0/qemu-q35-icount/x86_64-gcc-none.json
  kn run --board bochs --timeout 600             the same root task on Bochs
  kn run --board serial:/dev/ttyUSB0,115200 --power 'labgrid-client power cycle' --machine x230 -o results/v1.0/x230/x86_64-gcc-none.json
''')
    sub.add_argument('--kernel', metavar='FILE', help='kernel ELF, 64- or 32-bit (default: what make kernel-path names)')
    sub.add_argument('--root', metavar='FILE', help='benchmark root task (default: bench/bench.elf beside the kernel)')
    sub.add_argument('--board', '--emulator', default='qemu', metavar='WHERE',
                     help='%s (default qemu): an emulator, a serial line, a command whose output is the console; doc/bench/boards.md' % board.WAYS)
    sub.add_argument('--power', metavar='CMD', help='of serial:... and command:...: switches the machine on, once its console is open')
    sub.add_argument('--machine', metavar='NAME', help='of serial:... and command:...: name of the machine')
    sub.add_argument('--ticks', choices=('cycles', 'tsc', 'cntvct'), help='what a tick is there (default: the counter that the root task reads)')
    sub.add_argument('--smp', type=int, metavar='N', help='number of CPUs of an emulator (default 1)')
    sub.add_argument('--memory', type=int, metavar='MIB', help='of an emulator (default 512)')
    sub.add_argument('--cpu', metavar='MODEL', help='CPU model of the emulator')
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

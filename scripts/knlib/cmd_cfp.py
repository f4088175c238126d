# SPDX-License-Identifier: GPL-2.0-only
"""kn cfp: measures what control-flow protection costs, level by level."""

import os
import sys

from . import cfp, cfp_plot, elf, runner, store
from .errors import OK, UsageError


def main(args):
    kernels = {}
    for word in args.kernels:
        level, equals, path = word.partition('=')
        if not equals or level not in cfp.LEVELS:
            raise UsageError("'%s' is not LEVEL=FILE with a level of %s" % (word, ', '.join(cfp.LEVELS)))
        kernels[level] = path
        elf.read(path, 'kernel')
    arch = cfp.arch_of(args.configuration)
    settings = (cfp.OFF,) if args.emulator == 'qemu' and arch == 'x86_64' else (cfp.ON, cfp.OFF)
    reference = cfp.reference(args.reference, args.configuration, settings)
    if not kernels:
        documents = cfp.read(args.output, args.configuration, settings)
        if not documents:
            raise UsageError('%s has no result %s-LEVEL.json; give LEVEL=FILE of the kernels to measure' % (args.output, args.configuration))
    else:
        missing = [level for _, level in cfp.series(settings) if level not in kernels]
        if missing:
            raise UsageError('give the kernel of CFP=%s as %s=FILE' % (missing[0], missing[0]))
        runner.check_numbers(args)
        if args.rounds < 1:
            raise UsageError('--rounds wants a number above 0')
        root = args.root or runner.default_root(kernels['none'])
        elf.read(root, 'root task')
        release = args.release or os.path.basename(os.path.abspath(args.output))
        documents = cfp.measure(kernels, root, settings, args.rounds, args.bench, args.iterations, args.timeout, args.label or 'kilonova-' + release,
                                release, args.configuration, cfp.default_log_folder(), lambda text: print('kn cfp: ' + text, file=sys.stderr, flush=True))
        cfp.write(documents, args.output, args.configuration)
        if args.rounds > 1:
            print('%d rounds, all samples of all runs the same' % args.rounds)
    sys.stdout.write(cfp.render(documents, reference))
    if kernels:
        print('\nRecorded: %s' % os.path.join(args.output, '{%s}' % ','.join(dict.fromkeys(d['machine'] for d in documents.values())), args.configuration + '-*.json'))
    chart = os.path.join(args.output, documents[next(iter(documents))]['machine'], args.configuration + '-cfp')
    for name in cfp_plot.write(documents, reference, chart):
        print('Chart:    ' + name)
    return OK


def add(command):
    sub = command('cfp', main, 'measure what control-flow protection costs, level by level; table and chart', '''\
  kn cfp none=A.elf branch=B.elf return=C.elf full=D.elf -o results/v1.0     what make bench-cfp does
  kn cfp none=A.elf full=D.elf --emulator qemu -o build/results/v1.0         only: what is left on a CPU without CET
  kn cfp -o results/v1.0                                                     table and chart of what is recorded there
''')
    sub.add_argument('kernels', nargs='*', metavar='LEVEL=FILE', help='kernel of each level: none, branch, return, full')
    sub.add_argument('-o', '--output', metavar='FOLDER', required=True, help='results go below it, or come from there without LEVEL=FILE')
    sub.add_argument('--root', metavar='FILE', help='benchmark root task of all runs (default: bench/bench.elf beside the kernel of CFP=none)')
    sub.add_argument('--emulator', choices=('bochs', 'qemu'), default='bochs',
                     help='of x86_64: bochs (default): all levels where CET is enforced, then as with qemu; qemu: CFP=none and full without CET')
    sub.add_argument('--rounds', type=int, default=2, metavar='N', help='all runs N times in turn; the samples must be the same (default 2)')
    sub.add_argument('--bench', metavar='PATTERNS', help='benchmarks to run (default on Bochs: %s; on QEMU: all)' % cfp.BENCH)
    sub.add_argument('--iterations', type=int, metavar='N', help='samples per benchmark (default on Bochs: %d)' % cfp.ITERATIONS)
    sub.add_argument('--timeout', type=float, default=600, metavar='S', help='seconds for one run (default 600)')
    sub.add_argument('--release', metavar='NAME', help='release in the results (default: the name of FOLDER)')
    sub.add_argument('--label', metavar='NAME', help="name of the kernel in table and chart (default: the release)")
    sub.add_argument('--configuration', default='x86_64-gcc', metavar='NAME', help='architecture-compiler (default x86_64-gcc)')
    sub.add_argument('--reference', metavar='FOLDER', help="kernel to stand beside it, or 'none' (default: results/%s)" % store.REFERENCE)

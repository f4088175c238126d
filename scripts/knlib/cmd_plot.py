# SPDX-License-Identifier: GPL-2.0-only
"""kn plot: draws results as SVG and PNG."""

from . import charts, pair, pair_plot, plot, store, style
from .errors import OK, UsageError


def main(args):
    documents = [store.read(path) for path in args.files]
    if args.bench and args.chart not in ('latency', 'heat', 'history'):
        raise UsageError('--bench chooses for --chart latency, heat and history')
    if args.chart:
        out = args.output or '%s-%s' % (args.files[0].removesuffix('.json'), args.chart)
        names = style.picture(charts.CHARTS[args.chart](documents, args.files, args), out)
    elif len(documents) == 1:
        out = args.output or args.files[0].removesuffix('.json')
        names = plot.write(documents[0], store.reference_for(documents[0], args.reference), out)
    elif not pair.wanted(documents) or len({pair.arch(d) for d in documents}) < len(documents):
        raise UsageError('a chart is of one result, or of one of each architecture')
    elif len({d['ticks_are'] for d in documents}) > 1:
        raise UsageError('the files count different things; plot them apart')
    elif not args.output:
        raise UsageError('a chart of several results wants -o NAME')
    else:
        names = pair_plot.write(pair.columns(documents, args.reference), args.output)
    for name in names:
        print(name)
    return OK


def add(command):
    sub = command('plot', main, 'draw results as SVG and PNG', '''\
  kn plot results/v1.0/qemu-q35-icount/x86_64-gcc-none.json            .svg and .png beside it
  kn plot new.json --reference old.json -o build/chart
  kn plot x86_64.json aarch64.json -o build/chart                      several architectures in one picture
  kn plot --chart ipc x86_64.json aarch64.json -o build/ipc            IPC over the message size
  kn plot --chart latency --bench 'ipc.cross.w1*,sem.up' x86_64.json   histogram and tail
  kn plot --chart history results/26.48.3/qemu-q35-icount/x86_64-gcc-none.json     all releases up to that one
''')
    sub.add_argument('files', nargs='+', metavar='FILE')
    sub.add_argument('--chart', choices=charts.CHARTS, help='one question instead of all figures (doc/bench/plots.md)')
    sub.add_argument('--bench', metavar='PATTERNS', help='benchmarks of a chart of latency, heat or history (default: those with the longest tails; '
                     'all; a dozen)')
    sub.add_argument('--reference', metavar='FILE', help="result to compare with, or 'none'")
    sub.add_argument('-o', '--output', metavar='OUT', help='writes OUT.svg and OUT.png (default: FILE without .json, with the name of the chart)')

# SPDX-License-Identifier: GPL-2.0-only
"""kn plot: draws results as SVG and PNG."""

from . import pair, pair_plot, plot, store
from .errors import OK, UsageError


def main(args):
    documents = [store.read(path) for path in args.files]
    if len(documents) == 1:
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
''')
    sub.add_argument('files', nargs='+', metavar='FILE')
    sub.add_argument('--reference', metavar='FILE', help="result to compare with, or 'none'")
    sub.add_argument('-o', '--output', metavar='OUT', help='writes OUT.svg and OUT.png (default: FILE without .json)')

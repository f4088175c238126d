# SPDX-License-Identifier: GPL-2.0-only
"""kn export: results in the formats of other tools."""

import sys

from . import export, output, store
from .errors import OK


def main(args):
    text = export.FORMATS[args.format]([store.read(path) for path in args.files])
    if args.output:
        output.write(args.output, text)
    else:
        sys.stdout.write(text)
    return OK


def add(command):
    sub = command('export', main, 'print results in the format of another tool', '''\
  kn export google-benchmark old.json > a; kn export google-benchmark new.json > b; compare.py benchmarks a b
  kn export benchstat results/26.48.2/qemu-q35-icount/x86_64-gcc-none.json > old.txt; benchstat old.txt new.txt
  kn export sel4bench x86_64.json >> 2026/q35/X86_64.jsonl
  kn export perf-stat x86_64.json                         counters, where the kernel had pmu=
''')
    sub.add_argument('format', choices=export.FORMATS)
    sub.add_argument('files', nargs='+', metavar='FILE', help='several are boots of the same machine and configuration')
    sub.add_argument('-o', '--output', metavar='OUT', help='default: standard output')

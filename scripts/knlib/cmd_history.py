# SPDX-License-Identifier: GPL-2.0-only
"""kn history: figures over releases."""

import json
import sys

from . import compare, history, store
from .errors import OK


def main(args):
    found = history.histories(args.results, args.patterns, args.machine, args.configuration)
    if args.format == 'json':
        json.dump({'histories': found}, sys.stdout, indent=1)
        print()
    else:
        print('\n'.join(history.text(h, args.format, args.all or bool(args.patterns)) for h in found), end='')
    return OK


def add(command):
    sub = command('history', main, 'figures over releases, with the releases in which they changed', '''\
  kn history                                             what changed, on every machine
  kn history 'ipc.*' --machine 'qemu-*-icount'           these benchmarks, changed or not
  kn history --configuration 'x86_64-*' --format json    for plots
''')
    sub.add_argument('patterns', nargs='*', metavar='BENCH', help="benchmarks, for example 'ipc.*' (default: those that changed)")
    sub.add_argument('--machine', default='*', metavar='PATTERN')
    sub.add_argument('--configuration', default='*-gcc-none', metavar='PATTERN', help='default %(default)s')
    sub.add_argument('--results', default=store.RESULTS, metavar='FOLDER', help='where the releases are (default results/)')
    sub.add_argument('--all', action='store_true', help='print what did not change, too')
    sub.add_argument('--format', choices=compare.FORMATS, default='text')

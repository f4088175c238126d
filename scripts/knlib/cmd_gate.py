# SPDX-License-Identifier: GPL-2.0-only
"""kn gate: exact counts against those that results/expected allows."""

import json
import os
import shlex
import sys

from . import gate
from .errors import FAILURE, OK, UsageError


def main(args):
    if args.reason is not None and not args.update:
        raise UsageError('--reason goes with --update')
    if args.update:
        if not (args.reason or '').strip():
            raise UsageError('--update wants --reason TEXT: why these figures are right; it is kept in the file')
        if args.format != 'text':
            raise UsageError('--update prints text')
        return update(args)
    results = [gate.judge(path, args.expected) for path in args.files]
    if args.format == 'json':
        json.dump({'results': results}, sys.stdout, indent=1)
        print()
    else:
        for result in results:
            print('\n'.join(gate.lines(result, command(result['file'], args.expected))))
    return FAILURE if any(map(gate.failed, results)) else OK


def command(path, folder):
    """What records the figures of this file."""
    given = [] if folder == gate.EXPECTED else ['--expected', folder]
    return ' '.join(['scripts/kn gate --update --reason "..."', *(shlex.quote(word) for word in [*given, path])])


def update(args):
    for path in args.files:
        file, changed = gate.renew(path, args.expected, args.reason.strip())
        print('%s: %s' % (os.path.relpath(file), 'nothing changed' if not changed else 'written'))
        for line in changed:
            print('  ' + line)
    return OK


def add(command_of):
    sub = command_of('gate', main, 'fail if an exact count is above what results/expected allows', '''\
  kn gate results/26.48.3/qemu-q35-icount/x86_64-gcc-none.json
  kn gate --update --reason 'one check more of delegations' build/gate/qemu-q35-icount/x86_64-gcc-none.json     make gate does both

Exit code 1: a regression, or a benchmark is gone. An improvement, a new benchmark and an unknown compiler are reported, not failed.
''')
    sub.add_argument('files', nargs='+', metavar='FILE', help='results of whole runs, exact instruction counts')
    sub.add_argument('--update', action='store_true', help='make these figures the expected ones')
    sub.add_argument('--reason', metavar='TEXT', help='why; kept in the file, with the commit of the figures')
    sub.add_argument('--expected', default=gate.EXPECTED, metavar='FOLDER', help='default results/expected')
    sub.add_argument('--format', choices=('text', 'json'), default='text')

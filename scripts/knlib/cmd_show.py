# SPDX-License-Identifier: GPL-2.0-only
"""kn show: prints results as a table, beside the recorded reference."""

import sys

from . import pair, stages, store, table
from .errors import OK, KnError, UsageError


def main(args):
    documents = [store.read(path) for path in args.files]
    kinds = {d['ticks_are'] for d in documents}
    if len(kinds) > 1:
        raise UsageError('the files count different things (%s); show them apart' % ', '.join(sorted(kinds)))
    if args.stages:
        return show_stages(documents)
    if args.counters:
        return show_counters(documents)
    if pair.wanted(documents):
        sys.stdout.write(pair.render(pair.columns(documents, args.reference), args.format, args.wide))
        return OK
    reference = store.reference_for(documents[0], args.reference)
    sys.stdout.write(table.render(documents, reference, args.format, args.wide))
    return OK


def show_counters(documents):
    lines = table.counter_lines(documents)
    if not lines:
        raise UsageError('none of the files has batches of other counters: they come from a kernel with pmu= on a CPU that has them')
    print('\n'.join(['Each batch is of operations of its own; counters are not divided by each other sample by sample.', ''] + lines))
    return OK


def show_stages(documents):
    lines = stages.text(documents, table.titles(documents), table.TICKS)
    if not lines:
        raise UsageError('none of the files has stages: they come from kn run --append "serial trace=ipc" --bench "trace.*"')
    print('\n'.join(lines[1:]))
    faults = stages.faults(documents)
    if faults:
        raise KnError(faults[0], faults[1:])
    return OK


def add(command):
    sub = command('show', main, 'print results as a table, beside the recorded reference', '''\
  kn show results/v1.0/qemu-q35-icount/x86_64-gcc-none.json
  kn show old.json new.json --reference none
  kn show new.json --format markdown
  kn show x86_64.json aarch64.json               one table of several architectures, each beside its own reference
  kn show --stages plain.json traced.json        stages of a round trip (make bench-trace)
''')
    sub.add_argument('files', nargs='+', metavar='FILE')
    sub.add_argument('--reference', metavar='FILE', help="result to compare with, or 'none' (default: %s on the same machine)" % store.REFERENCE)
    sub.add_argument('--format', choices=table.FORMATS, default='text')
    sub.add_argument('--stages', action='store_true', help='only the stages of traced round trips; fails unless, where instructions are '
                     'counted, they add up to the untraced figure, which is in another of the files')
    sub.add_argument('--counters', action='store_true', help='only the batches of other counters (cycles, instructions, misses)')
    sub.add_argument('--wide', action='store_true', help='do not shorten the text of the operation')

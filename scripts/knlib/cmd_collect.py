# SPDX-License-Identifier: GPL-2.0-only
"""kn collect: makes result files from a console log."""

import os
import sys

from . import collect, elf, rawlog, runner, store
from .errors import FAILURE, OK, KnError, UsageError, counted


def place(part, folder, override, args, taken):
    """(document, file name) of one run of a log that may hold several."""
    facts = collect.facts_of(part, override)
    release, configuration = args.release or facts.get('release'), args.configuration or facts.get('configuration')
    for key, value in (('release', release), ('configuration', configuration)):
        if not value:
            raise UsageError('the run on line %d does not say its %s; give --%s' % (part.line, key, key))
    if facts.get('ticks_are') != 'instructions':            # the order of boots, for kn compare
        facts['run'] = dict(facts.get('run', {}), log=os.path.basename(args.log), line=str(part.line))
    document = collect.document(part, facts, release, configuration, args.partial)
    taken[configuration] = taken.get(configuration, 0) + 1  # the same again is a second file
    again = '-%d' % taken[configuration] if taken[configuration] > 1 else ''
    return document, os.path.join(folder, configuration + again + '.json')


def main(args):
    override = {k: v for k, v in (('machine', args.machine), ('ticks_are', args.ticks), ('label', args.label)) if v}
    for key, path, what in (('kernel', args.kernel, 'kernel'), ('root', args.root, 'root task')):
        if path:
            override[key] = elf.facts(path, what)
    parts = rawlog.read(args.log)
    if args.output.endswith('.json'):
        if len(parts) > 1:
            raise UsageError('%s holds %d runs, on lines %s: give a folder, -o DIR' % (args.log, len(parts), ', '.join(str(p.line) for p in parts)))
        part = parts[0] if parts else rawlog.Part(1, {})
        try:
            collect.write(part, args.output, args.release, args.configuration, override, args.partial)
        except KnError as error:
            if part.run.benchmarks and not args.partial and part.verdict():
                error.detail.append('%s whole: --partial makes a result of them' % counted(len(part.run.benchmarks), 'benchmark'))
            raise
        warn_of_partial(part)
        print(args.output)
        return OK
    if os.path.isfile(args.output):
        raise UsageError('-o %s: FILE.json or a folder' % args.output)
    return collect_all(parts, args, override)


def warn_of_partial(part):
    """The user asked for a result of an incomplete run; what it lacks is said all the same."""
    for line in part.verdict()[:1]:
        print('kn collect: line %d: incomplete, %s: %s' % (part.line, counted(len(part.run.benchmarks), 'whole benchmark'), line), file=sys.stderr)


def collect_all(parts, args, override):
    """Each run that is complete becomes a file; each one that is not, or a log without any, is a failure. With --partial, the benchmarks
    that are whole are enough."""
    good = [part for part in parts if not part.verdict() or args.partial and part.run.begun and part.run.benchmarks]
    made, taken = [], {}
    for part in good:
        made.append(place(part, args.output, override, args, taken))
    for document, path in made:                             # before the first one is written
        if os.path.exists(path) and not store.same(document, path):
            raise UsageError('%s is there, with other figures: collect into another folder' % path)
    for part, (document, path) in zip(good, made):
        store.write(document, path)
        print('%s: line %d, %s, %d skipped; %s' % (path, part.line, counted(len(document['benchmarks']), 'benchmark'), len(document['skipped']),
                                                   'CFP: ' + '; '.join(part.cfp) if part.cfp else 'no line CFP'))
        warn_of_partial(part)
    for part in parts:
        verdict = part.verdict()
        if part not in good:
            name = part.run.meta and part.image().get('configuration') or part.banner or 'a kernel without a banner'
            print('kn collect: line %d, %s: no result: %s' % (part.line, name, verdict[0]), file=sys.stderr)
            for line in runner.few(verdict[1:]):
                print('  ' + line, file=sys.stderr)
    if not parts:
        raise KnError('%s holds no run: neither a line that starts a kernel nor one of a root task (KN1)' % args.log)
    return OK if len(good) == len(parts) else FAILURE


def add(command):
    sub = command('collect', main, 'make result files from a console log', '''\
  kn collect build/kn/last.log -o results/v1.0/qemu-q35-icount/x86_64-gcc-none.json
  kn collect serial.log --machine x230 --ticks tsc --kernel kilonova.elf -o results/v1.0/x230/x86_64-gcc-none.json
  kn collect serial.log --machine x230 --ticks tsc -o results/v1.0/x230     each run in the log is a file, named by its configuration
  kn collect --partial cut.log --machine x230 --ticks tsc -o build/cut.json                 what is whole of a run that is not
''')
    sub.add_argument('log', metavar='LOG')
    sub.add_argument('--partial', action='store_true', help='of a run that was cut off or damaged, keep the benchmarks that are whole; the '
                     'result says that it is incomplete, and why')
    sub.add_argument('-o', '--output', metavar='FILE.json | DIR', required=True, help='DIR: a file for each run in the log')
    sub.add_argument('--machine', metavar='NAME', help='for a log that kn run did not write')
    sub.add_argument('--ticks', choices=('instructions', 'cycles', 'tsc', 'cntvct'), help='what a tick is, for such a log')
    sub.add_argument('--kernel', metavar='FILE', help='the kernel that ran (SHA-256, compiler)')
    sub.add_argument('--root', metavar='FILE', help='the root task that ran')
    sub.add_argument('--release', metavar='NAME')
    sub.add_argument('--configuration', metavar='NAME')
    sub.add_argument('--label', metavar='NAME')

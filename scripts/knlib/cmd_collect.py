# SPDX-License-Identifier: GPL-2.0-only
"""kn collect: makes result files from a console log, or from a dump of memory."""

import os
import sys

from . import collect, elf, rawlog, store
from .errors import FAILURE, OK, KnError, UsageError, counted, few


def place(part, folder, override, args, taken):
    """(document, file name) of one run of a log that may hold several."""
    facts = collect.facts_of(part, override)
    release, configuration = args.release or facts.get('release'), args.configuration or facts.get('configuration')
    for key, value in (('release', release), ('configuration', configuration)):
        if not value:
            raise UsageError('%s: the run does not say its %s; give --%s' % (part.where, key, key))
    if facts.get('ticks_are') != 'instructions':            # the order of boots, for kn compare
        facts['run'] = dict(facts.get('run', {}), log=os.path.basename(args.log), **({'buffer': part.where} if part.buffer else {'line': str(part.line)}))
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
        part = only(parts, args.log)
        try:
            collect.write(part, args.output, args.release, args.configuration, override, args.partial)
        except KnError as error:
            if part.run.benchmarks and not args.partial and part.verdict():
                error.detail.append('%s whole: --partial makes a result of them' % counted(len(part.run.benchmarks), 'benchmark'))
            raise
        warn(part)
        print(args.output)
        return OK
    if os.path.exists(args.output) and not os.path.isdir(args.output):
        raise UsageError('-o %s: FILE.json or a folder' % args.output)
    return collect_all(parts, args, override)


def only(parts, path):
    """The one run of a file. Of several buffers in a dump, some may be what an earlier boot left, half of it used again: then it is the one
    that is complete."""
    if len(parts) < 2:
        return parts[0] if parts else rawlog.Part(1, {})
    good = [part for part in parts if part.buffer and not part.verdict()]
    if len(good) != 1:
        raise UsageError('%s holds %d runs, %s: give a folder, -o DIR' % (path, len(parts), ', '.join(
            p.where for p in parts) if parts[0].buffer else 'on lines ' + ', '.join(str(p.line) for p in parts)))
    print('kn collect: of %d buffers, %s alone is complete and taken' % (len(parts), good[0].where), file=sys.stderr)
    return good[0]


def warn(part):
    """The user asked for a result of an incomplete run; what it lacks is said all the same. What was damaged, and did no harm, is too."""
    verdict = part.verdict()
    if verdict:
        print('kn collect: %s: incomplete, %s: %s' % (part.where, counted(len(part.run.benchmarks), 'whole benchmark'), verdict[0]), file=sys.stderr)
    for note in part.buffer.notes if part.buffer and not verdict else ():
        print('kn collect: %s: %s' % (part.where, note), file=sys.stderr)


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
        print('%s: %s, %s, %d skipped; %s' % (path, part.where, counted(len(document['benchmarks']), 'benchmark'), len(document['skipped']),
                                                   'CFP: ' + '; '.join(part.cfp) if part.cfp else 'no line CFP'))
        warn(part)
    for part in parts:
        verdict = part.verdict()
        if part not in good:
            name = part.run.meta and part.image().get('configuration') or part.banner or 'a kernel without a banner'
            print('kn collect: %s, %s: no result: %s' % (part.where, name, verdict[0]), file=sys.stderr)
            for line in few(verdict[1:]):
                print('  ' + line, file=sys.stderr)
    if not parts:
        raise KnError('%s holds no run: neither a line that starts a kernel nor one of a root task (KN1)' % args.log)
    return OK if len(good) == len(parts) else FAILURE


def add(command):
    sub = command('collect', main, 'make result files from a console log or a dump of memory', '''\
  kn collect build/kn/last.log -o results/v1.0/qemu-q35-icount/x86_64-gcc-none.json
  kn collect serial.log --machine x230 --ticks tsc --kernel kilonova.elf -o results/v1.0/x230/x86_64-gcc-none.json
  kn collect serial.log --machine x230 --ticks tsc -o results/v1.0/x230     each run in the log is a file, named by its configuration
  kn collect --partial cut.log --machine x230 --ticks tsc -o build/cut.json                 what is whole of a run that is not
  kn collect memory.bin --machine x230 --ticks tsc -o results/v1.0/x230     the same of a dump of memory, taken while the root task stays
                                                                            (end=stay) or after a reset: doc/bare-metal.md
''')
    sub.add_argument('log', metavar='LOG | DUMP', help='a raw console log, or memory with the buffer that the line meta buffer= and the screen name, '
                     'wherever in the file it is')
    sub.add_argument('--partial', action='store_true', help='of a run that was cut off or damaged, keep the benchmarks that are whole; the '
                     'result says that it is incomplete, and why')
    sub.add_argument('-o', '--output', metavar='FILE.json | DIR', required=True, help='DIR: a file for each run in it')
    sub.add_argument('--machine', metavar='NAME', help='for a log that kn run did not write')
    sub.add_argument('--ticks', choices=('instructions', 'cycles', 'tsc', 'cntvct'), help='what a tick is, for such a log')
    sub.add_argument('--kernel', metavar='FILE', help='the kernel that ran (SHA-256, compiler)')
    sub.add_argument('--root', metavar='FILE', help='the root task that ran')
    sub.add_argument('--release', metavar='NAME')
    sub.add_argument('--configuration', metavar='NAME')
    sub.add_argument('--label', metavar='NAME')

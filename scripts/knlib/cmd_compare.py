# SPDX-License-Identifier: GPL-2.0-only
"""kn compare: what became faster or slower between two builds; how often it says so of one build."""

import json
import sys

from . import boots, calibrate, compare, statistics
from .errors import FAILURE, OK, UsageError


def main(args):
    threshold = args.threshold / 100 if args.threshold is not None else None
    compare.check(threshold, args.alpha)
    if args.calibrate:
        return measure(args, threshold)
    if args.old is None or args.new is None:
        raise UsageError('compare wants two results, or folders of them: kn compare OLD NEW')
    pairs, apart = boots.pairs(args.old, args.new)
    results = [compare.compare(old, new, threshold, args.alpha, args.quantiles) for old, new in pairs]
    if args.format == 'json':
        json.dump({'alpha': args.alpha, 'only_in_one': apart, 'comparisons': results}, sys.stdout, indent=1)
        print()
    else:
        print('\n'.join(compare.text(result, args.format, args.all) for result in results), end='')
        for name in apart:
            print('only in one of them: ' + name)
    slower = any(result['counts'][statistics.SLOWER] for result in results)
    other = apart or any(len(result['benchmarks']) > result['counts'][statistics.SAME] or result['only_old'] or result['only_new']
                         for result in results)
    return FAILURE if slower or args.same and other else OK


def measure(args, threshold):
    """The rate of false alarms, from boots of one build."""
    if args.new is not None or args.old is None:
        raise UsageError('--calibrate wants one folder, of boots of one build')
    results = [calibrate.calibrate(side, threshold, args.alpha) for side in boots.sides(args.old).values()]
    if args.format == 'json':
        json.dump({'alpha': args.alpha, 'calibrations': results}, sys.stdout, indent=1)
        print()
    else:
        print('\n'.join(map(calibrate.text, results)), end='')
    return FAILURE if any(result['rate'] > args.alpha for result in results) else OK


def add(command):
    sub = command('compare', main, 'what became faster or slower between two builds on one machine', '''\
  kn compare results/26.48.2 results/26.48.3                  each machine and configuration that both have
  kn compare old.json new.json --format json                  exact instruction counts: one run each, any difference counts
  kn compare build/ab/old build/ab/new                        hardware: at least 7 boots each, taken in turn (kn turns)
  kn compare build/ab/old build/ab/new --quantiles            and what the raw samples look like
  kn compare --calibrate results/aa/qemu-q35                  how often boots of one build are called changed

Verdicts: slower, faster, same, unsure. Exit code 1: something is slower (--same: or anything but the same; --calibrate: false alarms are
more frequent than --alpha), 0: nothing is. doc/bench/statistics.md says what is behind a verdict.
''')
    sub.add_argument('old', nargs='?', metavar='OLD', help='a result, a folder, or a quoted pattern')
    sub.add_argument('new', nargs='?', metavar='NEW')
    sub.add_argument('--same', action='store_true', help='expect no difference: exit 1 unless all is the same')
    sub.add_argument('--all', action='store_true', help='print what is the same, too')
    sub.add_argument('--quantiles', action='store_true', help='describe the raw samples; of times this '
                     'takes fewer than 7 boots, and gives no verdict')
    sub.add_argument('--calibrate', action='store_true', help='OLD is boots of one build: print the rate of false alarms')
    sub.add_argument('--threshold', type=float, metavar='PERCENT', help="smallest change that counts (default: from the machine's "
                     'recorded noise in results/aa, else %g)' % (100 * statistics.THRESHOLD))
    sub.add_argument('--alpha', type=float, default=statistics.ALPHA, metavar='P',
                     help='false alarms of all benchmarks together (default %(default)s)')
    sub.add_argument('--format', choices=compare.FORMATS, default='text')

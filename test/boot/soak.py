#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Soak: boots the abuse root task again and again, each time with a fresh seed and on another machine, until time is over.

examples:
  make soak MINUTES=60                      an hour
  make soak SEED=123 [ON='*2 CPUs*']        that seed again, once on each machine (or on some)
  make soak ARCH=aarch64                    the other architecture

exit codes: 0 every run passed, 1 some failed, 2 usage, 3 a tool is missing (run make deps)
"""

import argparse
import fnmatch
import os
import re
import signal
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', '..', 'scripts')]

import run                                                  # noqa: E402 (path set above)
import table                                                # noqa: E402
from knlib import elf, program, tools                       # noqa: E402
from knlib.errors import UsageError                         # noqa: E402

BUSY = 'slow=10 ms=200 skip=sched,ctrl_sc,survive.latency,ctrl_sm.cancel,ctrl_sm.timeouts,ctrl_ec.strong_idle' # times of a shared machine
MACHINES = {                                                # name: debug kernel?, keys of a boot test; arch: only there
    '2 CPUs, assertions': (True, {'smp': 2, 'args': BUSY}),
    '4 CPUs': (False, {'smp': 4, 'args': BUSY}),
    '1 CPU, icount, assertions': (True, {'icount': True, 'args': 'ms=1000'}),
    '4 CPUs, icount': (False, {'smp': 4, 'icount': True, 'args': 'ms=200 skip=sched'}),
    '1 CPU': (False, {'args': BUSY}),
    '4 CPUs, assertions': (True, {'smp': 4, 'args': BUSY}),
    '2 CPUs': (False, {'smp': 2, 'args': BUSY}),
    'bochs, assertions': (True, {'arch': 'x86_64', 'emulator': 'bochs', 'boot': 'grub-multiboot2', 'args': 'only=address,random,event,ipc ms=50'}),
    'GICv2, max, 2 CPUs, assertions': (True, {'arch': 'aarch64', 'gic': 2, 'cpu': 'max', 'smp': 2, 'args': BUSY}),
}


def boot(name, seed, args):
    """One run; returns the last line of the root task. Raises run.Failed."""
    debug, keys = MACHINES[name]
    test = {key: default for key, (_, default) in table.KEYS.items()}
    test.update({'name': name, 'arch': args.arch, 'boot': table.BOOTS[args.arch][0], 'root': 'test/abuse/abuse.elf', 'timeout': 900.0, 'exit': 1,
                 'forbid': [r'\bpanic\b', r'\bassertion\b', '^not ok'], 'expect': ['Kilonova', r'^\d+ passed, 0 failed']})
    test.update(keys)
    test['args'] = 'seed=%d %s' % (seed, test['args'])
    path = os.path.join(args.logs, '%d-%s.log' % (seed, re.sub(r'[^\w.-]+', '-', name)))
    with open(path, 'wb') as log:
        run.execute(test, args.debug_kernel if debug else args.kernel, args.objects, log)
    with open(path, encoding='ascii', errors='replace') as log:
        found = re.findall(r'^(\d+) passed', log.read(), re.M)
    os.remove(path)                                         # only those that failed are kept
    return int(found[-1])


def arguments():
    head, tail = __doc__.split('\n\n', 1)
    parser = argparse.ArgumentParser(description=head, epilog=tail, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kernel', metavar='FILE', required=True)
    parser.add_argument('--debug-kernel', metavar='FILE', required=True, help='made with DEBUG=1')
    parser.add_argument('--arch', choices=table.ARCHES, default='x86_64')
    parser.add_argument('--objects', metavar='DIR', required=True, help='where the root ELF files lie')
    parser.add_argument('--minutes', type=float, default=10.0, metavar='N', help='begin no run after that (default: 10)')
    parser.add_argument('--seed', type=int, metavar='N', help='this one, once on each machine')
    parser.add_argument('--on', default='*', metavar='PATTERN', help='names of machines, with * and ?: ' + '; '.join(MACHINES))
    parser.add_argument('--logs', metavar='DIR', default=os.path.join(tools.TOP, 'build', 'soak'),
                        help='keeps consoles of failed runs')
    return parser.parse_args()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))   # ends the emulator too
    args = arguments()
    here = [n for n, (_, keys) in MACHINES.items() if keys.get('arch', args.arch) == args.arch]
    names = [n for n in here if fnmatch.fnmatchcase(n, args.on)]
    if not names:
        raise UsageError("--on '%s' names no machine; they are: %s" % (args.on, '; '.join(here)))
    if args.minutes <= 0 or (args.seed is not None and args.seed < 1):
        raise UsageError('--minutes and --seed want a number above 0')
    for path in (args.kernel, args.debug_kernel):
        elf.read(path, 'kernel')
    os.makedirs(args.logs, exist_ok=True)
    first = args.seed or int(time.time())                   # seeds of a soak are consecutive
    runs, checks, failed, end = 0, 0, [], time.monotonic() + args.minutes * 60
    while time.monotonic() < end if args.seed is None else runs < len(names):
        name, seed = names[runs % len(names)], first + (runs if args.seed is None else 0)
        started = time.monotonic()
        print('run %d: SEED=%d on %s: ' % (runs + 1, seed, name), end='', flush=True)
        try:
            passed = boot(name, seed, args)
            checks += passed
            print('%d passed (%.0f s)' % (passed, time.monotonic() - started), flush=True)
        except run.Failed as caught:
            failed.append((seed, name))
            print('FAILED (%.0f s)' % (time.monotonic() - started))
            why = [str(caught), *caught.detail, 'console: ' + os.path.relpath(args.logs)]
            print('\n'.join('  # ' + line for line in why), flush=True)
        runs += 1
    print('%d runs, %d checks passed, %d runs failed' % (runs, checks, len(failed)))
    for seed, name in failed:
        print("again: make soak ARCH=%s SEED=%d ON='%s'" % (args.arch, seed, name))
    return 1 if failed else 0


if __name__ == '__main__':
    program.leave('soak', main)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the conformance root task on a kernel with the NOVA interface and sums up what it finds. doc/conformance.md says more.

examples:
  test/root/run.py                                  this tree's kernel, all themes, one CPU, exact counting
  test/root/run.py --only ctrl_pd_hst+ipc --smp 2   two themes, on two CPUs
  test/root/run.py --kernel nova.elf                another kernel; NOVA's known deviations count as passed
  test/root/run.py --emulator bochs --theme         Bochs, a line for each theme

exit codes: 0 all passed, 1 some failed or the run did not end, 2 usage, 3 a tool is missing (run make deps)
"""

import argparse
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', '..', 'scripts')]

from knlib import console, elf, emulator, runner, tools     # noqa: E402 (path set above)
from knlib.errors import KnError, UsageError                # noqa: E402

CHECK = re.compile(r'(not )?ok \d+ - (\w+)\.\w+(?=: | # |$)')
TOTAL = re.compile(r'(\d+) passed, (\d+) failed$')
NOVA = b'NOVA Microhypervisor'                              # in the image of the kernel that NOVA.md is about
BANNER = re.compile(r'(NOVA Microhypervisor|Kilonova)\b.*')


class Tap:
    """What the root task says, line by line."""

    def __init__(self):
        self.banner, self.planned, self.total = '', None, None
        self.themes, self.failed, self.known, self.skipped, self.surprises = {}, [], [], [], []

    def feed(self, text):
        """Returns the theme that this line is about, or None."""
        match = CHECK.match(text)
        if match:
            bad, theme = match[1] is not None, match[2]
            counts = self.themes.setdefault(theme, [0, 0])
            counts[bad] += 1
            note = text.split(' - ', 1)[1]
            for mark, where in ((' # TODO ', self.known), (' # SKIP ', self.skipped)):
                if mark in note:
                    where.append(note)
            if bad:
                self.failed.append(note)
            return theme
        if not self.banner and BANNER.search(text):
            self.banner = BANNER.search(text)[0]
        elif text.startswith('1..'):
            self.planned = int(text[3:]) if text[3:].isdigit() else -1
        elif TOTAL.match(text):
            self.total = tuple(map(int, TOTAL.match(text).groups()))
        elif text.startswith('# this ') and 'not expected' in text:
            self.surprises.append(text[2:])
        return None

    def problem(self):
        """Why this is no complete run, or ''."""
        checks = sum(map(sum, self.themes.values()))
        if self.total is None:
            return 'ended before the total'
        if checks != self.planned or sum(self.total) != self.planned:
            return 'lines were lost: %d checks seen, %s planned, %d in the total' % (checks, self.planned, sum(self.total))
        return ''


def default(target):
    """The file that a make target names."""
    done = subprocess.run(['make', '-s', '-C', tools.TOP, target], capture_output=True, text=True, check=False)
    path = (done.stdout.strip().splitlines() or [''])[-1]
    if done.returncode or not os.path.exists(path):
        raise UsageError('no --kernel given, and make %s builds none' % target)
    return path


def arguments():
    head, tail = __doc__.split('\n\n', 1)
    parser = argparse.ArgumentParser(description=head, epilog=tail, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kernel', metavar='FILE', help="kernel ELF, 64- or 32-bit (default: this tree's)")
    parser.add_argument('--root', metavar='FILE', help='conformance root task (default: test/root/conformance.elf beside our kernel)')
    parser.add_argument('--only', metavar='LIST', default='', help='THEME or THEME.TEST, with + between them')
    parser.add_argument('--skip', metavar='LIST', default='', help='all but these')
    parser.add_argument('--known', choices=('auto', 'nova', 'none'), default='auto',
                        help='whose known deviations count as passed (auto: NOVA\'s, if the kernel is NOVA)')
    parser.add_argument('--emulator', choices=('qemu', 'bochs'), default='qemu')
    parser.add_argument('--smp', type=int, default=1, metavar='N', help='CPUs')
    parser.add_argument('--cpu', default='', metavar='MODEL')
    parser.add_argument('--no-icount', action='store_true', help='real time instead of one tick per instruction (QEMU)')
    parser.add_argument('--append', default='serial', metavar='WORDS', help='command line of the kernel')
    parser.add_argument('--args', default='', metavar='WORDS', help='more words for the root task, for example slow=10')
    parser.add_argument('--timeout', type=float, default=300, metavar='S')
    parser.add_argument('--theme', action='store_true', help='print a line for each theme, not only for what failed')
    parser.add_argument('--log', metavar='FILE', help='whole console (default: build/conformance.log)')
    parser.add_argument('--summary', metavar='FILE', help="write 'PASSED FAILED' there")
    return parser.parse_args()


def run(machine, kernel, root, timeout, log):
    """Boots, follows the TAP output, returns (Tap, how it ended)."""
    tap = Tap()
    with emulator.workdir() as directory:
        runner.stage(machine, kernel, root, directory)
        with emulator.Session(machine, directory, log) as session:
            theme = None
            for line in session.lines(lambda: session.started + timeout):
                seen = tap.feed(console.plain(line).rstrip()) if line is not None else None
                if seen and seen != theme:
                    theme = seen
                    if sys.stderr.isatty():
                        print('\r\x1b[K%d checks, %s' % (sum(map(sum, tap.themes.values())), theme), end='', file=sys.stderr, flush=True)
                if tap.total:
                    break
            if sys.stderr.isatty():
                print('\r\x1b[K', end='', file=sys.stderr, flush=True)
            how = session.ended() if session.status is not None else 'no end after %.0f s' % session.elapsed()
            problem = tap.problem()
            if problem:
                raise KnError('%s (%s)' % (problem, how), session.last_lines() + ['whole console: ' + log.name])
    return tap


def main():
    args = arguments()
    own = default('conformance-path') if not args.root else ''
    kernel = os.path.abspath(args.kernel or default('kernel-path'))
    root = os.path.abspath(args.root or own)
    image = elf.read(kernel, 'kernel')
    arch = elf.arch_of(kernel, root)
    if args.emulator == 'bochs' and arch != 'x86_64':
        raise UsageError('Bochs is a PC; %s is for %s' % (kernel, arch))
    if args.smp < 1:
        raise UsageError('--smp wants a number above 0')
    nova = args.known == 'nova' or args.known == 'auto' and NOVA in image
    words = ['kernel=nova'] if nova else []
    words += ['%s=%s' % pair for pair in (('only', args.only), ('skip', args.skip)) if pair[1]]
    machine = emulator.Machine(emulator=args.emulator, arch=arch, smp=args.smp, cpu=args.cpu, append=args.append,
                               icount=args.emulator == 'qemu' and not args.no_icount, root_args=' '.join(words + args.args.split()),
                               extra=['-device', 'edu'] if args.emulator == 'qemu' and arch == 'x86_64' else [])     # a source of messages for msi
    path = args.log or os.path.join(tools.TOP, 'build', 'conformance.log')
    with runner.open_log(path, 'wb') as log:
        tap = run(machine, kernel, root, args.timeout, log)

    if not tap.themes:
        raise UsageError('no test of that name; themes are the files of test/root, --only wants THEME or THEME.TEST')
    print('Kernel:  %s' % (tap.banner or kernel))
    print('Machine: %s, %s, %d CPU%s' % (emulator.version(args.emulator, arch), machine.cpu_model, args.smp, 's' * (args.smp > 1)))
    if args.theme:
        for theme, (good, bad) in tap.themes.items():
            print('  %-20s %4d passed%s' % (theme, good, ', %d failed' % bad if bad else ''))
    for note in tap.failed:
        print('not ok   %s' % note)
    for note in tap.surprises:
        print('better   %s' % note)
    if nova:
        print('Known:   %d checks fail and %d tests are left out as test/root/NOVA.md says; they count as passed'
              % (len(tap.known), len(tap.skipped)))
    print('Console: %s' % os.path.relpath(path))
    print('%d themes, %d passed, %d failed' % (len(tap.themes), *tap.total))
    if args.summary:
        os.makedirs(os.path.dirname(os.path.abspath(args.summary)), exist_ok=True)
        with open(args.summary, 'w', encoding='ascii') as file:
            file.write('%d %d\n' % tap.total)
    return 1 if tap.total[1] else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KnError as problem:
        print('conformance: %s' % problem, file=sys.stderr)
        for detail in problem.detail:
            print('  ' + detail, file=sys.stderr)
        sys.exit(problem.code)
    except KeyboardInterrupt:
        sys.exit(130)

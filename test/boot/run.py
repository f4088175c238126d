#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boot tests: boots the kernel in emulators as test/boot/tests.toml says and compares the console. Output as in TAP.

examples:
  test/boot/run.py                                  all tests, with this tree's kernel
  test/boot/run.py --only 'qemu*' --jobs 2          some of them
  test/boot/run.py --kernel K.elf --table T.toml    another kernel, other expectations

exit codes: 0 all passed, 1 some failed, 2 usage, 3 a tool is missing (run make deps), 130 interrupted
"""

import argparse
import fnmatch
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', '..', 'scripts')]

import gdbpoke                                              # noqa: E402 (path set above)
from knlib import elf, emulator, iso, program, tools        # noqa: E402
from knlib.errors import KnError, UsageError                # noqa: E402

KEYS = {                                                    # of a [[test]]: type and default
    'name': (str, None),
    'emulator': (str, 'qemu'),                              # qemu, bochs
    'boot': (str, ''),                                      # multiboot1 (QEMU -kernel), grub-multiboot1, grub-multiboot2, uefi-multiboot2
    'smp': (int, 1), 'memory': (int, 512), 'cpu': (str, ''), 'icount': (bool, False),
    'cfp': (str, ''),                                       # a kernel of this level of CFP, built beside --kernel
    'violate': (bool, False),                               # ... the one of test/cfp that breaks its rules
    'append': (str, 'serial'),                              # kernel command line
    'root': (str, ''),                                      # root ELF, relative to --objects; empty: no module
    'args': (str, ''),                                      # its command line
    'shift': (int, 0),                                      # load the kernel this many times 2 MiB higher (not multiboot2)
    'relocate': (list, []),                                 # Multiboot 2: lowest, highest address, preference (1 low, 2 high)
    'root_size': (int, -1),                                 # cut the root ELF to this many bytes
    'root_bytes': (list, []),                               # change it: [[offset, "hexadecimal bytes"], ...]
    'agent': (str, ''),                                     # uefi: a driver of firmware that runs first, relative to --objects
    'trace': (list, []),                                    # regular expressions of lines of QEMU's trace, in this order (see traced)
    'untrace': (list, []),                                  # [pattern of a first line, pattern that no line after it may have]
    'com': (int, 1),                                        # the serial port that is read (QEMU)
    'spcr': (int, 0),                                       # an ACPI table that names the UART at this port (QEMU)
    'poke': (list, []),                                     # damage ACPI tables, see gdbpoke.py (multiboot1 in QEMU only)
    'options': (list, []),                                  # more QEMU options or Bochs configuration lines
    'expect': (list, []),                                   # regular expressions of console lines, in this order
    'forbid': (list, []),                                   # none of these may appear
    'settle': (float, 0.0),                                 # seconds to go on reading after the last expected line
    'exit': (int, -1),                                      # exit status that the emulator must end with
    'debug': (bool, False),                                 # it needs a kernel with DEBUG=1; skipped, with a line, on others
    'qemu': (int, 0),                                       # major version that it needs; skipped, with a line, on older ones
    'timeout': (float, 30.0),
}


class Failed(Exception):
    def __init__(self, text, detail=()):
        super().__init__(text)
        self.detail = detail


def load(path):
    """The tests of a table, complete with the file's [defaults] and those of KEYS."""
    try:
        with open(path, 'rb') as file:
            table = tomllib.load(file)
    except OSError as error:
        raise UsageError('table %s: %s' % (path, error.strerror)) from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError('table %s: %s' % (path, error)) from None
    tests = []
    for given in table.get('test', []):
        name = given.get('name', '?')
        test = {key: default for key, (_, default) in KEYS.items()}
        for key, value in list(table.get('defaults', {}).items()) + list(given.items()):
            if key not in KEYS:
                raise UsageError("table %s: test '%s': unknown key '%s'; known: %s" % (path, name, key, ' '.join(KEYS)))
            kind = KEYS[key][0]
            if not isinstance(value, kind) and not (kind is float and isinstance(value, int)):
                raise UsageError("table %s: test '%s': %s wants a %s" % (path, name, key, kind.__name__))
            test[key] = value
        test['boot'] = test['boot'] or ('multiboot1' if test['emulator'] == 'qemu' else 'grub-multiboot2')
        check(path, test)
        tests.append(test)
    if len({t['name'] for t in tests}) < len(tests):
        raise UsageError('table %s: two tests have the same name' % path)
    return tests


def check(path, test):
    def wrong(text):
        raise UsageError("table %s: test '%s': %s" % (path, test['name'], text))

    if not test['name']:
        wrong('no name')
    if test['emulator'] not in ('qemu', 'bochs'):
        wrong('emulator is qemu or bochs')
    if test['boot'] not in ('multiboot1', 'grub-multiboot1', 'grub-multiboot2', 'uefi-multiboot2'):
        wrong('boot is multiboot1, grub-multiboot1, grub-multiboot2 or uefi-multiboot2')
    if test['emulator'] == 'bochs' and test['boot'] in ('multiboot1', 'uefi-multiboot2'):
        wrong('Bochs boots through GRUB and a BIOS only')
    if test['cfp'] not in ('', 'none', 'branch', 'return', 'full') or test['violate'] and not test['cfp']:
        wrong('cfp is none, branch, return or full; violate wants cfp')
    if test['agent'] and test['boot'] != 'uefi-multiboot2':
        wrong('agent wants uefi-multiboot2')
    if (test['trace'] or test['untrace']) and test['emulator'] != 'qemu' or len(test['untrace']) not in (0, 2):
        wrong('trace and untrace want QEMU, untrace two patterns')
    if test['poke'] and (test['boot'], test['emulator']) != ('multiboot1', 'qemu'):
        wrong('poke works with multiboot1 in QEMU only')
    if test['relocate'] and ('multiboot2' not in test['boot'] or len(test['relocate']) != 3):
        wrong('relocate wants three numbers and grub-multiboot2 or uefi-multiboot2')
    if test['shift'] and 'multiboot2' in test['boot']:
        wrong('GRUB places a relocatable Multiboot 2 kernel by its header: use relocate, not shift')
    if not test['expect'] and test['exit'] < 0:
        wrong('expects nothing')
    for pattern in test['expect'] + test['forbid'] + test['trace'] + test['untrace']:
        try:
            re.compile(pattern)
        except re.error as error:
            wrong("pattern '%s': %s" % (pattern, error))
        if r'\\' in pattern:                                # no console line has a backslash
            wrong("pattern '%s': a backslash is one backslash in single quotes" % pattern)


def built(test, kernel):
    """The kernel that the test wants: another level of CFP lies in a folder of its own beside that of --kernel."""
    if not test['cfp']:
        return kernel
    folder, name = os.path.split(kernel)
    folder = os.path.join(os.path.dirname(folder), test['cfp'] + ('-debug' if folder.endswith('-debug') else ''))
    path = os.path.join(folder, *(['test', 'cfp', 'kilonova-violate.elf'] if test['violate'] else [name]))
    if not os.path.exists(path):
        raise Failed('%s is not there: make CFP=%s violate' % (os.path.relpath(path), test['cfp']))
    return path


def prepare(test, kernel, objects, directory):
    """Makes the files of one test in its work directory; returns the Machine and the entry point of the kernel."""
    image = elf.read(kernel, 'kernel')
    if test['relocate']:
        image = elf.relocatable(image, *test['relocate'])
    name = os.path.join(directory, 'kernel.elf')
    with open(name, 'wb') as file:
        file.write(image)
    if test['boot'] == 'multiboot1':
        elf.make_32(name, name + '32')
        name += '32'
    if test['shift']:                                       # after make_32: objcopy goes by sections, which do not move
        image = elf.shift(elf.read(name, 'kernel'), test['shift'] << 21)
        with open(name, 'wb') as file:
            file.write(image)
    root = None
    if test['root']:
        root = os.path.join(directory, 'root.elf')
        data = bytearray(elf.read(os.path.join(objects, test['root']), 'root task'))
        for offset, text in test['root_bytes']:
            new = bytes.fromhex(text)
            data[offset:offset + len(new)] = new
        with open(root, 'wb') as file:
            file.write(data if test['root_size'] < 0 else data[:test['root_size']])
    m = emulator.Machine(emulator=test['emulator'], smp=test['smp'], memory=test['memory'], icount=test['icount'],
                         cpu=test['cpu'], append=test['append'], root_args=test['args'], com=test['com'], extra=list(test['options']))
    if test['spcr']:
        with open(os.path.join(directory, 'spcr.bin'), 'wb') as file:
            file.write(spcr(test['spcr']))
        m.extra += ['-acpitable', 'sig=SPCR,rev=2,data=spcr.bin']
    if test['boot'] == 'multiboot1':
        m.kernel, m.root = 'kernel.elf32', 'root.elf' if root else ''
    else:
        m.uefi = test['boot'].startswith('uefi-')
        iso.make(os.path.join(directory, 'boot.iso'), name, root,
                 test['boot'].partition('-')[2].replace('multiboot1', 'multiboot'), test['append'], test['args'],
                 'x86_64-efi' if m.uefi else 'i386-pc', os.path.join(objects, test['agent']) if test['agent'] else None)
        m.iso = 'boot.iso'
    if test['trace'] or test['untrace']:
        m.extra += ['-trace', 'pci_cfg_write', '-trace', 'serial_write', '-D', 'trace.log']
    if test['poke']:
        m.extra += ['-S', '-gdb', 'unix:path=gdb.sock,server=on,wait=off']
    return m, elf.entry_point(image)


def spcr(port):
    """What follows the header of a Serial Port Console Redirection table, revision 2: a 16550 at an I/O port, 115200 baud"""
    gas = struct.pack('<BBBBQ', 1, 8, 0, 1, port)
    return struct.pack('<B3x12sBBIBBBBBBHHBBBBIBI', 0, gas, 3, 4, 4, 7, 0, 1, 0, 0, 0, 0xffff, 0xffff, 0, 0, 0, 0, 0, 0, 0)


def traced(path):
    """The lines of QEMU's trace: writes to configuration space as they are, what COM1 got as 'console TEXT', all in the order in
    which they happened. So console lines, whoever wrote them, say when the others were."""
    lines, text = [], ''
    with open(path, encoding='ascii', errors='replace') as file:
        for line in file:
            match = re.match(r'serial_write .*addr 0x0*([0-9a-f]+) val 0x([0-9a-f]+)', line)
            if not match:
                lines.append(line.rstrip())
            elif match.group(1) == '0' and (byte := int(match.group(2), 16)) != 10:
                text += chr(byte)
            elif match.group(1) == '0':
                lines.append('console ' + emulator.plain(text.encode('latin-1')).strip())
                text = ''
    return lines


def check_trace(test, path):
    """Raises Failed unless the trace is as the test wants it."""
    lines = traced(path)
    wanted = list(test['trace'])
    for line in lines:
        if wanted and re.search(wanted[0], line):
            wanted.pop(0)
    shown = [line for line in lines if not line.startswith('console') or 'Kilonova' in line][-emulator.LAST_LINES:]
    if wanted:
        raise Failed('no line /%s/ in the trace' % wanted[0], shown)
    if test['untrace']:
        first = next((i for i, line in enumerate(lines) if re.search(test['untrace'][0], line)), None)
        if first is None:
            raise Failed('no line /%s/ in the trace' % test['untrace'][0], shown)
        for line in lines[first:]:
            if re.search(test['untrace'][1], line):
                raise Failed('forbidden in the trace: %s' % line, shown)


def execute(test, kernel, objects, log):
    """Runs one test; returns what is to be remarked; raises Failed."""
    with emulator.workdir() as directory:
        machine, entry = prepare(test, built(test, kernel), objects, directory)
        wanted = [re.compile(p) for p in test['expect']]
        forbidden = [re.compile(p) for p in test['forbid']]
        with emulator.Session(machine, directory, log) as session:
            if test['poke']:
                try:
                    gdbpoke.poke(os.path.join(directory, 'gdb.sock'), entry, test['poke'], test['timeout'],
                                 lambda: session.process.poll() is not None)
                except gdbpoke.PokeError as error:
                    raise Failed('poke: %s' % error, session.last_lines()) from None
            deadline = session.started + test['timeout']
            settled = None
            for line in session.lines(lambda: min(deadline, settled or deadline)):
                text = emulator.plain(line or b'').rstrip()
                for pattern in forbidden:
                    if line is not None and pattern.search(text):
                        raise Failed('forbidden line: %s' % text, session.last_lines())
                if line is not None and wanted and wanted[0].search(text):
                    wanted.pop(0)
                if not wanted and test['exit'] < 0 and settled is None:
                    settled = time.monotonic() + test['settle']
            if wanted:
                how = session.ended() if session.status is not None else 'waited %g s' % test['timeout']
                raise Failed('no line /%s/ (%s)' % (wanted[0].pattern, how), session.last_lines())
            if test['exit'] >= 0 and session.status is None:
                raise Failed('the machine did not end in %g s' % test['timeout'], session.last_lines())
            if test['emulator'] == 'bochs' and session.status == -signal.SIGSEGV:
                return ' # Bochs crashed while it ended'    # 2.7 does, now and then, at the shutdown port: nothing was missed
            if test['exit'] >= 0 and session.status != test['exit']:
                raise Failed('%s, expected %d' % (session.ended(), test['exit']), session.last_lines())
        if test['trace'] or test['untrace']:
            check_trace(test, os.path.join(directory, 'trace.log'))


def default_objects():
    done = subprocess.run(['make', '-s', '-C', tools.TOP, 'kernel-path'], capture_output=True, text=True, check=False)
    path = done.stdout.strip().splitlines()[-1:] or ['']
    if done.returncode or not os.path.exists(path[0]):
        raise UsageError('no --kernel given and make kernel-path builds none')
    return path[0]


def arguments():
    head, tail = __doc__.split('\n\n', 1)
    parser = argparse.ArgumentParser(description=head, epilog=tail, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kernel', metavar='FILE', help='kernel ELF (default: what make kernel-path names)')
    parser.add_argument('--objects', metavar='DIR', help='where the root ELF files lie (default: beside the kernel)')
    parser.add_argument('--table', metavar='FILE', default=os.path.join(HERE, 'tests.toml'))
    parser.add_argument('--debug', action='store_true', help='the kernel was made with DEBUG=1')
    parser.add_argument('--only', metavar='PATTERN', default='*', help='names of tests, with * and ?')
    parser.add_argument('--skip', metavar='PATTERN', default='', help='but not these')
    parser.add_argument('--jobs', type=int, default=1, metavar='N', help='run N at a time')
    parser.add_argument('--logs', metavar='DIR', default=os.path.join(tools.TOP, 'build', 'boot'), help='keeps each console')
    parser.add_argument('--summary', metavar='FILE', help='also write "PASSED FAILED" there')
    parser.add_argument('--list', action='store_true', help='only name the tests')
    return parser.parse_args()


def qemu_version():
    """Major version of the QEMU that runs the tests"""
    match = re.search(r'(\d+)\.', emulator.version('qemu'))
    return int(match.group(1)) if match else 0


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)   # ends the emulators too
    args = arguments()
    tests = [t for t in load(args.table) if fnmatch.fnmatchcase(t['name'], args.only) and not fnmatch.fnmatchcase(t['name'], args.skip)]
    if not tests:
        raise UsageError("--only '%s'%s names no test of %s" % (args.only, " --skip '%s'" % args.skip if args.skip else '', args.table))
    if args.list:
        print('\n'.join(t['name'] for t in tests))
        return 0
    for test in tests:
        tools.need({'qemu': emulator.QEMU, 'bochs': 'bochs'}[test['emulator']])
        if test['boot'] != 'multiboot1':
            tools.need('grub-mkrescue', 'xorriso', 'mformat')
    kernel = os.path.abspath(args.kernel or default_objects())
    elf.read(kernel, 'kernel')
    objects = args.objects or os.path.dirname(kernel)
    shutil.rmtree(args.logs, ignore_errors=True)
    os.makedirs(args.logs)
    lock, numbers, failed = threading.Lock(), iter(range(1, len(tests) + 1)), []
    have = qemu_version()
    skipped = [t for t in tests if t['emulator'] == 'qemu' and t['qemu'] > have]
    for test in skipped:
        print('# skipped: %s: needs QEMU %d, this is %d; scripts/qemu-new unpacks a newer one' % (test['name'], test['qemu'], have))
    tests = [t for t in tests if t not in skipped]
    for test in [t for t in tests if t['debug'] and not args.debug]:
        print('# skipped: %s: needs a kernel with assertions; make DEBUG=1 check-boot runs it' % test['name'])
        tests.remove(test)

    def one(test):
        started = time.monotonic()
        path = os.path.join(args.logs, re.sub(r'[^\w.-]+', '-', test['name']) + '.log')
        error, detail, remark = None, [], ''
        with open(path, 'wb') as log:
            try:
                remark = execute(test, kernel, objects, log) or ''
            except (Failed, KnError) as caught:
                error, detail = str(caught), caught.detail
        if emulator.stopping.is_set():
            return
        with lock:
            print('%s %d - %s (%.1fs)%s' % ('not ok' if error else 'ok', next(numbers), test['name'], time.monotonic() - started, remark))
            if error:
                failed.append(test)
                print('\n'.join('  # ' + line for line in [error, *detail, 'whole console: ' + os.path.relpath(path)]))
            sys.stdout.flush()

    print('1..%d' % len(tests))
    pool = ThreadPoolExecutor(max(1, args.jobs))
    try:
        for done in [pool.submit(one, test) for test in tests]:
            done.result()
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        emulator.stop_all()                                 # their threads then come to an end by themselves
        raise
    finally:
        pool.shutdown()
    print('%d passed, %d failed' % (len(tests) - len(failed), len(failed)))
    program.write_summary(args.summary, len(tests) - len(failed), len(failed))
    return 1 if failed else 0


if __name__ == '__main__':
    program.leave('boot tests', main)

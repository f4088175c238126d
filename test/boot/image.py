#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boots the image of `make image` from CD and USB stick and the folder of `make netboot` by TFTP, by BIOS and UEFI, drives the menu over
the serial line as an operator does, and collects the results from the raw log; some screens are photographed and read. Output as in TAP.

exit codes: 0 all passed, 1 some failed, 2 usage, 3 a tool is missing (run make deps)
"""

import argparse
import fnmatch
import hashlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
import time
import tty
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', '..', 'scripts')]

import screenshot                                           # noqa: E402 (path set above)
from knlib import elf, emulator, image, program, tools               # noqa: E402 (path set above)
from knlib.errors import KnError, UsageError                # noqa: E402

CD = ['-cdrom', 'image.iso', '-boot', 'd']
DISK = ['-drive', 'if=ide,format=raw,file=image.iso']
USB = ['-drive', 'if=none,id=stick,format=raw,file=image.iso', '-device', 'qemu-xhci', '-device', 'usb-storage,drive=stick,bootindex=0']
NETWORK = '@NETWORK@'                                       # in an option: the folder of make netboot, as QEMU's options want it
NIC = ['-device', 'virtio-net-pci,netdev=net,bootindex=0']  # its ROM is iPXE
NIC_UEFI = ['-device', 'virtio-net-pci,netdev=net,bootindex=0,romfile=']     # PXE of the firmware itself
BENCHES = ['control.nothing', 'control.nop100', 'control.loop1000', 'ipc.cross.w1']
BLOCK = ['-drive', 'if=none,id=disk,format=raw,readonly=on,file=image.iso', '-device', 'virtio-blk-pci,drive=disk,bootindex=0']


def tftp(file, nic):
    """QEMU's own servers of DHCP and TFTP name this file of the folder."""
    return ['-netdev', 'user,id=net,tftp=%s,bootfile=%s' % (NETWORK, file), *nic]


STAYS = 'The run has ended with status 0. The machine can be switched off.'
RESETS = 'The run has ended with status 0. The machine resets.'


class Failed(Exception):
    pass


running, lock = set(), threading.Lock()


def stop(*_):
    """Ends the emulators of all threads, and the program."""
    for machine in list(running):
        machine.kill()
    os._exit(130)


class Machine:
    """A running emulator with its serial line: `expect` and `send`. What came is in `log`."""

    def __init__(self, directory, name, uefi=False, options=(), bochs=False, arch='x86_64', screen=False):
        import pexpect.fdpexpect
        master, slave = pty.openpty()
        tty.setraw(slave)
        out = open(os.path.join(directory, 'emulator.txt'), 'wb')
        if bochs:
            config = emulator.bochs_config(emulator.Machine(emulator='bochs', iso='image.iso'), 'none').split('\n')
            config = ['com1: enabled=1, mode=term, dev=' + os.ttyname(slave) if line.startswith('com1') else line for line in config]
            with open(os.path.join(directory, 'bochsrc'), 'w', encoding='ascii') as file:
                file.write('\n'.join(config))
            command = ['bochs', '-q', '-f', 'bochsrc']
        else:
            m = emulator.Machine(arch=arch, icount=False, uefi=uefi, iso='image.iso')
            command = [w for w in emulator.qemu_command(m) if w not in ('-no-reboot', *CD)]
            for option in ('-semihosting-config', '-drive') if arch == 'aarch64' else ():
                at = command.index(option)
                del command[at:at + 2]
            at = command.index('-device')                   # no debug-exit port or semihosting, as on real hardware
            command[at:at + 2] = options
            if screen:
                command += ['-qmp', 'unix:monitor,server,nowait', *(['-device', 'ramfb'] if arch == 'aarch64' else [])]
        self.process = subprocess.Popen(command, cwd=directory, start_new_session=True, stderr=out,
                                        stdin=subprocess.PIPE if bochs else slave, stdout=out if bochs else slave)
        if bochs:                                           # Debian's starts in its debugger
            self.process.stdin.write(b'c\n')
            self.process.stdin.flush()
        out.close()
        self.slave, self.name, self.arch = slave, name, arch
        self.monitor = os.path.join(directory, 'monitor') if screen else None
        with lock:
            running.add(self)
        self.line = pexpect.fdpexpect.fdspawn(master, timeout=1)
        self.log = open(os.path.join(directory, 'serial.log'), 'w+b')
        self.line.logfile_read = self.log

    def __enter__(self):
        return self

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def __exit__(self, *_):
        with lock:
            running.discard(self)
        self.kill()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.log.close()
        self.line.close()
        os.close(self.slave)

    def expect(self, text, seconds=60):
        """Waits for a text on the line; goes on looking whether the emulator still runs."""
        import pexpect
        until = time.monotonic() + seconds
        while True:
            try:
                return self.line.expect_exact(text)
            except pexpect.EOF:
                raise Failed("the line was closed before '%s'" % text) from None
            except pexpect.TIMEOUT:
                if self.process.poll() is not None:
                    raise Failed("the emulator ended, with status %d, before '%s'" % (self.process.returncode, text)) from None
                if time.monotonic() > until:
                    raise Failed("no '%s' within %d s" % (text, seconds)) from None

    def menu(self):
        self.expect('will be executed automatically', 90)   # the last thing that it draws

    def short(self, key):
        """Chooses from the submenu of short runs."""
        self.line.send('s')
        self.expect('Short run, CFP=none')
        self.expect('Short run, all four kernels')
        time.sleep(1)                                       # until it is drawn and reads keys
        self.line.send(key)

    def stays(self):
        self.expect(STAYS, 120)
        time.sleep(1)
        if self.process.poll() is not None:
            raise Failed('the machine does not stay after its last line')


def one_only(m, why):
    """The series of all kernels is refused, for that reason; back in the menu, the last of them runs."""
    m.menu()
    m.short('5')
    m.expect(why)
    m.expect('back to the menu')
    m.line.send('\r')
    m.expect('Short run, all four kernels')
    time.sleep(1)
    m.line.send('4')
    m.stays()
    return ['full']


def cd(m):
    """A series wants a medium that can be written; one kernel does not."""
    return one_only(m, 'This medium cannot be written')


def stick(m):
    """All four, one after the other, unattended."""
    m.menu()
    m.short('5')
    for level in image.LEVELS:
        m.expect('Starting CFP=%s:' % level, 90)
        m.expect(STAYS if level == image.LEVELS[-1] else RESETS, 120)
    return list(image.LEVELS)


def server(m):
    """What comes by network can do no series, and says so; one kernel after the other by hand."""
    return one_only(m, 'GRUB cannot write to the server')


def ipxe(m):
    """On UEFI, iPXE is seen on the line, too."""
    m.expect('kilonova.ipxe... ok')
    m.expect('x86_64-efi/core.efi... ok')
    return one(m)


def escape(m):
    """A series that is stopped leaves nothing behind."""
    m.menu()
    m.short('5')
    m.expect(RESETS, 120)
    m.expect('next is CFP=branch', 90)
    m.line.send('\x1b')
    m.menu()
    m.short('3')
    m.stays()
    return ['none', 'return']


def default(m):
    """The first entry; then the plug is pulled."""
    m.menu()
    m.line.send('\r')
    m.expect('root_cmdline=bench.elf~bench=control.*,ipc.*~end=stay~')
    m.expect('KN1 result name=control.nop100')
    return []


def counters(m):
    """The first entry of that submenu: the kernel is asked for counters, and benchmarks have batches of those that there are."""
    m.menu()
    m.line.send('p')
    m.expect('IPC benchmarks, all four kernels')
    time.sleep(1)
    m.line.send('1')
    m.expect('Starting CFP=none: ipc benchmarks')
    if m.arch == 'aarch64':                                 # QEMU counts cycles there
        m.expect('PMU: user mode may read cycles')
        m.expect('counters=ticks,cycles')
        m.expect('KN1 batch name=control.nop100 counter=cycles ')
    else:
        m.expect('PMU: pmu=all is ignored, this CPU has no performance counters')
        m.expect('KN1 result name=control.nop100')
    return []


def one(m):
    m.menu()
    m.short('2')
    m.stays()
    return ['branch']


def edited(m):
    """Words that the operator adds reach the kernel and the root task."""
    m.menu()
    m.line.send('s')
    m.expect('Short run, all four kernels')
    time.sleep(1)
    m.line.send('e')
    m.expect('run none short stay')
    time.sleep(1)
    m.line.send('\x0e' * 2 + '\x05' + ' notscdeadline cfp=none')     # two lines down, to the end
    time.sleep(1)
    m.line.send('\x18')
    m.expect('~serial~notscdeadline~cfp=none ')
    m.stays()
    return ['none']


TESTS = {                                                   # name: (what the operator does, machine)
    'qemu, UEFI, USB stick, stopped series': (escape, {'uefi': True, 'options': USB}),
    'qemu, BIOS, USB stick': (stick, {'options': USB}),
    'qemu, BIOS, disk, edited entry': (edited, {'options': DISK, 'screen': True}),
    'bochs, CD': (one, {'bochs': True}),
    'qemu, UEFI, CD': (one, {'uefi': True, 'options': CD, 'screen': True}),
    'qemu, BIOS, CD': (cd, {'options': CD}),
    'qemu, BIOS, disk, pulled plug': (default, {'options': DISK}),
    'qemu, BIOS, disk, counters': (counters, {'options': DISK}),
    'qemu, BIOS, network': (server, {'options': tftp('boot/grub/i386-pc/core.0', NIC)}),
    'qemu, BIOS, network, iPXE': (one, {'options': tftp('kilonova.ipxe', NIC)}),
    'qemu, UEFI, network': (one, {'uefi': True, 'options': tftp('boot/grub/x86_64-efi/core.efi', NIC_UEFI)}),
    'qemu, UEFI, network, iPXE': (ipxe, {'uefi': True, 'options': tftp('kilonova.ipxe', NIC)}),
    'qemu, aarch64, network': (server, {'arch': 'aarch64', 'uefi': True, 'options': tftp('boot/grub/arm64-efi/core.efi', NIC_UEFI)}),
    'qemu, aarch64, USB stick': (stick, {'arch': 'aarch64', 'uefi': True, 'options': USB}),
    'qemu, aarch64, USB stick, stopped series': (escape, {'arch': 'aarch64', 'uefi': True, 'options': USB}),
    'qemu, aarch64, disk that cannot be written': (cd, {'arch': 'aarch64', 'uefi': True, 'options': BLOCK}),
    'qemu, aarch64, disk, edited entry': (edited, {'arch': 'aarch64', 'uefi': True, 'options': BLOCK, 'screen': True}),
    'qemu, aarch64, disk, pulled plug': (default, {'arch': 'aarch64', 'uefi': True, 'options': BLOCK}),
    'qemu, aarch64, disk, counters': (counters, {'arch': 'aarch64', 'uefi': True, 'options': BLOCK}),
}


def collect(directory, ticks):
    """(exit code, what it said, {configuration: document})"""
    out = os.path.join(directory, 'out')
    done = subprocess.run([os.path.join(tools.SCRIPTS, 'kn'), 'collect', os.path.join(directory, 'serial.log'), '-o', out, '--machine', 'test',
                           '--ticks', ticks], capture_output=True, text=True, check=False)
    found = {}
    for name in os.listdir(out) if os.path.isdir(out) else ():
        with open(os.path.join(out, name), encoding='ascii') as file:
            document = json.load(file)
        found[document['configuration']] = document
    return done.returncode, done.stdout + done.stderr, found


def check(levels, code, said, found, args, bochs):
    """Raises Failed unless the results are those of the kernels that ran."""
    if not levels:
        if code != 1 or found or 'no result: it is cut off' not in said:
            raise Failed('kn collect gave %d for a run that was cut off: %s' % (code, said))
        return
    names = {level: '%s-%s' % (args.configuration, level) for level in levels}
    if code or sorted(found) != sorted(names.values()):
        raise Failed('kn collect gave %d and %s, expected %s: %s' % (code, ' '.join(sorted(found)), ' '.join(sorted(names.values())), said))
    for level, name in names.items():
        document = found[name]
        with open(args.kernels[level], 'rb') as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        if document['kernel']['sha256'] != digest or document['kernel']['file'] != 'kilonova-%s.elf' % level:
            raise Failed('%s: the result is not of the kernel of that level' % name)
        if [bench['name'] for bench in document['benchmarks']] != BENCHES:
            raise Failed('%s: benchmarks %s' % (name, ' '.join(bench['name'] for bench in document['benchmarks'])))
        if not (document['kernel']['banner'] or '').startswith('Kilonova '):
            raise Failed('%s: no banner' % name)
        if bochs and [bench['median'] for bench in document['benchmarks'][:3]] != [0, 100, 1000]:
            raise Failed('%s: Bochs counts instructions, but the controls are not 0, 100, 1000' % name)


def check_screen(lines, documents):
    """Raises Failed unless the screen says what the result says."""
    for document in documents:                              # there is one
        rows = {line.split()[0]: line.split() for line in lines if line.strip()}
        for row, wanted in ((0, document['configuration']), (1, document['kernel']['banner']), (4, 'Done: %d benchmarks, 0 failed' % len(BENCHES))):
            if wanted not in lines[row]:
                raise Failed("the screen has no '%s' in row %d: '%s'" % (wanted, row, lines[row]))
        for bench in document['benchmarks']:
            if rows.get(bench['name'], [])[1:2] != [str(bench['median'])]:
                raise Failed("the screen has no line of %s with the median %d" % (bench['name'], bench['median']))
        if any('~' in line for line in lines):
            raise Failed('the screen has characters that are none')


def execute(name, args):
    act, how = TESTS[name]
    bochs = how.get('bochs', False)
    ticks = 'instructions' if bochs else emulator.Machine(arch=how.get('arch', 'x86_64'), icount=False).ticks_are
    with emulator.workdir() as directory:
        how = {**how, 'options': [word.replace(NETWORK, args.network) for word in how.get('options', ())]}
        shutil.copyfile(args.image, os.path.join(directory, 'image.iso'))
        try:
            with Machine(directory, name, **how) as machine:
                levels = act(machine)
                if machine.monitor:
                    screenshot.take(machine.monitor, os.path.join(directory, 'screen'))
            code, said, found = collect(directory, ticks)
            check(levels, code, said, found, args, bochs)
            if machine.monitor:
                check_screen(screenshot.text(os.path.join(directory, 'screen.ppm')), found.values())
        finally:
            for kept in ('serial.log', 'screen.png'):       # as far as the machine got
                if os.path.exists(os.path.join(directory, kept)):
                    shutil.copyfile(os.path.join(directory, kept),
                                    os.path.join(args.logs, name.replace(', ', '-').replace(' ', '-') + os.path.splitext(kept)[1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--image', metavar='FILE.iso', required=True)
    parser.add_argument('--network', metavar='DIR', required=True, help='the folder of make netboot')
    parser.add_argument('kernels', nargs='+', metavar='LEVEL=FILE', help='the kernels in it, as given to kn image')
    parser.add_argument('--configuration', metavar='NAME', required=True, help='as given to kn image')
    parser.add_argument('--only', metavar='PATTERN', default='*')
    parser.add_argument('--jobs', type=int, default=1, metavar='N', help='keep N CPUs busy: half of the time, a test waits for menus')
    parser.add_argument('--logs', metavar='DIR', default=os.path.join(tools.TOP, 'build', 'image'), help='keeps each console')
    parser.add_argument('--summary', metavar='FILE', help='also write "PASSED FAILED" there')
    args = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    args.network = os.path.abspath(args.network).replace(',', ',,')
    args.kernels = dict(word.split('=', 1) for word in args.kernels)
    try:
        import pexpect                                      # noqa: F401
    except ImportError:
        raise tools.missing_module('pexpect') from None
    with open(next(iter(args.kernels.values())), 'rb') as file:
        arch = elf.arch(file.read())
    tools.need(emulator.qemu(arch), *emulator.firmware(arch), *(['bochs'] if arch == 'x86_64' else []))
    names = [name for name, (_, how) in TESTS.items() if fnmatch.fnmatchcase(name, args.only) and how.get('arch', 'x86_64') == arch]
    if not names:
        raise UsageError("--only '%s' names no test" % args.only)
    shutil.rmtree(args.logs, ignore_errors=True)
    os.makedirs(args.logs)
    failed = []

    def run(name):
        started, error = time.monotonic(), None
        try:
            execute(name, args)
        except (Failed, KnError, OSError) as caught:
            error = caught
            failed.append(name)
        print('%s - %s (%.1fs)%s' % ('not ok' if error else 'ok', name, time.monotonic() - started, '\n  # %s' % error if error else ''), flush=True)

    print('1..%d' % len(names))
    with ThreadPoolExecutor(max(1, args.jobs * 3 // 2)) as pool:
        list(pool.map(run, names))
    print('%d passed, %d failed' % (len(names) - len(failed), len(failed)))
    program.write_summary(args.summary, len(names) - len(failed), len(failed))
    return 1 if failed else 0


if __name__ == '__main__':
    program.leave('image tests', main)

# SPDX-License-Identifier: GPL-2.0-only
"""QEMU and Bochs: command lines, and a session that yields the console line by line."""

import os
import re
import selectors
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from . import tools
from .console import Console
from .errors import KnError

QEMU = os.environ.get('QEMU', 'qemu-system-x86_64')      # another one, e.g. from scripts/qemu-new
QEMU_AARCH64 = os.environ.get('QEMU_AARCH64', 'qemu-system-aarch64')
RAM_AARCH64 = 0x40000000                                    # where RAM begins
ROOT_AARCH64 = 0x48000000                                   # where QEMU puts an initial RAM disk: 128 MiB behind the start of RAM
EFI_AARCH64 = '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd'
OVMF = '/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'      # UEFI firmware and its empty store


@dataclass
class Machine:
    """One machine and what boots on it. File names are relative to the work directory, so that the recorded command
    line is the same on every computer."""
    emulator: str = 'qemu'
    arch: str = 'x86_64'
    smp: int = 1
    memory: int = 512                                       # MiB
    icount: bool = True                                     # the counter advances once per instruction (QEMU)
    cpu: str = ''
    gic: int = 3                                            # aarch64: version of the interrupt controller
    kernel: str = ''                                        # ELF32, booted by QEMU as Multiboot 1; aarch64: an arm64 Image
    loads: list = field(default_factory=list)               # more ELF files that QEMU puts into memory
    com: int = 1                                            # which serial port is read (QEMU); 0: one on PCI, and there is no other
    append: str = 'serial'
    root: str = ''
    root_args: str = ''
    iso: str = ''                                           # booted instead of `kernel`
    folder: str = ''                                        # aarch64: the same, a folder that becomes a disk with FAT
    uefi: bool = False                                      # by UEFI instead of a BIOS or, on aarch64, of no firmware (QEMU)
    acpi: bool = True                                       # aarch64 with UEFI: ACPI tables, or else a devicetree
    extra: list = field(default_factory=list)               # more QEMU options or Bochs configuration lines

    @property
    def ticks_are(self):
        exact = self.icount if self.emulator == 'qemu' else self.smp == 1
        return 'instructions' if exact else {'x86_64': 'tsc', 'aarch64': 'cntvct'}[self.arch]

    @property
    def name(self):
        """Name of the machine, the directory under results/<release>/."""
        board = {'x86_64': 'qemu-q35', 'aarch64': 'qemu-virt'}[self.arch]
        model = self.cpu.split(',')[0] if self.arch == 'aarch64' else ''
        board += '-' + model if model not in ('', 'cortex-a57') else ''
        name = board + ('-icount' if self.icount else '') if self.emulator == 'qemu' else 'bochs-' + self.cpu_model
        return name + ('-smp%d' % self.smp if self.smp > 1 else '')

    @property
    def cpu_model(self):
        if self.cpu:
            return self.cpu
        if self.emulator == 'bochs':
            return 'tigerlake'
        if self.arch == 'aarch64':                          # with icount, the counter ticks once per instruction at 1 GHz
            return 'cortex-a57,cntfrq=1000000000' if self.icount else 'cortex-a57'
        return 'max,-x2apic' if self.icount else 'max'      # icount aborts the emulator when x2APIC is on


def qemu(arch):
    return {'x86_64': QEMU, 'aarch64': QEMU_AARCH64}[arch]


def firmware(arch):
    """Files of UEFI"""
    return {'x86_64': OVMF, 'aarch64': (EFI_AARCH64,)}[arch]


def qemu_command(m):
    line = aarch64_words(m) if m.arch == 'aarch64' else x86_words(m)
    if m.icount:                                            # sleep=off and a virtual clock: nothing of the host's time is seen
        line += ['-icount', 'shift=0,sleep=off', '-rtc', 'base=2024-01-01,clock=vm']
    return line + list(m.extra)


def aarch64_words(m):
    """The boot arguments are one line: the kernel's words, --, the root task's words."""
    line = [QEMU_AARCH64, '-M', 'virt,virtualization=on,secure=off,gic-version=%d%s' % (m.gic, ',acpi=off' if m.uefi and not m.acpi else ''),
            '-cpu', m.cpu_model, '-smp', str(m.smp), '-m', str(m.memory), '-nic', 'none']
    if m.uefi:
        line += ['-bios', EFI_AARCH64]
    if m.iso or m.folder:
        line += ['-drive', 'if=none,id=boot,format=raw,readonly=on,file=' + (m.iso or 'fat:' + m.folder), '-device', 'virtio-blk-pci,drive=boot']
    elif m.kernel:
        line += ['-kernel', m.kernel, '-append', arguments(m)]
    for name in m.loads:
        line += ['-device', 'loader,file=' + name]
    if m.root and not m.iso and not m.folder:
        line += ['-initrd', m.root]
    return line + ['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot',
                   '-semihosting-config', 'enable=on,userspace=on,target=native']


def arguments(m):
    """The command line of kernel and root task on aarch64"""
    return ' '.join((m.append + ' -- ' + m.root_args).split())


def x86_words(m):
    line = [QEMU, '-M', 'q35', '-cpu', m.cpu_model, '-smp', str(m.smp), '-m', str(m.memory), '-nic', 'none']
    if m.uefi:                                              # variables of the firmware go nowhere
        line += ['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=' + OVMF[0],
                 '-drive', 'if=pflash,unit=1,format=raw,snapshot=on,file=' + OVMF[1]]
    if m.iso:
        line += ['-cdrom', m.iso, '-boot', 'd']
    else:
        line += ['-kernel', m.kernel, '-append', m.append]
        if m.root:                                          # a comma would start the next module
            line += ['-initrd', (m.root + ' ' + m.root_args).strip().replace(',', ',,')]
    serial = [*['-serial', 'null'] * (m.com - 1), '-serial', 'stdio'] if m.com else \
        ['-serial', 'none', '-chardev', 'stdio,id=line', '-device', 'pcie-root-port,id=up,chassis=1',
         '-device', 'pcie-pci-bridge,id=bridge,bus=up', '-device', 'pci-serial,bus=bridge,addr=1,chardev=line']
    return line + ['-display', 'none', '-monitor', 'none', *serial, '-no-reboot', '-device', 'isa-debug-exit,iobase=0xf4']


def bochs_config(m, serial):
    return '\n'.join([
        'config_interface: textconfig',
        'display_library: rfb, options="timeout=0"',
        'romimage: file=/usr/share/bochs/BIOS-bochs-latest',
        'vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest',
        'cpu: model=%s, count=%d, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1' % (m.cpu_model, m.smp),
        'memory: guest=%d, host=%d' % (m.memory, m.memory),
        'ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14',
        'ata0-master: type=cdrom, path=%s, status=inserted' % m.iso,
        'boot: cdrom',
        'com1: enabled=1, mode=file, dev=%s' % serial,
        'clock: sync=none, time0=local',
        'vga: extension=none',                              # GRUB 2.06 jumps to 0 when it asks this BIOS for a framebuffer
        'port_e9_hack: enabled=1',
        'log: bochs.log', 'panic: action=fatal', 'error: action=report', 'info: action=report'] + list(m.extra)) + '\n'


def version(emulator, arch='x86_64'):
    """'QEMU 7.2.22' or 'Bochs 2.7'."""
    if emulator == 'qemu':
        tools.need(qemu(arch))
        text = subprocess.run([qemu(arch), '--version'], capture_output=True, text=True, check=False).stdout
        return 'QEMU ' + (re.search(r'version (\S+)', text) or [0, 'unknown'])[1]
    tools.need('bochs')
    done = subprocess.run(['bochs', '--help'], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return 'Bochs ' + (re.search(r'Bochs x86 Emulator (\d\S*)', done.stdout + done.stderr) or [0, 'unknown'])[1]


def workdir():
    """A fresh directory in the build tree (or in /tmp when the tree is read-only)."""
    base = os.environ.get('KN_BUILD', os.path.join(tools.TOP, 'build', 'kn'))
    try:
        os.makedirs(base, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix='run-', dir=base)
    except OSError:
        return tempfile.TemporaryDirectory(prefix='kn-')


class Stopped(KnError):
    """No emulator may run any more: the program is about to end."""

    def __init__(self):
        super().__init__('stopped')


live, live_lock, stopping = set(), threading.Lock(), threading.Event()


def stop_all():
    """Ends every emulator of this process, whichever thread runs it, and lets no other one start."""
    stopping.set()
    with live_lock:
        for session in live:
            session.kill()


class Session(Console):
    """A running emulator. Use as a context manager: leaving it ends the emulator."""

    def __init__(self, machine, directory, log=None):
        super().__init__(log)
        self.machine, self.directory = machine, directory
        self.errors = tempfile.TemporaryFile(dir=directory)
        if machine.emulator == 'qemu':
            tools.need(qemu(machine.arch), *firmware(machine.arch) if machine.uefi else ())
            self.command, self.source = qemu_command(machine), None
        else:
            tools.need('bochs', '/usr/share/bochs/BIOS-bochs-latest', '/usr/share/bochs/VGABIOS-lgpl-latest')
            with open(os.path.join(directory, 'bochsrc'), 'w', encoding='ascii') as file:
                file.write(bochs_config(machine, 'serial.txt'))
            self.command, self.source = ['bochs', '-q', '-f', 'bochsrc'], os.path.join(directory, 'serial.txt')
        bochs = self.source is not None
        with live_lock:
            if stopping.is_set():
                raise Stopped
            self.process = subprocess.Popen(self.command, cwd=directory, start_new_session=True, stderr=self.errors,
                                            stdin=subprocess.PIPE if bochs else subprocess.DEVNULL,
                                            stdout=self.errors if bochs else subprocess.PIPE)
            live.add(self)
        self.file = None
        if bochs:                                           # Debian's Bochs starts in its debugger
            try:
                os.write(self.process.stdin.fileno(), b'c\n')
            except BrokenPipeError:                         # it has ended already; read() will tell how
                pass
        else:
            self.selector = selectors.DefaultSelector()
            self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.started = time.monotonic()

    def __exit__(self, *_):
        with live_lock:
            self.kill()
            live.discard(self)
        for file in (self.process.stdin, self.process.stdout, self.file, self.errors):
            if file:
                file.close()

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def read(self, wait):
        """Console bytes; b'' when none came in `wait` seconds, None when the emulator has ended and all is read."""
        if self.source is None:
            if not self.selector.select(wait):
                return b''
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                self.status = self.process.wait()
                return None
            return data
        ended = self.process.poll()
        if self.file is None and os.path.exists(self.source):
            self.file = open(self.source, 'rb')
        data = self.file.read(65536) if self.file else b''
        if not data and ended is not None:
            self.status = ended
            return None
        if not data:
            time.sleep(min(wait, 0.05))
        return data

    def complaint(self):
        """What the emulator itself said, one line; '' when it said nothing. Bochs: its panic line."""
        self.errors.seek(0)
        text = self.errors.read().decode('utf-8', 'replace')
        if self.source is not None:
            found = re.findall(r'(?:PANIC|>>PANIC<<).*|.*p\[.*', text)
            return found[-1].strip() if found else ''
        return text.strip().splitlines()[-1] if text.strip() else ''

    def ended(self):
        """One line on how the emulator ended."""
        name = 'QEMU' if self.machine.emulator == 'qemu' else 'Bochs'
        said = self.complaint()
        return '%s ended with status %d%s' % (name, self.status, ': ' + said if said else '')

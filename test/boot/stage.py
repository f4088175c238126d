# SPDX-License-Identifier: GPL-2.0-only
"""Makes what one boot test boots: kernel and root task, changed as the test says, and the machine for them."""

import os
import shutil
import struct

import devicetree
import launch
import pe
from knlib import elf, emulator, iso


SOCKET = 'monitor'                                          # of QMP, in the work directory
MONITOR = ['-qmp', 'unix:%s,server,nowait' % SOCKET, '-action', 'reboot=reset']     # instead of -no-reboot: QEMU does not end by a reset


class Failed(Exception):
    def __init__(self, text, detail=()):
        super().__init__(text)
        self.detail = detail


def built(test, kernel):
    """The kernel that the test wants: another level of CFP lies in a folder of its own beside that of --kernel."""
    folder, name = os.path.split(kernel)
    if test['board']:
        level, debug = folder.removesuffix('-debug'), '-debug' if folder.endswith('-debug') else ''
        folder = level + '-' + test['board'] + debug
    if test['cfp']:
        folder = os.path.join(os.path.dirname(folder), test['cfp'] + ('-debug' if folder.endswith('-debug') else ''))
    path = os.path.join(folder, 'test/cfp/kilonova-violate.elf' if test['violate'] else test['kernel'] or name)
    if not os.path.exists(path):
        raise Failed('%s is not there%s' % (os.path.relpath(path), ': make CFP=%s violate' % test['cfp'] if test['violate'] else ''))
    return path


def root_task(test, objects):
    """The bytes of the root task, with the damage that the test wants; None: it boots without."""
    if not test['root']:
        return None
    data = bytearray(elf.read(os.path.join(objects, test['root']), 'root task'))
    for offset, text in test['root_bytes']:
        new = bytes.fromhex(text)
        offset = elf.entry_offset(data) if offset == 'entry' else offset
        data[offset:offset + len(new)] = new
    return data if test['root_size'] < 0 else data[:test['root_size']]


def prepare(test, kernel, objects, directory):
    """Makes the files of one test in its work directory; returns the Machine and the entry point of the kernel."""
    m = emulator.Machine(emulator=test['emulator'], arch=test['arch'], smp=test['smp'], memory=test['memory'], icount=test['icount'],
                         cpu=test['cpu'], gic=test['gic'], acpi=test['acpi'], append=test['append'], root_args=test['args'], com=test['com'],
                         extra=list(test['options']) + (MONITOR if test['dump'] else []))
    root = root_task(test, objects)
    if root is not None:
        m.root = 'root.elf'
        write(os.path.join(directory, m.root), root)
    return m, {'x86_64': x86, 'aarch64': arm}[test['arch']](test, m, kernel, objects, directory)


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data)


# aarch64 ----------------------------------------------------------------------------------------------------------------

STUB = 0x7000000                                            # legacy launch: what does it, above the start of RAM
ROOT = 0x50000000                                           # ... the root task; 0x48000000 is where QEMU's devicetree then is
TREE = 0x4f000000                                           # ... another devicetree


def arm(test, m, kernel, objects, directory):
    """What QEMU's -kernel wants is an arm64 Image: the kernel itself, or what launches it."""
    distance = test['shift'] << 21
    if test['boot'].startswith('multiboot'):
        return multiboot(test, m, elf.shift(elf.read(kernel, 'kernel'), distance), objects, directory)
    m.kernel = 'kernel.img'
    el3 = test['boot'] == 'el3'
    if el3:
        m.extra += ['-machine', 'secure=on']
    if test['boot'] == 'image' or test['boot'].startswith('uefi'):
        write(os.path.join(directory, m.kernel), elf.place_image(arm64_image(kernel), distance + (2 << 20) if distance else 0))
    else:
        legacy(test, m, elf.shift(elf.read(kernel, 'kernel'), distance), directory)
    if test['boot'].startswith('uefi'):
        uefi(test, m, directory)
    if test['tree'] or el3:
        write(os.path.join(directory, 'tree.dtb'), devicetree.changed(m, test['tree'], directory))
        m.extra += ['-dtb', 'tree.dtb'] if test['boot'] == 'image' else ['-device', 'loader,file=tree.dtb,addr=%#x,force-raw=on' % TREE]
    if el3:                                                 # not as a kernel, which QEMU enters at EL2, with the tree of one that is
        m.loads.append('%s,addr=%#x,force-raw=on,cpu-num=0' % (m.kernel, launch.RAM + STUB))
        m.kernel = ''
    if test['trace'] or test['untrace']:
        m.extra += ['-trace', 'pci_cfg_write', '-trace', 'pl011_write', '-D', 'trace.log']


def uefi(test, m, directory):
    """The medium that firmware boots; 'uefi': none, QEMU hands the files to firmware."""
    m.uefi, boot = True, test['boot']
    with open(os.path.join(directory, m.kernel), 'rb') as file:
        for fault in pe.faults(file.read()):
            raise Failed('header of the image: ' + fault)
    if boot == 'uefi':
        return
    image, root = os.path.join(directory, m.kernel), os.path.join(directory, m.root) if m.root else None
    if boot == 'uefi-grub':
        m.iso = 'boot.iso'
        iso.make(os.path.join(directory, m.iso), image, root, 'linux', m.append, m.root_args, 'arm64-efi')
        return
    m.folder = 'disk'
    disk = os.path.join(directory, m.folder)
    default = os.path.join(disk, 'EFI', 'BOOT', 'BOOTAA64.EFI')         # UEFI 2.10, 3.5.1.1
    os.makedirs(os.path.dirname(default))
    if root:
        shutil.copyfile(root, os.path.join(disk, 'root.elf'))
    words = ' '.join((m.append + (' root=root.elf' if root else '') + ' -- ' + m.root_args).split())
    shutil.copyfile(image, default if boot == 'uefi-manager' else os.path.join(disk, 'kilonova.efi'))
    if boot == 'uefi-manager':
        write(os.path.join(disk, 'kilonova.cmd'), (words + '\n').encode('ascii'))
    elif boot == 'uefi-shell':
        write(os.path.join(disk, 'startup.nsh'), ('fs0:\r\nkilonova.efi %s\r\n' % words).encode('ascii'))
    else:
        iso.chainloader(default, 'search --file --set=root /kilonova.efi\nchainloader /kilonova.efi %s\nboot\n' % words)


def legacy(test, m, image, directory):
    """Legacy launch: what QEMU starts as a kernel is what starts this one. No initial RAM disk: X1 alone says where the root task is."""
    m.root, root = '', m.root
    x0 = TREE if test['tree'] or test['boot'] == 'el3' else test['x0']
    write(os.path.join(directory, m.kernel), elf.place_image(elf.legacy_launch(elf.entry_point(image), ROOT if root else 0, x0), STUB))
    write(os.path.join(directory, 'kernel.elf'), image)
    m.loads.append('kernel.elf')
    if root:
        m.loads.append('%s,addr=%#x,force-raw=on' % (root, ROOT))


def multiboot(test, m, image, objects, directory):
    """QEMU starts no kernel, but our boot loader, which finds everything in memory."""
    root = os.path.join(directory, m.root) if m.root else None
    parts = launch.files(test['boot'], image, test['append'], test['args'], os.path.getsize(root) if root else 0, test['memory'],
                         test['acpi'], test['efi_map'], test['tree_module'], test['poke'])
    write(os.path.join(directory, 'kernel.elf'), image)
    m.kernel, m.root = '', ''
    m.loads += ['kernel.elf', '%s,cpu-num=0' % os.path.abspath(os.path.join(objects, 'test/boot/launch.elf'))]
    m.loads += ['root.elf,addr=%#x,force-raw=on' % launch.ROOT] if root else []
    for at, data in parts.items():
        write(os.path.join(directory, '%x.bin' % at), data)
        m.loads.append('%x.bin,addr=%#x,force-raw=on' % (at, at))


def arm64_image(path):
    """That of an ELF file, or the file itself."""
    if path.endswith('.elf'):
        return elf.flat(elf.read(path, 'kernel'))
    with open(path, 'rb') as file:
        return file.read()


# x86_64 -----------------------------------------------------------------------------------------------------------------

def x86(test, m, kernel, objects, directory):
    image = elf.read(kernel, 'kernel')
    if test['relocate']:
        image = elf.relocatable(image, *test['relocate'])
    name = os.path.join(directory, 'kernel.elf')
    write(name, image)
    if test['boot'] == 'multiboot1':
        elf.make_32(name, name + '32')
        name += '32'
    if test['shift']:                                       # after make_32: objcopy goes by sections, which do not move
        image = elf.shift(elf.read(name, 'kernel'), test['shift'] << 21)
        write(name, image)
    if test['spcr']:
        write(os.path.join(directory, 'spcr.bin'), spcr(test['spcr']))
        m.extra += ['-acpitable', 'sig=SPCR,rev=2,data=spcr.bin']
    if test['boot'] == 'multiboot1':
        m.kernel = 'kernel.elf32'
    else:
        m.uefi = test['boot'].startswith('uefi-')
        iso.make(os.path.join(directory, 'boot.iso'), name, os.path.join(directory, m.root) if m.root else None,
                 test['boot'].partition('-')[2].replace('multiboot1', 'multiboot'), test['append'], test['args'],
                 'x86_64-efi' if m.uefi else 'i386-pc', os.path.join(objects, test['agent']) if test['agent'] else None)
        m.iso = 'boot.iso'
    if test['trace'] or test['untrace']:
        m.extra += ['-trace', 'pci_cfg_write', '-trace', 'serial_write', '-D', 'trace.log']
    if test['poke']:
        m.extra += ['-S', '-gdb', 'unix:path=gdb.sock,server=on,wait=off']
    return elf.entry_point(image)


def spcr(port):
    """What follows the header of a Serial Port Console Redirection table, revision 2: a 16550 at an I/O port, 115200 baud"""
    gas = struct.pack('<BBBBQ', 1, 8, 0, 1, port)
    return struct.pack('<B3x12sBBIBBBBBBHHBBBBIBI', 0, gas, 3, 4, 4, 7, 0, 1, 0, 0, 0, 0xffff, 0xffff, 0, 0, 0, 0, 0, 0, 0)

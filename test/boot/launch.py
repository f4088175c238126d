# SPDX-License-Identifier: GPL-2.0-only
"""Boot information as loaders leave it on aarch64 (interface specification, 7.1.1.1 and 7.1.1.2), for test/boot/launch.c.

All addresses are those of QEMU's "virt", whose RAM begins at 1 GiB.
"""

import struct

from knlib import elf

MAGIC = {'multiboot1': 0x2badb002, 'multiboot2': 0x36d76289}
RAM = 0x40000000
TREE = RAM, RAM + 0x100000                                  # where QEMU leaves its device tree when it starts no kernel
LAUNCH, WISH, INFO, TABLES = 0x47010000, 0x47100000, 0x47200000, 0x47300000
ROOT = 0x50000000
USED = 0x47000000, 0x48000000                               # all of the above but the root task and the kernel
RUNTIME = (0x46e00000, 0x46e10000, 5), (0x46e10000, 0x46e20000, 6)     # code and data of runtime services, as the map says
RSDP_SIZE = 36
LOADER_DATA, CONVENTIONAL, ACPI_RECLAIM = 2, 7, 9           # UEFI 2.10, 7.2.1


def string(text):
    return text.encode() + b'\0'


def padded(data, align):
    return data + bytes(-len(data) % align)


def memory(size, kernel, root):
    """[(start, end, type of UEFI)], without gaps: RAM, and in it what is in use"""
    used = sorted([(*USED, ACPI_RECLAIM), *RUNTIME, (*kernel, LOADER_DATA)] + ([(*root, LOADER_DATA)] if root else []))
    out, at = [], RAM
    for start, end, kind in used:
        out += [(at, start, CONVENTIONAL)] if at < start else []
        out, at = out + [(start, end, kind)], end
    return out + [(at, RAM + (size << 20), CONVENTIONAL)]


def multiboot1(append, modules, ram):
    """Multiboot 0.6.96, 3.3: command line, modules, memory map. Everything is at INFO and behind. modules: [(start, end, text)]"""
    area, at = b'', {}

    def place(name, data):
        nonlocal area
        at[name] = INFO + 128 + len(area)
        area += padded(data, 8)

    place('cmdline', string(append))
    for i, (_, _, text) in enumerate(modules):
        place(i, string(text))
    place('modules', b''.join(struct.pack('<4I', start, end, at[i], 0) for i, (start, end, _) in enumerate(modules)))
    rams = b''.join(struct.pack('<IQQI', 20, start, end - start, 1 if kind == CONVENTIONAL else 2) for start, end, kind in ram)
    place('map', rams)
    flags = 1 << 2 | (1 << 3 if modules else 0) | 1 << 6
    return padded(struct.pack('<7I16x2I', flags, 0, 0, 0, at['cmdline'], len(modules), at['modules'], len(rams), at['map']), 128) + area, 0


def multiboot2(append, modules, ram, acpi, efi):
    """Multiboot 2.0, 3.6. acpi: room for the RSDP, whose address is the second result; efi: the map is UEFI's"""
    out, rsdp = bytes(8), 0

    def tag(kind, data):
        nonlocal out
        at = len(out)
        out += padded(struct.pack('<II', kind, 8 + len(data)) + data, 8)
        return INFO + at + 8

    tag(1, string(append))
    for start, end, text in modules:
        tag(3, struct.pack('<II', start, end) + string(text))
    if efi:
        step = 48                                           # more than UEFI 2.10 has: the next version may
        tag(17, struct.pack('<II', step, 1) +
            b''.join(struct.pack('<IIQQQQ8x', kind, 0, start, 0, (end - start) >> 12, 0xf) for start, end, kind in ram))
    else:
        tag(6, struct.pack('<II', 24, 0) +
            b''.join(struct.pack('<QQII', start, end - start, 1 if kind == CONVENTIONAL else 2, 0) for start, end, kind in ram))
    if acpi:
        rsdp = tag(15, bytes(RSDP_SIZE))
    tag(0, b'')
    return struct.pack('<II', len(out), 0) + out[8:], rsdp


def damage(pokes):
    """[{table, offset, bytes, checksum}] as struct damage"""
    out = b''
    for poke in pokes:
        data = bytes.fromhex(poke['bytes'])
        out += struct.pack('<4sIII16s', poke['table'].encode(), poke['offset'], len(data), poke.get('checksum', False), data)
    return out + bytes(32)


def files(how, image, append, args, root_size, size, acpi=False, efi=False, tree=False, poke=()):
    """{address: bytes} of what QEMU loads beside kernel, root task and launch.elf.

    how: multiboot1, multiboot2; image: the kernel's ELF file; size: RAM in MiB; acpi: pass QEMU's tables; efi: the memory map is UEFI's;
    tree: QEMU's device tree is a module; poke: damage of tables.
    """
    root = (ROOT, ROOT + (root_size + 0xfff & ~0xfff)) if root_size else None
    modules = [(ROOT, ROOT + root_size, args)] if root_size else []
    modules += [(*TREE, '')] if tree else []
    ram = memory(size, elf.memory(image), root)
    info, rsdp = multiboot1(append, modules, ram) if how == 'multiboot1' else multiboot2(append, modules, ram, acpi, efi)
    return {INFO: info, WISH: struct.pack('<6Q', elf.entry_point(image), MAGIC[how], INFO, 0, TABLES, rsdp) + damage(poke)}

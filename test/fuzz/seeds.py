#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The first inputs of the fuzz targets: what firmware, boot loaders and linkers make, and one fault in each.

examples:
  test/fuzz/seeds.py                                    writes test/fuzz/corpus/TARGET/seed-NAME
  test/fuzz/seeds.py --check                            are the files there what this script writes?
  test/fuzz/seeds.py --show test/fuzz/corpus/acpi/*     prints images (test/fuzz/image.h) as text

Other files of the corpus were found by make fuzz: they reach code that the seeds do not, or once made a parser fail.
"""

import argparse
import functools
import os
import struct
import sys

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'corpus')
RAW, TABLE, RSDP = 0, 1, 2                                  # kinds of a region
PHYS_END = 1 << 46


def image(numbers, *regions):
    """Three numbers, then regions (address, bytes) or (address, bytes, kind)."""
    out = struct.pack('<3Q', *(tuple(numbers) + (0, 0, 0))[:3])
    for addr, data, *kind in regions:
        out += struct.pack('<QHBB', addr, len(data), *(kind or [RAW]), 0) + data
    return out


# ACPI -----------------------------------------------------------------------------------------------------------------

RSDP_AT, RSDT_AT, XSDT_AT = 0xf5a40, 0x1ffe0040, 0x1ffe0100


def rsdp(revision=2, rsdt=RSDT_AT, xsdt=XSDT_AT, length=36):
    first = struct.pack('<8sB6sBI', b'RSD PTR ', 0, b'KN    ', revision, rsdt)
    return first if revision < 2 else first + struct.pack('<IQB3x', length, xsdt, 0)


def table(signature, body, revision=1, length=None):
    return struct.pack('<4sIBB6s8sI4sI', signature, 36 + len(body) if length is None else length, revision, 0, b'KN    ', b'FUZZSEED', 1,
                       b'KN  ', 1) + body


def gas(space, bits, addr, access=0):
    return struct.pack('<BBBBQ', space, bits, 0, access, addr)


def madt(*entries, lapic=0xfee00000, flags=1):
    return table(b'APIC', struct.pack('<II', lapic, flags) + b''.join(entries))


def lapic(number, flags=1):
    return struct.pack('<BBBBI', 0, 8, number, number, flags)


def ioapic(number, addr, gsi):
    return struct.pack('<BBBBII', 1, 12, number, 0, addr, gsi)


def override(irq, gsi, flags, bus=0):
    return struct.pack('<BBBBIH', 2, 10, bus, irq, gsi, flags)


def x2apic(number, flags=1):
    return struct.pack('<BBHIII', 9, 16, 0, number, flags, number)


def fadt(length=276, flags=1 << 8 | 1 << 10, reset=gas(1, 8, 0xcf9), x_pm1a=gas(0, 0, 0), timer_length=4):
    body = struct.pack('<IIBBHIBBBBIIIIIIIIBBBBBBBBHHHHBBBBBHBI', 0, 0, 0, 0, 9, 0xb2, 0xf1, 0xf0, 0, 0, 0x600, 0, 0x604, 0, 0, 0x608,
                       0x620, 0, 4, 2, 0, timer_length, 16, 0, 0, 0, 101, 1001, 0, 0, 0, 0, 13, 0, 0x32, 2, 0, flags)
    body += reset + struct.pack('<BHBQQ', 0x0e, 0, 5, 0, 0) + x_pm1a
    return table(b'FACP', (body + bytes(300))[:length - 36], 6)


def hpet(addr=0xfed00000, space=0):
    return table(b'HPET', struct.pack('<I', 0x8086a201) + gas(space, 64, addr) + struct.pack('<BHB', 0, 100, 0))


def spcr(kind=0, base=gas(1, 8, 0x3f8)):
    return table(b'SPCR', struct.pack('<B3x', kind) + base + bytes(28), 2)


def dbg2(*devices, count=None):
    return table(b'DBG2', struct.pack('<II', 44, len(devices) if count is None else count) + b''.join(devices), 0)


def port(kind=0x8000, subtype=0x12, base=gas(0, 32, 0xfe030000), length=40, at=22):
    return struct.pack('<BHBHHHHHHHHH', 0, length, 1, 2, 38, 0, 0, kind, subtype, 0, at, 34) + base + struct.pack('<I', 0x1000) + b'.\0'


def dmar(*units):
    return table(b'DMAR', struct.pack('<BB10x', 38, 1) + b''.join(units))


def drhd(base, size=0, length=16, kind=0):
    return struct.pack('<HHBBHQ', kind, length, 0, size, 0, base)


def ivrs(*units):
    return table(b'IVRS', struct.pack('<IQ', 0x203041, 0) + b''.join(units), 2)


def ivhd(kind, base, length=24):
    return struct.pack('<BBHHHQ', kind, 0, length, 2, 0x40, base) + bytes(8)


def mcfg(*entries):
    return table(b'MCFG', bytes(8) + b''.join(entries))


def ecam(base, segment=0, first=0, last=255):
    return struct.pack('<QHBBI', base, segment, first, last, 0)


def gicc(mpidr, flags=1, base=0, gicv=0, gich=0, gicr=0, length=80):
    return struct.pack('<BBHIIIIIQQQQIQQ', 11, length, 0, 0, 0, flags, 0, 23, 0, base, gicv, gich, 25, gicr, mpidr) + bytes(4)


def gicd(base, version):
    return struct.pack('<BBHIQIB3x', 12, 24, 0, 0, base, 0, version)


def gic_msi(base):
    return struct.pack('<BBHIQIHH', 13, 24, 0, 0, base, 1, 64, 80)


def gicr(base, length):
    return struct.pack('<BBHQI', 14, 16, 0, base, length)


def its(base):
    return struct.pack('<BBHIQI', 15, 20, 0, 0, base, 0)


def arm_fadt(boot_arch):
    data = bytearray(fadt(flags=1 << 20))
    struct.pack_into('<H', data, 129, boot_arch)
    return bytes(data)


def gtdt(el2=26):
    return table(b'GTDT', struct.pack('<QI8IQII', 2**64 - 1, 0, 29, 0, 30, 0, 27, 0, el2, 0, 2**64 - 1, 0, 0), 2)


def iort(*nodes, count=None, at=48):
    return table(b'IORT', struct.pack('<III', len(nodes) if count is None else count, at, 0) + b''.join(nodes), 3)


def node(kind, length, base=0, span=0, vatos=0):
    return (struct.pack('<BHBIIIQQQ', kind, length, 1, 0, 0, 0, base, span, vatos) + bytes(60))[:max(length, 4)]


def machine(*tables, hint=0, changes=0, revision=2, end=0, more=(), **pointers):
    """Tables at addresses that nothing promises to be aligned, and root tables that name them."""
    places = [0x1ffe1000 + 0x1000 * i + i for i in range(len(tables))]
    roots = [(RSDT_AT, table(b'RSDT', struct.pack('<%dI' % len(places), *places)), TABLE)]
    if revision >= 2:
        roots.append((XSDT_AT, table(b'XSDT', struct.pack('<%dQ' % len(places), *places)), TABLE))
    return image((hint, changes, end), (RSDP_AT, rsdp(revision, **pointers), RSDP), *roots, *((a, t, TABLE) for a, t in zip(places, tables)), *more)


def acpi():
    full = (fadt(), madt(lapic(0), lapic(2), lapic(4, 0), x2apic(0x101), ioapic(8, 0xfec00000, 0), override(0, 2, 0), override(9, 9, 13),
                         struct.pack('<BBHQ', 5, 12, 0, 0x1fee00000)),
            hpet(), spcr(), dbg2(port(0x8003, 0), port()),
            dmar(drhd(0xfed90000), drhd(0xfed92000, 1)), ivrs(ivhd(0x10, 0xfd200000), ivhd(0x11, 0xfd200000)))
    yield 'full', machine(*full)
    for seed in 1, 2, 3:
        yield 'full-changes-%d' % seed, machine(*full, changes=seed)
    yield 'mcfg', machine(mcfg(ecam(0xb0000000, 0, 0, 127), ecam(1 << 38, 1), ecam(1 << 39, 0xffff, 255, 255)))
    yield 'mcfg-malformed', machine(mcfg(ecam(0), ecam(0xb0080000), ecam((1 << 64) - (1 << 27)), ecam(0xc0000000, 1, 2, 1), b'rest'))
    yield 'mcfg-many', machine(mcfg(*(ecam(0xb0000000, i) for i in range(40))))
    arm = (arm_fadt(3), madt(gicd(0x8000000, 3), gicc(0), gicc(1), gicc(0x100000100), gicc(0x101, 8), gicr(0x80a0000, 0xf60000),
                             gicr(1 << 38, 1 << 26), its(0x8080000), lapic=0, flags=0),
           gtdt(), spcr(3, gas(0, 32, 0x9000000)), dbg2(port(subtype=14, base=gas(0, 32, 0x9040000))),
           iort(node(0, 24), node(4, 68, 0x9050000), node(3, 76, 0x9080000, 0x10000), node(4, 68, 0xa000000, 0, 0xb000000), node(2, 56)),
           mcfg(ecam(0x4010000000)))
    yield 'arm', machine(*arm)
    for seed in 1, 2:
        yield 'arm-changes-%d' % seed, machine(*arm, changes=seed)
    yield 'arm-gic-v2', machine(madt(gicc(0, 1, 0x8010000, 0x8040000, 0x8030000), gicd(0x8000000, 2), gic_msi(0x8020000), lapic=0))
    yield 'arm-gicr-of-cpus', machine(madt(*(gicc(i, gicr=0x80a0000 + 0x20000 * (i ^ 1)) for i in range(4)), gicc(9, gicr=2**64 - 0x20000), lapic=0))
    yield 'arm-malformed', machine(madt(gicd(0x8000001, 3), gicc(1 << 31), gicc(0, length=40)[:40], gicr(0, 0), its(1), gic_msi(0), b'\x0f\4\0\0'))
    yield 'iort-damaged', machine(iort(node(4, 68, 0x9050000), node(4, 8)), gtdt())
    yield 'iort-count-huge', machine(iort(node(3, 76, 0x9080000, 2**64 - 1), count=0xffffffff))
    yield 'iort-offset-huge', machine(iort(node(4, 68, 0x9050000), at=0xffffffff))
    yield 'full-acpi-1', machine(fadt(116), madt(lapic(0), ioapic(0, 0xfec00000, 0)), revision=0)
    yield 'hint', machine(hint=RSDP_AT, *full[:2])
    yield 'hint-wrong', machine(hint=0x12345, *full[:2])
    yield 'hint-at-end-of-memory', image((PHYS_END - 20,), (PHYS_END - 20, rsdp(0, RSDT_AT), RSDP), (RSDT_AT, table(b'RSDT', bytes(4)), TABLE))
    yield 'ebda', image((), (0x40e, b'\xc0\x9f'), (0x9fc00, rsdp(0), RSDP), (RSDT_AT, table(b'RSDT', b'\0\0\xfe\x1f'), TABLE),
                        (0x1ffe0000, hpet()[:60], TABLE))
    yield 'ebda-cut-rsdp', image((), (0x40e, b'\xc0\x9f'), (0x9fff0, rsdp(0), RSDP))
    yield 'rsdp-checksum', image((), (RSDP_AT, rsdp()))
    yield 'rsdp-length-huge', machine(hpet(), length=0xffffffff)
    yield 'rsdp-cut-by-end-of-memory', machine(hpet(), end=RSDP_AT + 20)
    yield 'xsdt-beyond-memory', machine(hpet(), xsdt=1 << 60)
    yield 'xsdt-is-rsdt', machine(hpet(), xsdt=RSDT_AT)
    yield 'xsdt-names-itself', image((), (RSDP_AT, rsdp(), RSDP), (XSDT_AT, table(b'XSDT', struct.pack('<3Q', XSDT_AT, 2**64 - 1, PHYS_END - 35)), TABLE))
    yield 'root-many-entries', image((), (RSDP_AT, rsdp(0), RSDP), (RSDT_AT, table(b'RSDT', struct.pack('<I', 0x1ffe1000) * 300), TABLE),
                                     (0x1ffe1000, hpet(), TABLE))
    yield 'table-too-short', machine(table(b'APIC', bytes(4)), table(b'FACP', bytes(70)), table(b'HPET', b''), table(b'DMAR', bytes(11)))
    yield 'table-too-long', machine(table(b'APIC', bytes(8), length=0x200001), table(b'HPET', bytes(16), length=0xffffffff))
    yield 'table-length-over-its-end', machine(table(b'APIC', struct.pack('<II', 0xfee00000, 1), length=0x2000))
    yield 'madt-entry-empty', machine(madt(lapic(0), b'\0\0', lapic(1)))
    yield 'madt-entry-cut', machine(madt(lapic(0), b'\0\x08\x01'))
    yield 'madt-entry-short', machine(madt(b'\0\4\0\0', b'\1\4\0\0', b'\2\4\0\0', b'\5\4\0\0', b'\x09\4\0\0', lapic(3)))
    yield 'madt-broadcast', machine(madt(lapic(255), x2apic(0xffffffff), lapic(1), x2apic(1)))
    yield 'madt-many', machine(madt(*(x2apic(i) for i in range(260)), *(ioapic(i, 0xfec00000 + 16 * i, 0) for i in range(18)),
                                    *(override(i, i, 0) for i in range(17))))
    yield 'madt-lapic-odd', machine(madt(lapic(0), lapic=0xfee00123))
    yield 'fadt-reduced', machine(fadt(flags=1 << 20))
    yield 'fadt-x-fields', machine(fadt(x_pm1a=gas(0, 16, 0xfed80804)))
    yield 'fadt-reset-in-pci', machine(fadt(reset=gas(2, 8, 0x1f0044)))
    yield 'fadt-cut-in-field', machine(fadt(120), spcr(0x12, gas(0, 32, 0xfe032000)))
    yield 'fadt-no-timer', machine(fadt(timer_length=0))
    yield 'hpet-port', machine(hpet(0x400, 1))
    yield 'spcr-at-end', machine(spcr(0, gas(1, 8, 0xfffc)), dbg2(port(base=gas(0, 8, 2**64 - 4))))
    yield 'dbg2-count-huge', machine(dbg2(port(subtype=1, kind=0x8001), count=0xffffffff))
    yield 'dbg2-device-short', machine(dbg2(port(length=21)))
    yield 'dbg2-base-outside', machine(dbg2(port(at=0xfff0)))
    yield 'dmar-unit-odd', machine(dmar(drhd(0xfed90001), drhd(0), drhd(2**64 - 4096), drhd(0xfed91000, 15)))
    yield 'dmar-unit-short', machine(dmar(drhd(0xfed90000)[:4] + b'', b''))
    yield 'dmar-many', machine(dmar(*(drhd(0x100000000 + 0x1000 * i) for i in range(34))))
    yield 'dmar-entry-empty', machine(dmar(drhd(0xfed90000, length=0)))
    yield 'ivrs-entry-long', machine(ivrs(ivhd(0x10, 0xfd200000), ivhd(0x40, 0xfd204000, 0xffff)))


# Multiboot ------------------------------------------------------------------------------------------------------------

MAGIC_1, MAGIC_2, INFO, TEXT, MODULES = 0x2badb002, 0x36d76289, 0x9500, 0x8ff0, 0x9700


def info_1(flags=12, cmdline=TEXT, count=1, modules=MODULES):
    return struct.pack('<7I', flags, 639, 0x7fb40, 0x8000ffff, cmdline, count, modules) + bytes(60)


def tag(kind, data, size=None):
    return struct.pack('<II', kind, 8 + len(data) if size is None else size) + data + bytes(-len(data) & 7)


def info_2(*tags, size=None, end=tag(0, b'')):
    data = b''.join(tags) + end
    return struct.pack('<II', 8 + len(data) if size is None else size, 0) + data


def multiboot():
    line = (TEXT, b'kilonova serial console=keep\0')
    module = (MODULES, struct.pack('<4I', 0x1000000, 0x1234567, TEXT, 0))
    yield 'v1', image((MAGIC_1, INFO), (INFO, info_1()), line, module)
    yield 'v1-nothing', image((MAGIC_1, INFO), (INFO, info_1(0)))
    yield 'v1-no-modules', image((MAGIC_1, INFO), (INFO, info_1(count=0)), line)
    yield 'v1-line-unterminated', image((MAGIC_1, INFO), (INFO, info_1(4)), (TEXT, b'x' * 1100))
    yield 'v1-line-at-end-of-memory', image((MAGIC_1, 0x1000, TEXT + 16), (0x1000, info_1(4)), line)
    yield 'v1-line-beyond-memory', image((MAGIC_1, INFO, 0x10000), (INFO, info_1(12, 0xfffffff0, 1, 0xfffffff8)))
    yield 'v1-module-backwards', image((MAGIC_1, INFO), (INFO, info_1()), line, (MODULES, struct.pack('<4I', 0x3000, 0x2000, 0, 0)))
    yield 'v1-module-beyond-memory', image((MAGIC_1, INFO, 0x10000), (INFO, info_1()), line, module)
    yield 'v1-info-at-end-of-memory', image((MAGIC_1, PHYS_END - 27), (PHYS_END - 27, info_1()))
    tags = (tag(1, b'serial root=a\0'), tag(2, b'GRUB 2.06\0'), tag(3, struct.pack('<II', 0x1000000, 0x1234567) + b'root\0'),
            tag(4, bytes(8)), tag(14, rsdp(0)), tag(12, struct.pack('<Q', 0x7f001018)), tag(20, struct.pack('<Q', 0x7f002000)))
    yield 'v2', image((MAGIC_2, INFO), (INFO, info_2(*tags)))
    yield 'v2-changes', image((1 << 32 | MAGIC_2, INFO), (INFO, info_2(*tags)))
    yield 'v2-efi-services', image((MAGIC_2, INFO), (INFO, info_2(*tags, tag(18, b''))))
    yield 'v2-efi-map', image((MAGIC_2, INFO), (INFO, info_2(tag(17, struct.pack('<II', 48, 1) + bytes(96)))))
    yield 'v2-efi-map-short', image((MAGIC_2, INFO), (INFO, info_2(tag(17, bytes(7)))))
    screen = struct.pack('<Q3IBBH6B', 0xfd000000, 4096, 1024, 768, 32, 1, 0, 16, 8, 8, 8, 0, 8)
    yield 'v2-screen', image((MAGIC_2, INFO), (INFO, info_2(*tags, tag(8, screen))))
    yield 'v2-screen-short', image((MAGIC_2, INFO), (INFO, info_2(tag(8, screen[:24]))))
    yield 'v2-screen-text', image((MAGIC_2, INFO), (INFO, info_2(tag(8, struct.pack('<Q3IBBH', 0xb8000, 160, 80, 25, 16, 2, 0)))))
    yield 'v2-screen-wraps', image((MAGIC_2, INFO), (INFO, info_2(tag(8, struct.pack('<Q', (1 << 64) - 4096) + screen[8:]))))
    yield 'v2-screen-over-root', image((MAGIC_2, INFO), (INFO, info_2(*tags, tag(8, struct.pack('<Q', 0x1000000) + screen[8:]))))
    yield 'v2-rsdp-new', image((MAGIC_2, INFO), (INFO, info_2(tag(15, rsdp()), tag(14, rsdp(0)))))
    yield 'v2-twice', image((MAGIC_2, INFO), (INFO, info_2(*tags, tag(1, b'console=keep\0'), tag(3, struct.pack('<II', 1, 2)))))
    yield 'v2-no-end', image((MAGIC_2, INFO), (INFO, info_2(*tags, end=b'')))
    yield 'v2-tag-empty', image((MAGIC_2, INFO), (INFO, info_2(tag(1, b'a', 0))))
    yield 'v2-tag-short', image((MAGIC_2, INFO), (INFO, info_2(tag(3, bytes(8), 12))))
    yield 'v2-tag-long', image((MAGIC_2, INFO), (INFO, info_2(tag(1, b'a', 0xffffffff))))
    yield 'v2-tag-over-the-end', image((MAGIC_2, INFO), (INFO, info_2(tag(1, b'x' * 16, 0x1000), end=b'')))
    yield 'v2-module-over-the-end', image((MAGIC_2, INFO), (INFO, info_2(tag(3, b'', 16), end=b'')))
    yield 'v2-rsdp-short', image((MAGIC_2, INFO), (INFO, info_2(tag(15, rsdp()[:20]))))
    yield 'v2-line-unterminated', image((MAGIC_2, INFO), (INFO, info_2(tag(1, b'x' * 1100))))
    yield 'v2-size-small', image((MAGIC_2, INFO), (INFO, info_2(size=7)))
    yield 'v2-size-huge', image((MAGIC_2, INFO), (INFO, info_2(size=0x200001)))
    yield 'v2-size-over-memory', image((MAGIC_2, INFO, INFO + 16), (INFO, info_2(*tags)))
    yield 'v2-module-empty', image((MAGIC_2, INFO), (INFO, info_2(tag(3, struct.pack('<II', 0x5000, 0x5000)))))
    head = 0x7000000, struct.pack('>10I', 0xd00dfeed, 0x1000, *[0] * 8)
    modules = [struct.pack('<II', a, a + 0x1000) for a in (0x1000000, 0x6000000, 0x7000000)]
    yield 'v1-tree', image((MAGIC_1, INFO), (INFO, info_1(8, count=3)), (MODULES, b''.join(m + bytes(8) for m in modules)), head)
    yield 'v1-modules-many', image((MAGIC_1, INFO), (INFO, info_1(8, count=0xffffffff, modules=0xfffffff0)))
    yield 'v2-tree', image((MAGIC_2, INFO), (INFO, info_2(*(tag(3, m) for m in modules))), head)
    yield 'magic', image((0x12345678, INFO), (INFO, info_1()))


# ELF ------------------------------------------------------------------------------------------------------------------

START, BASE = 0x200000, 0x10000000


def ehdr(count, entry=BASE + 0x120, phoff=64, kind=2, cpu=62, version=1, entsize=56, ident=b'\x7fELF\2\1\1'):
    return struct.pack('<16sHHIQQQIHHHHHH', ident, kind, cpu, version, entry, phoff, 0, 0, 64, entsize, count, 64, 0, 0)


def phdr(flags, offset, vaddr, filesz, memsz=None, kind=1):
    return struct.pack('<IIQQQQQQ', kind, flags, offset, vaddr, vaddr, filesz, filesz if memsz is None else memsz, 0x1000)


def elf():
    text, data = phdr(5, 0, BASE, 0xa75), phdr(6, 0x1000, BASE + 0x1000, 0x1004)

    def root(*headers, start=START, size=0x3000, end=0, **more):
        return image((start, start + size, end), (start, ehdr(len(headers), **more) + b''.join(headers)))

    yield 'good', root(text, data, phdr(6, 0, 0, 0, kind=0x6474e551), phdr(0, 0x1000, 0x20000000, 16), phdr(4, 0x9999999, 1, 0))
    yield 'unaligned', root(phdr(5, 0, BASE + 0x800, 0xa75), start=START + 0x800, entry=BASE + 0x900)
    yield 'last-page', root(text, phdr(4, 0x1000, 0x7fffffffe000, 0x1000))
    yield 'beyond-user', root(text, phdr(4, 0x1000, 0x7fffffffe000, 0x1001))
    yield 'vaddr-wraps', root(text, phdr(4, 0x1000, 2**64 - 0x1000, 0x1000))
    yield 'offset-wraps', root(text, phdr(4, 2**64 - 0x1000, BASE + 0x1000, 0x2000))
    yield 'filesz-huge', root(text, phdr(4, 0x1000, BASE + 0x1000, 2**64 - 1))
    yield 'bss', root(text, phdr(6, 0x1000, BASE + 0x1000, 4, 0x1000))
    yield 'overlap', root(text, phdr(6, 0, BASE, 0x10))
    yield 'shared-page', root(text, phdr(6, 0x1a75, BASE + 0xa75, 0x10))
    yield 'not-congruent', root(text, phdr(6, 0x1000, BASE + 0x1001, 0x10))
    yield 'entry-outside', root(text, entry=BASE + 0xa75)
    yield 'entry-in-data', root(text, data, entry=BASE + 0x1000)
    yield 'not-elf', root(text, ident=b'\x7fELG\2\1\1')
    yield 'elf32', root(text, ident=b'\x7fELF\1\1\1')
    yield 'shared-object', root(text, kind=3)
    yield 'aarch64', root(text, cpu=183)
    yield 'version', root(text, version=2)
    yield 'entry-size', root(text, entsize=32)
    yield 'no-headers', root()
    yield 'phoff-at-end', root(text, phoff=0x3000 - 55)
    yield 'phoff-wraps', root(text, phoff=2**64 - 8)
    yield 'headers-65535', image((START, START + 0x3000), (START, ehdr(0xffff)))
    yield 'segments-17', root(*(phdr(5, 0, BASE + 0x1000 * i, 0x1000) for i in range(17)))
    yield 'image-small', root(text, size=63)
    yield 'image-empty', root(text, size=0)
    yield 'image-beyond-memory', root(text, end=START + 0x2fff)
    yield 'image-to-end-of-memory', root(phdr(5, 0, BASE, 0xa75), start=PHYS_END - 0x3000)


# Command line ---------------------------------------------------------------------------------------------------------

def cmdline():
    yield 'flag', b'serial\n/boot/kilonova  serial\tconsole=keep'
    yield 'value', b'console\nserial console=mute console=keep'
    yield 'part-of-name', b'seria\nserial erial seria=1'
    yield 'empty-name', b'\n =x  a='
    yield 'empty-value', b'a\n a= '
    yield 'equals-in-value', b'root\nroot=a=b'
    yield 'blanks', b'a\n \t\r\n '
    yield 'cut', b'xxxx\n' + b'y' * 506 + b' xxxxxxxx'
    yield 'long-name', b'x' * 600 + b'\n' + b'x' * 600


# Device trees ---------------------------------------------------------------------------------------------------------

def cells(*values):
    return struct.pack('>%dI' % len(values), *values)


def text(*strings):
    return b''.join(s.encode() + b'\0' for s in strings)


def fdt(root, version=17):
    """A tree of nodes (name, {property: bytes}, [nodes])."""
    strings, names = b'', {}

    def node(name, props, below):
        nonlocal strings
        out = cells(1) + pad(text(name))
        for prop, value in props.items():
            if prop not in names:
                names[prop] = len(strings)
                strings += text(prop)
            out += cells(3, len(value), names[prop]) + pad(value)
        return out + b''.join(node(*n) for n in below) + cells(2)

    def pad(data):
        return data + bytes(-len(data) % 4)

    structs = node(*root) + cells(9)
    return cells(0xd00dfeed, 56 + len(structs) + len(strings), 56, 56 + len(structs), 40, version, 16, 0, len(strings),
                 len(structs)) + bytes(16) + structs + strings


def virt(gic, *more):
    """QEMU's virt machine, as far as the kernel looks."""
    cpu = [('cpu@%d' % n, {'device_type': text('cpu'), 'reg': cells(n), 'enable-method': text('psci')}, []) for n in range(3)]
    intc = {2: {'compatible': text('arm,cortex-a15-gic'), 'reg': cells(*(w for a in (0x8000000, 0x8010000, 0x8030000, 0x8040000)
                                                                         for w in (0, a, 0, 0x10000)))},
            3: {'compatible': text('arm,gic-v3'), '#redistributor-regions': cells(1),
                'reg': cells(0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000)}}
    return ('', {'#address-cells': cells(2), '#size-cells': cells(2)}, [
        ('chosen', {'bootargs': text('console=keep'), 'stdout-path': text('serial0:115200n8'), 'linux,initrd-start': cells(0x48000000),
                    'linux,initrd-end': cells(0, 0x48100000)}, []),
        ('aliases', {'serial0': text('/soc/pl011@9000000')}, []),
        ('cpus', {'#address-cells': cells(1), '#size-cells': cells(0)}, cpu),
        ('psci', {'compatible': text('arm,psci-1.0', 'arm,psci-0.2'), 'method': text('smc')}, []),
        ('intc@8000000', intc[gic], []),
        ('timer', {'compatible': text('arm,armv8-timer'), 'interrupts': cells(1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4)}, []),
        ('soc', {'#address-cells': cells(1), '#size-cells': cells(1), 'ranges': cells(0, 0, 0x9000000, 0x1000000)}, [
            ('pl011@9000000', {'compatible': text('arm,pl011', 'arm,primecell'), 'reg': cells(0, 0x1000), 'status': text('okay')}, []),
            ('smmu', {'compatible': text('arm,smmu-v3'), 'reg': cells(0x50000, 0x20000)}, [])]),
        *more])


def devicetree():
    yield 'gicv2', fdt(virt(2))
    yield 'gicv3', fdt(virt(3))
    yield 'version-16', fdt(virt(3), 16)
    yield 'deep', fdt(virt(3, functools.reduce(lambda below, _: ('n', {}, [below]), range(12), ('end', {}, []))))
    yield 'short', fdt(virt(2))[:300]


TARGETS = {'acpi': acpi, 'multiboot': multiboot, 'elf': elf, 'cmdline': cmdline, 'fdt': devicetree}


def files():
    """{path: bytes} of all seeds."""
    return {os.path.join(CORPUS, target, 'seed-' + name): data for target, seeds in TARGETS.items() for name, data in seeds()}


def show(path):
    with open(path, 'rb') as file:
        data = file.read()
    print('%s: numbers %s' % (path, ' '.join('%#x' % n for n in struct.unpack_from('<3Q', data.ljust(24, b'\0')))))
    at = 24
    while at + 12 < len(data):
        addr, size, kind = struct.unpack_from('<QHB', data, at)
        part = data[at + 12:at + 12 + size]
        print('  %#x: %d bytes%s' % (addr, size, {TABLE: ', checksum of a table', RSDP: ', checksums of an RSDP'}.get(kind, '')))
        for line in range(0, len(part), 16):
            row = part[line:line + 16]
            print('    %04x  %-47s  %s' % (line, row.hex(' '), ''.join(chr(b) if 32 <= b < 127 else '.' for b in row)))
        at += 12 + size


def main():
    head, tail = __doc__.split('\n\n', 1)
    parser = argparse.ArgumentParser(description=head, epilog=tail, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true', help='write nothing, compare; exit status 1 if a file differs')
    parser.add_argument('--show', nargs='+', metavar='FILE', help='print these images')
    args = parser.parse_args()
    if args.show:
        for path in args.show:
            show(path)
        return 0
    wrong = 0
    for path, data in files().items():
        if args.check:
            with open(path, 'rb') if os.path.exists(path) else open(os.devnull, 'rb') as file:
                if file.read() != data:
                    print('%s: is not what seeds.py writes' % os.path.relpath(path))
                    wrong += 1
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                file.write(data)
    return wrong > 0


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-only
"""Facts of kernel and root ELF files, the 32-bit copy that Multiboot 1 loaders want, and changed copies for boot tests."""

import hashlib
import io
import os
import re
import shutil
import struct
import subprocess

from . import tools
from .errors import KnError, UsageError, last_line

EM = {3: 'x86_64', 62: 'x86_64', 183: 'aarch64'}             # a 32-bit x86 ELF holds the 64-bit kernel here

IMAGE_MAGIC = b'ARM\x64'                                     # at offset 56 of an arm64 Image
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4               # flags of a section
NOP = 0xd503201f                                             # of aarch64


def read(path, what):
    """The bytes of an ELF file; `what` names it in the error ("kernel", "root task")."""
    try:
        with open(path, 'rb') as file:
            data = file.read()
    except FileNotFoundError:
        raise UsageError('%s file %s does not exist (build it with make, or name another one)' % (what, path)) from None
    except OSError as error:
        raise UsageError('%s file %s: %s' % (what, path, error.strerror)) from None
    if data[:4] != b'\x7fELF' or len(data) < 52 or data[4] not in (1, 2):
        raise UsageError('%s file %s is not an ELF file' % (what, path))
    return data


def arch(data):
    return EM.get(struct.unpack_from('<H', data, 18)[0], 'unknown')


def arch_of(kernel, root):
    """The architecture of a kernel and the root task for it."""
    name, other = arch(read(kernel, 'kernel')), arch(read(root, 'root task'))
    if name not in EM.values():
        raise UsageError('%s is for a machine that no emulator here is for' % kernel)
    if name != other:
        raise UsageError('%s is for %s, %s is not' % (kernel, name, root))
    return name


def is_64(data):
    return data[4] == 2


def compiler(data):
    """The compiler that the file itself names, in section .comment, in a string or in its debug information; else None."""
    try:
        from elftools.elf.elffile import ELFFile
    except ImportError:
        raise tools.missing_module('elftools') from None
    names = []
    try:
        file = ELFFile(io.BytesIO(data))
        section = file.get_section_by_name('.comment')
        names = [s.decode('ascii', 'replace') for s in section.data().split(b'\0') if s] if section else []
        if not names:
            found = re.search(rb'\b(gcc|clang)[ -](version )?\d+\.\d+(\.\d+)?|\bgcc \([ -~]+?\) \d+\.\d+\.\d+', data)
            names = [found.group(0).decode()] if found else []
        if not names and file.has_dwarf_info():
            for unit in file.get_dwarf_info().iter_CUs():
                producer = unit.get_top_DIE().attributes.get('DW_AT_producer')
                if producer and not producer.value.startswith(b'GNU AS'):
                    names.append(producer.value.decode('ascii', 'replace').split(' -')[0])
    except Exception:                                       # pyelftools has no common error; a fact less is no failure
        pass
    return ', '.join(dict.fromkeys(names)) or None


def sections(data):
    """[(name, type, flags, size, contents)], [] for a file without sections or with broken ones."""
    try:
        from elftools.elf.elffile import ELFFile
    except ImportError:
        raise tools.missing_module('elftools') from None
    try:
        return [(s.name, s['sh_type'], s['sh_flags'], s['sh_size'], b'' if s['sh_type'] == 'SHT_NOBITS' else s.data())
                for s in ELFFile(io.BytesIO(data)).iter_sections()]
    except Exception:                                       # pyelftools has no common error; a fact less is no failure
        return []


def build(data):
    """What the Makefile left in section .build: {commit, cfp, compiler, flags}, as far as it is there."""
    text = next((contents for name, _, _, _, contents in sections(data) if name == '.build'), b'')
    words = (line.partition('=') for line in text.decode('ascii', 'replace').splitlines())
    return {key: value for key, _, value in words if key in ('commit', 'cfp', 'compiler', 'flags') and value}


def sizes(data):
    """{text, rodata, data, bss, pool}: bytes of the sections that are in memory. Code is what can be executed; pool: memory without contents
    that is no .bss, here that of the kernel's objects, which KMEM_MIB sets."""
    total = {}
    for name, kind, flags, size, _ in sections(data):
        if flags & SHF_ALLOC:
            part = 'text' if flags & SHF_EXECINSTR else 'rodata' if not flags & SHF_WRITE else 'data'
            if kind == 'SHT_NOBITS':
                part = 'bss' if name == '.bss' else 'pool'
            total[part] = total.get(part, 0) + size
    return total


def facts(path, what):
    data = read(path, what)
    said = build(data)
    found = {'file': os.path.basename(path), 'sha256': hashlib.sha256(data).hexdigest(), 'bytes': len(data),
             'arch': arch(data), 'compiler': said.get('compiler') or compiler(data)}
    return dict(found, **{key: value for key, value in (('sizes', sizes(data)), ('build', said)) if value})


def make_32(path, out):
    """Writes an ELF32 with the contents of `path` to `out` (a plain copy when it is one already)."""
    if not is_64(read(path, 'kernel')):
        shutil.copyfile(path, out)
        return
    tools.need('objcopy')
    done = subprocess.run(['objcopy', '--strip-debug', '-O', 'elf32-i386', path, out], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise KnError('objcopy cannot make a 32-bit ELF from %s: %s' % (path, last_line(done.stderr)))


def flat(data):
    """What an ELF file loads, from its lowest physical address on."""
    try:
        from elftools.elf.elffile import ELFFile
    except ImportError:
        raise tools.missing_module('elftools') from None
    parts = [(s['p_paddr'], s.data()) for s in ELFFile(io.BytesIO(data)).iter_segments() if s['p_type'] == 'PT_LOAD' and s['p_filesz']]
    base = min((start for start, _ in parts), default=0)
    image = bytearray(max((start + len(part) for start, part in parts), default=0) - base)
    for start, part in parts:
        image[start - base:start - base + len(part)] = part
    return bytes(image)


def arm64_image(code):
    """An arm64 Image (Documentation/arm64/booting of Linux) that begins with this code behind its header: X0 is the devicetree then."""
    size = 64 + len(code)
    return struct.pack('<IIQQQQQQ4sI', 0x14000000 | 64 // 4, 0, 0, size, 0xa, 0, 0, 0, IMAGE_MAGIC, 0) + code


def place_image(image, offset):
    """The same arm64 Image, which QEMU puts `offset` bytes above the start of RAM; 0: 2 MiB, the first place that its own code leaves."""
    return image[:8] + struct.pack('<Q', offset) + image[16:]


def legacy_launch(entry, root, x0=-1):
    """Starts a kernel as the interface specification says in 7.1.1.3: X0 = devicetree (or `x0`), X1 = root task."""
    return arm64_image(struct.pack('<IIIIIIQQQ', 0x58000101,        # ldr x1, root
                                   0x58000123,                      # ldr x3, entry
                                   0xaa1f03e2,                      # mov x2, xzr
                                   NOP if x0 < 0 else 0x58000060,   # ldr x0, x0
                                   0xd61f0060, NOP,                 # br  x3
                                   max(x0, 0), root, entry))


def make_arm64(path, out, root):
    """Writes an arm64 Image for QEMU's -kernel to `out`: that of the kernel if it has one, else one that starts it where its ELF file
    wants to be. In this case the kernel must be loaded besides; returns whether."""
    data = read(path, 'kernel')
    image = flat(data)
    own = image[56:60] == IMAGE_MAGIC
    with open(out, 'wb') as file:
        file.write(image if own else legacy_launch(entry_point(data), root))
    return not own


def layout(data):
    """(format of an address, place of e_entry, places of (p_vaddr, p_paddr) of each loaded segment)."""
    if is_64(data):
        fmt, table, sizes, vaddr, paddr = '<Q', 32, 54, 16, 24
    else:
        fmt, table, sizes, vaddr, paddr = '<I', 28, 42, 8, 12
    start, = struct.unpack_from(fmt, data, table)
    size, count = struct.unpack_from('<HH', data, sizes)
    loads = [at for at in range(start, start + size * count, size) if struct.unpack_from('<I', data, at)[0] == 1]
    return fmt, 24, [(at + vaddr, at + paddr) for at in loads]


def memory(data):
    """(start, end) of the physical memory that a 64-bit ELF file takes, in whole pages."""
    parts = [struct.unpack_from('<Q8xQ', data, paddr) for _, paddr in layout(data)[2]]
    return min(start for start, _ in parts) & ~0xfff, max(start + size + 0xfff for start, size in parts) & ~0xfff


def entry_point(data):
    fmt, entry, _ = layout(data)
    return struct.unpack_from(fmt, data, entry)[0]


def entry_offset(data):
    """Where in a 64-bit file its first instruction is."""
    fmt, entry, loads = layout(data)
    start, = struct.unpack_from(fmt, data, entry)
    for vaddr, _ in loads:
        offset, at = struct.unpack_from('<QQ', data, vaddr - 8)
        size, = struct.unpack_from('<Q', data, vaddr + 16)
        if at <= start < at + size:
            return offset + start - at
    raise KnError('the entry point is in no segment')


def shift(data, distance):
    """The same image loaded `distance` bytes higher: physical addresses and the entry point move. Loaders look the entry
    point up by virtual address, so a segment that is its own physical address keeps being that."""
    data = bytearray(data)
    fmt, entry, loads = layout(data)
    places = [entry]
    for vaddr, paddr in loads:
        places += [paddr] + ([vaddr] if data[vaddr:vaddr + 4] == data[paddr:paddr + 4] else [])
    for at in places:
        value, = struct.unpack_from(fmt, data, at)
        struct.pack_into(fmt, data, at, value + distance)
    return bytes(data)


def relocatable(data, low, high, preference):
    """The same image with another relocatable tag in its Multiboot 2 header (3.1.14): lowest and highest address, and 0 for
    no preference, 1 for the lowest, 2 for the highest possible load address."""
    data = bytearray(data)
    head = data.find(struct.pack('<I', 0xe85250d6), 0, 32768)
    if head >= 0:
        length, = struct.unpack_from('<I', data, head + 8)
        at = head + 16
        while at + 8 <= head + length:
            kind, _, size = struct.unpack_from('<HHI', data, at)
            if kind == 10:
                struct.pack_into('<II', data, at + 8, low, high)
                struct.pack_into('<I', data, at + 20, preference)
                return bytes(data)
            at += max(8, size + 7 & ~7)
    raise KnError('the kernel has no relocatable tag in a Multiboot 2 header')

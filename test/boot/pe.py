# SPDX-License-Identifier: GPL-2.0-only
"""The headers of the aarch64 image against their specifications: PE format (Microsoft), UEFI 2.10, 2.1.1, arm64 Image (Linux, booting.rst).
What a firmware that is stricter than the emulator's might refuse is refused here."""

import struct

from knlib import tools

READ, WRITE, EXECUTE = 0x40000000, 0x80000000, 0x20000000       # section flags
CODE, INITIALIZED = 0x20, 0x40


def faults(data):
    """Yields what is wrong with an image."""
    try:
        import pefile
    except ImportError:
        raise tools.missing_module('pefile') from None
    try:
        pe = pefile.PE(data=data)
    except pefile.PEFormatError as error:
        yield str(error)
        return
    yield from arm64(data)
    yield from headers(pe, len(data))
    yield from sections(pe, data)


def arm64(data):
    offset, size, flags, *reserved, magic, _ = struct.unpack_from('<4Q2Q4sI', data, 8)
    if magic != b'ARM\x64' or any(reserved):
        yield 'arm64 Image: magic %r, reserved fields %s' % (magic, reserved)
    if offset or flags != 0xa or size < len(data):
        yield 'arm64 Image: offset %#x, flags %#x, size %#x of a file of %#x' % (offset, flags, size, len(data))
    instruction = struct.unpack_from('<I', data, 4)[0]
    if instruction >> 26 != 5:                              # B
        yield 'arm64 Image: the second instruction, %#x, is no branch' % instruction


def headers(pe, size):
    file, optional = pe.FILE_HEADER, pe.OPTIONAL_HEADER
    want = [(file.Machine, 0xaa64, 'machine'), (optional.Magic, 0x20b, 'magic'), (optional.Subsystem, 10, 'subsystem'),
            (file.Characteristics & 0x3, 2, 'characteristics (executable, relocations not stripped)'),
            (file.PointerToSymbolTable, 0, 'symbol table'), (file.NumberOfSymbols, 0, 'symbols'),
            (file.SizeOfOptionalHeader, 112 + 8 * optional.NumberOfRvaAndSizes, 'size of the optional header'),
            (optional.ImageBase % 0x10000, 0, 'image base'), (optional.SizeOfImage % optional.SectionAlignment, 0, 'size of the image'),
            (optional.SizeOfHeaders % optional.FileAlignment, 0, 'size of the headers'), (optional.CheckSum, 0, 'checksum'),
            (optional.SectionAlignment >= 0x1000, True, 'section alignment'), (optional.LoaderFlags, 0, 'loader flags'),
            (any(d.VirtualAddress or d.Size for d in optional.DATA_DIRECTORY), False, 'data directories'),
            (optional.DllCharacteristics, 0, 'DLL characteristics')]
    for value, expected, name in want:
        if value != expected:
            yield '%s is %#x, not %#x' % (name, value, expected)
    table = pe.DOS_HEADER.e_lfanew + 24 + file.SizeOfOptionalHeader + 40 * file.NumberOfSections
    if table > optional.SizeOfHeaders or optional.SizeOfHeaders > size:
        yield 'headers of %#x bytes end at %#x' % (optional.SizeOfHeaders, table)


def sections(pe, data):
    optional, end = pe.OPTIONAL_HEADER, pe.OPTIONAL_HEADER.SizeOfHeaders
    entry = [s for s in pe.sections if s.VirtualAddress <= optional.AddressOfEntryPoint < s.VirtualAddress + s.Misc_VirtualSize]
    if len(entry) != 1 or not entry[0].Characteristics & EXECUTE:
        yield 'the entry point %#x is in no code' % optional.AddressOfEntryPoint
    for s in pe.sections:
        name = s.Name.rstrip(b'\0').decode('ascii', 'replace')
        if s.VirtualAddress != end:                         # one after the other, in the order of addresses
            yield '%s begins at %#x, not at %#x' % (name, s.VirtualAddress, end)
        end = s.VirtualAddress + (s.Misc_VirtualSize + optional.SectionAlignment - 1) // optional.SectionAlignment * optional.SectionAlignment
        if s.PointerToRawData != s.VirtualAddress:          # ours: the file is what memory is
            yield '%s lies at %#x in the file, at %#x in memory' % (name, s.PointerToRawData, s.VirtualAddress)
        if s.SizeOfRawData > s.Misc_VirtualSize or s.PointerToRawData + s.SizeOfRawData > len(data):
            yield '%s has %#x bytes at %#x of the file' % (name, s.SizeOfRawData, s.PointerToRawData)
        if s.PointerToRawData % optional.FileAlignment or s.SizeOfRawData % optional.FileAlignment:
            yield '%s is not aligned in the file' % name
        if s.Characteristics & WRITE and s.Characteristics & EXECUTE or not s.Characteristics & READ:
            yield '%s has the access rights %#x' % (name, s.Characteristics)
        if s.Characteristics & (CODE | INITIALIZED) != (CODE if s.Characteristics & EXECUTE else INITIALIZED):
            yield '%s contains %#x' % (name, s.Characteristics)
        if s.NumberOfRelocations or s.NumberOfLinenumbers:
            yield '%s has relocations' % name
    if end != optional.SizeOfImage:
        yield 'the sections end at %#x, the image at %#x' % (end, optional.SizeOfImage)
    code = sum(s.SizeOfRawData for s in pe.sections if s.Characteristics & EXECUTE)
    rest = sum(s.SizeOfRawData for s in pe.sections if not s.Characteristics & EXECUTE)
    if (optional.SizeOfCode, optional.SizeOfInitializedData) != (code, rest):
        yield 'code of %#x bytes, data of %#x bytes, in the header %#x and %#x' % (code, rest, optional.SizeOfCode, optional.SizeOfInitializedData)

# SPDX-License-Identifier: GPL-2.0-only
"""A linked kernel with its relocations: what stands where, and which addresses of text are taken."""

import bisect
import subprocess
import sys
import typing

try:
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile
    from elftools.elf.relocation import RelocationSection
except ImportError:
    sys.exit('cfp: python3-pyelftools is missing (make deps)')

SHF_ALLOC, SHF_EXECINSTR = 2, 4
NOTHING, ABSOLUTE, RELATIVE, BRANCH = range(4)              # what a relocation holds: no address, one, a distance, that of a direct branch


class Wrong(Exception):
    """A file is not what it should be: exit code 2"""


class Reference(typing.NamedTuple):
    """Something in memory that says where text is"""
    address: int                                            # that it means
    symbol: str                                             # by which it says so; empty: it does not
    place: int                                              # where it stands
    where: str                                              # in words
    data: bool                                              # in data, not in an instruction
    relative: bool


class Kernel:
    """A linked kernel: sections, symbols, instructions, and every address of text that is taken. `arch` is the module of its machine."""

    def __init__(self, path, arch, objdump, unprotected):
        self.arch = arch
        try:
            with open(path, 'rb') as file:
                self.read(ELFFile(file), unprotected)
        except OSError as e:
            raise Wrong(f'{path}: {e.strerror}') from e
        except ELFError as e:
            raise Wrong(f'{path}: no ELF file: {e}') from e
        except Wrong as e:
            raise Wrong(f'{path}: {e}') from e
        self.disassemble(path, objdump)

    def read(self, elf, unprotected):
        if elf['e_machine'] != self.arch.MACHINE:
            raise Wrong(f'is for {elf["e_machine"]}, not {self.arch.MACHINE}')
        if elf['e_type'] != 'ET_EXEC':
            raise Wrong('is not linked')
        self.sections = [s for s in elf.iter_sections() if s['sh_flags'] & SHF_ALLOC and s['sh_size']]
        self.text = [(s['sh_addr'], s['sh_addr'] + s['sh_size'], s.name) for s in self.sections
                     if s['sh_flags'] & SHF_EXECINSTR and s.name not in unprotected]
        self.early = [(s['sh_addr'], s['sh_addr'] + s['sh_size']) for s in self.sections
                      if s['sh_flags'] & SHF_EXECINSTR and s.name in unprotected]
        self.content = {s.name: (s['sh_addr'], s.data()) for s in self.sections if s['sh_type'] != 'SHT_NOBITS'}
        table = elf.get_section_by_name('.symtab')
        if not table:
            raise Wrong('has no symbols')
        self.names, self.symbols, self.functions = {}, {}, {}     # address: names, name: address, address: end
        for s in table.iter_symbols():
            if s.name and s['st_info']['type'] in ('STT_NOTYPE', 'STT_FUNC', 'STT_OBJECT') and s['st_shndx'] != 'SHN_UNDEF':
                self.symbols.setdefault(s.name, s['st_value'])
                if s['st_shndx'] != 'SHN_ABS' and self.in_text(s['st_value'], early=True):
                    if s.name.startswith('$'):              # what follows is code or data (psABI aarch64, 5.5.4)
                        continue
                    self.names.setdefault(s['st_value'], []).append(s.name)
                    if s['st_info']['type'] == 'STT_FUNC':
                        self.functions[s['st_value']] = s['st_value'] + s['st_size']
        self.places = sorted(self.names)
        self.relocations = []                               # (place, section, relocated address or symbol + addend, symbol, type)
        sections = list(elf.iter_sections())
        found = False
        for r in sections:
            if not isinstance(r, RelocationSection):
                continue
            found = True
            section = sections[r['sh_info']]
            if not section['sh_flags'] & SHF_ALLOC or section.name in unprotected:
                continue
            for e in r.iter_relocations():
                symbol = table.get_symbol(e['r_info_sym'])
                kind = e['r_info_type']
                if kind not in self.arch.RELOCATIONS:
                    raise Wrong(f'relocation type {kind} at {e["r_offset"]:#x} is unknown here')
                self.relocations.append((e['r_offset'], section, symbol['st_value'] + e['r_addend'], symbol.name, kind))
        if not found:
            raise Wrong('has no relocations; link it with --emit-relocs (make relocs)')

    def disassemble(self, path, objdump):
        self.code = {}
        for _, _, name in self.text:
            try:
                done = subprocess.run([objdump, '-dzw', '-j', name, path], capture_output=True, text=True, check=False)
            except OSError as e:
                print(f'cfp: {objdump}: {e.strerror} (make deps)', file=sys.stderr)
                sys.exit(3)
            if done.returncode:
                raise Wrong(f'{path}: {objdump} fails: ' + (done.stderr.strip() or 'no reason given'))
            for line in done.stdout.splitlines():
                m = self.arch.LINE.match(line)
                if m:
                    address = int(m.group(1), 16)
                    self.code[address] = self.arch.Instruction(address, len(m.group(2).replace(' ', '')) // 2, m.group(3) or '(bad)')
        self.starts = sorted(self.code)
        if not self.starts:
            raise Wrong(f'{path}: has no code')

    def in_text(self, address, early=False):
        return any(a <= address < b for a, b, _ in self.text) or (early and any(a <= address < b for a, b in self.early))

    def at(self, place):
        """The instruction that has this byte"""
        i = self.code[self.starts[bisect.bisect_right(self.starts, place) - 1]]
        return i if i.address <= place < i.end else None

    def next_symbol(self, address):
        i = bisect.bisect_right(self.places, address)
        return self.places[i] if i < len(self.places) else max(b for _, b, _ in self.text)

    def name(self, address):
        """Symbol and offset"""
        i = bisect.bisect_right(self.places, address) - 1
        if i < 0:
            return f'{address:#x}'
        at = self.places[i]
        return min(self.names[at], key=str.isupper) + (f'+{address - at:#x}' if address != at else '')

    def references(self):
        """All but those of direct branches"""
        seen = set()
        for place, section, value, symbol, kind in self.relocations:
            use = self.arch.RELOCATIONS[kind]
            if use == NOTHING:
                continue
            instruction = self.at(place) if section['sh_flags'] & SHF_EXECINSTR else None
            if instruction:
                value = self.arch.meant(value, place, instruction, use)
                seen.add(instruction.address)
                if instruction.target is not None or self.arch.untracked(self, instruction):
                    continue
            if self.in_text(value, early=True):
                where = self.name(instruction.address) if instruction else f'{section.name}:{place:#x}'
                yield Reference(value, symbol, place, where, not instruction, use == RELATIVE)
        for i in self.code.values():                        # what the assembler resolved by itself
            if i.taken is not None and i.address not in seen and not self.arch.untracked(self, i) and self.in_text(i.taken, early=True):
                yield Reference(i.taken, '', i.address, self.name(i.address), False, True)


def machine(path):
    """What the ELF header says"""
    try:
        with open(path, 'rb') as file:
            return ELFFile(file)['e_machine']
    except OSError as e:
        raise Wrong(f'{path}: {e.strerror}') from e
    except ELFError as e:
        raise Wrong(f'{path}: no ELF file: {e}') from e


def content(path):
    """{section: (address, bytes)} of what is loaded"""
    try:
        with open(path, 'rb') as file:
            return {s.name: (s['sh_addr'], s.data()) for s in ELFFile(file).iter_sections()
                    if s['sh_flags'] & SHF_ALLOC and s['sh_size'] and s['sh_type'] != 'SHT_NOBITS'}
    except OSError as e:
        raise Wrong(f'{path}: {e.strerror}') from e
    except ELFError as e:
        raise Wrong(f'{path}: no ELF file: {e}') from e

# SPDX-License-Identifier: GPL-2.0-only
"""Which functions the instructions of one operation are in: the emulator executes it instruction by instruction, between the two readings of
the counter that its figure comes from. The result is folded stacks, `a;b;c COUNT`, which flame-graph tools read.

The figure of a benchmark is what lies between the readings minus the same without the operation; that is taken off here, too, so that the
counts add up to the figure."""

import bisect
import collections
import io
import os
import re
import subprocess

from elftools.elf.elffile import ELFFile

from . import elf, emulator, gdb, runner, tools
from .errors import KnError, UsageError, counted

WARM = 64                                                   # operations before the first one that is followed
LONGEST = 200000                                            # instructions of one operation
PREFIX = {'x86_64': '', 'aarch64': 'aarch64-linux-gnu-'}


def counter_reading(arch, code):
    """Offsets of the instructions that read the counter: RDTSC; MRS Xt, CNTVCT_EL0 (Arm ARM, C5.2: op0 3, op1 3, CRn 14, CRm 0, op2 2)."""
    if arch == 'x86_64':
        return [m.start() for m in re.finditer(b'\x0f\x31', code)]
    return [i for i in range(0, len(code) - 3, 4) if int.from_bytes(code[i:i + 4], 'little') & ~0x1f == 0xd53be040]


def is_call(arch, code):
    """Does the instruction call? CALL rel32, CALL r/m64 with its prefixes; BL, BLR and BLR with a key."""
    if arch == 'x86_64':
        rest = code.lstrip(b'\x3e\xf2\x40\x41\x42\x43\x48\x49\x4a\x4b')
        return rest[:1] == b'\xe8' or rest[:1] == b'\xff' and len(rest) > 1 and rest[1] >> 3 & 7 == 2
    word = int.from_bytes(code[:4], 'little')
    return word >> 26 == 0b100101 or word & 0xfefff000 == 0xd63f0000 and word & 0xc00 in (0, 0x800)


class Program:
    """Symbols and code of an ELF file."""

    def __init__(self, path, what):
        self.path, self.data = path, elf.read(path, what)
        self.arch = elf.arch(self.data)
        self.segments, found = [], {}
        file = ELFFile(io.BytesIO(self.data))
        for segment in file.iter_segments('PT_LOAD'):
            if segment['p_flags'] & 1:
                self.segments.append((segment['p_vaddr'], segment.data()))
        table = file.get_section_by_name('.symtab')
        if table is None:
            raise UsageError('%s has no symbols: a trace needs them' % path)
        for symbol in table.iter_symbols():
            name, kind = symbol.name, symbol['st_info']['type']
            if kind in ('STT_FUNC', 'STT_NOTYPE') and name and not name.startswith(('$', '.')) and self.code(symbol['st_value']):
                rank = kind == 'STT_FUNC', not name.isupper()           # names of the linker script are in capitals
                if rank >= found.get(symbol['st_value'], (rank,))[0]:
                    found[symbol['st_value']] = rank, name, symbol['st_size']
        self.starts = sorted(found)
        self.names = [found[start][1:] for start in self.starts]

    def code(self, address, size=16):
        for start, data in self.segments:
            if start <= address < start + len(data):
                return data[address - start:address - start + size]
        return b''

    def function(self, address):
        """(name, its first address), None outside of the program's code."""
        if not self.code(address, 1):
            return None
        at = bisect.bisect_right(self.starts, address) - 1
        return (self.names[at][0], self.starts[at]) if at >= 0 else None

    def measuring(self):
        """{address of the first reading: address of the second} of functions that read the counter exactly twice."""
        found = {}
        for start, (_, size) in zip(self.starts, self.names):
            readings = counter_reading(self.arch, self.code(start, size)) if size else []
            if len(readings) == 2:
                found[start + readings[0]] = start + readings[1]
        return found

    def inlined(self, addresses):
        """{address: [function, function inlined into it, ...]} by the debugging information; without it the symbols alone remain."""
        command = [PREFIX[self.arch] + 'addr2line', '-a', '-i', '-f', '-e', self.path]
        tools.need(command[0])
        done = subprocess.run(command, input='\n'.join('0x%x' % a for a in addresses), capture_output=True, text=True, check=False)
        chains, chain, lines = {}, None, done.stdout.splitlines()
        for line in lines:
            if re.fullmatch(r'0x[0-9a-f]+', line):
                chain = chains.setdefault(int(line, 16), [])
            elif chain is not None and ':' not in line and line != '??':
                chain.insert(0, line)
        return chains


class Stack:
    """Calls and returns, from one PC to the next."""

    def __init__(self, kernel, root):
        self.programs = (('kernel', kernel), ('user', root))
        self.space, self.frames, self.last = None, [], None

    def step(self, pc):
        """(whose: kernel, user or None, names of the functions that the instruction at pc is in), outermost first."""
        space, program, here = next(((s, p, f) for s, p in self.programs for f in [p.function(pc)] if f), (None, None, None))
        if space is None:
            self.space, self.frames, self.last = None, [], None
            return None, []
        name, start = here
        if space != self.space:
            self.frames = [name]                            # the kernel was entered, or left
        elif name != self.frames[-1]:
            if pc == start and self.last is not None and is_call(program.arch, program.code(self.last)):
                self.frames.append(name)
            elif name in self.frames:
                del self.frames[self.frames.index(name) + 1:]
            else:
                self.frames[-1] = name                      # a jump to another function stands in its place
        self.space, self.last = space, pc
        return space, list(self.frames)


def follow(remote, second, most=LONGEST):
    """PCs from behind the first reading of the counter, on which the machine stands, to the second one, which is not executed."""
    found = []
    for _ in range(most):
        remote.run('s')
        pc = remote.pc()
        if pc == second:
            return found
        found.append(pc)
    return None


def find(remote, kernel, pairs):
    """Continues until an operation enters the kernel. Returns (its first reading, PCs of the last one that did not: the overhead)."""
    empty = []
    while pairs:
        remote.run('c')
        first = remote.pc()
        if first not in pairs:
            raise KnError('the machine stopped at 0x%x, where no breakpoint is' % first)
        followed = follow(remote, pairs[first])
        if followed and any(kernel.function(pc) for pc in followed):
            return first, empty
        empty = followed if followed is not None else empty
        remote.breakpoint(first, False)
        del pairs[first]
    raise KnError('no operation of the benchmark enters the kernel between two readings of the counter')


def operations(kernel, root, bench, number, timeout):
    """([PCs of an operation], PCs of the overhead) of `number` operations, after the benchmark has warmed up. The root task's clock does not
    stand still while the machine is stopped, so nothing may count as hanging (timeout=0)."""
    with emulator.workdir() as directory:
        machine = emulator.Machine(arch=kernel.arch, root_args='timeout=0 bench=%s iterations=%d' % (bench, WARM + 4 * number + 512),
                                   extra=['-gdb', 'unix:gdb,server=on,wait=off', '-S'])
        runner.stage(machine, kernel.path, root.path, directory)
        with emulator.Session(machine, directory):
            remote = gdb.Remote(os.path.join(directory, 'gdb'), kernel.arch, timeout)
            try:
                pairs = root.measuring()
                for first in pairs:
                    remote.breakpoint(first)
                first, empty = find(remote, kernel, pairs)
                for other in pairs:
                    if other != first:
                        remote.breakpoint(other, False)
                for _ in range(WARM):
                    remote.run('c')
                found = []
                for _ in range(number):
                    remote.run('c')
                    found.append(follow(remote, pairs[first]))
                return found, empty
            finally:
                remote.close()


def fold(kernel, root, bench, followed, empty):
    """{'bench;kernel;function;...': instructions} of the operations, without those of the overhead, which is user code of the measuring
    function: each operation has as many instructions less of it as the empty one had."""
    chains = {p: p.inlined({pc for one in followed for pc in one if p.function(pc)}) for p in (kernel, root)}
    total = collections.Counter()
    for one in followed:
        stack, counts = Stack(kernel, root), collections.Counter()
        measuring = None
        for pc in one:
            space, frames = stack.step(pc)
            if space is None:
                counts[(bench, 'elsewhere')] += 1
                continue
            measuring = measuring or (bench, space, *frames)
            chain = chains[kernel if space == 'kernel' else root].get(pc, [])
            counts[(bench, space, *frames, *chain[1:])] += 1
        if measuring:
            counts[measuring] -= len(empty)
            if counts[measuring] < 0:
                raise KnError('%s: the overhead (%s) is longer than the instructions of the measuring function' % (bench, counted(len(empty), 'instruction')))
        total.update(counts)
    return {';'.join(key): value for key, value in total.items() if value}


def record(kernel_path, root_path, bench, number, timeout):
    """(folded stacks, instructions of one operation). KnError where operations differ: one count would not stand for them."""
    kernel, root = Program(kernel_path, 'kernel'), Program(root_path, 'root task')
    if kernel.arch != root.arch:
        raise UsageError('%s is for %s, %s for %s' % (kernel_path, kernel.arch, root_path, root.arch))
    followed, empty = operations(kernel, root, bench, number, timeout)
    if any(one is None for one in followed):
        raise KnError('%s: an operation has more than %d instructions' % (bench, LONGEST))
    lengths = {len(one) for one in followed}
    if len(lengths) > 1:
        raise KnError('%s: operations have from %d to %d instructions' % (bench, min(lengths), max(lengths)))
    return fold(kernel, root, bench, followed, empty), lengths.pop() - len(empty)


def text(folded):
    """Lines of folded stacks, the same for the same trace."""
    return ''.join('%s %d\n' % item for item in sorted(folded.items()))

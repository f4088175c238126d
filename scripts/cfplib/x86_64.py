# SPDX-License-Identifier: GPL-2.0-only
"""Control-flow enforcement technology (Intel SDM 1, chapter 17): ENDBR64 where indirect branches arrive, shadow stacks."""

import re

from . import check
from .kernel import ABSOLUTE, NOTHING, RELATIVE

MACHINE = 'EM_X86_64'
CHECKED = ('branch', 'return', 'full')                      # levels
PAD, A_PAD = 'ENDBR64', 'an ENDBR64'
ENTRY = 'shadow_stack'                                      # what facts say of an entry

# psABI x86-64, 4.4.1: R_X86_64_64, _32, _32S hold S + A; _PC32, _PLT32, _PC64 hold S + A - P
RELOCATIONS = {0: NOTHING, 1: ABSOLUTE, 10: ABSOLUTE, 11: ABSOLUTE, 2: RELATIVE, 4: RELATIVE, 24: RELATIVE}

LINE = re.compile(r'^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*(?:\t(.*))?$')
DIRECT = re.compile(r'\b([0-9a-f]+) <')                     # of a branch
RIP = re.compile(r'# ([0-9a-f]+)')                          # objdump computes what a RIP-relative operand is
PREFIX = {'bnd', 'notrack', 'cs', 'ds', 'es', 'fs', 'gs', 'ss', 'data16', 'addr32', 'lock', 'rep', 'repz', 'repnz'}


class Instruction:
    def __init__(self, address, size, text):
        self.address, self.end, self.text = address, address + size, ' '.join(text.split())
        words = self.text.split(' ')
        while len(words) > 1 and (words[0] in PREFIX or words[0].startswith('rex')):
            words.pop(0)
        self.name, self.operands = words[0], ' '.join(words[1:])
        self.notrack = 'notrack' in self.text.split(' ')
        jump = self.name.startswith(('j', 'loop'))
        self.call = self.name.startswith('call') or self.name == 'lcall'
        self.indirect = (jump or self.call) and self.operands.startswith('*')
        self.always = self.name.startswith('jmp') or self.name == 'ljmp'
        self.jump = jump and not self.indirect
        m = DIRECT.search(self.operands) if self.jump or (self.call and not self.indirect) else None
        self.target = int(m.group(1), 16) if m else None
        m = RIP.search(self.text)
        self.taken = int(m.group(1), 16) if m else None


def meant(value, place, instruction, use):
    """P is the field, the operand counts from the end of the instruction"""
    return value + instruction.end - place if use == RELATIVE else value


def untracked(kernel, i):
    """lea, push, lret: a far return is not tracked (SDM 1, 17.3.3)"""
    then = kernel.code.get(i.end)
    return i.name == 'lea' and then and then.name == 'push' and kernel.code.get(then.end, then).name.startswith('lret')


def padded(entry):                                          # all of them, by the CPU's own rule (SDM 1, 17.3.3)
    return True


class Check(check.Check):
    def levels(self, count_superfluous):
        self.notrack, self.without = [], None
        if self.level in ('branch', 'full'):
            self.branches(count_superfluous)
            self.not_tracked()
        if self.level in ('return', 'full'):
            self.shadow_stack()

    def marks(self):
        found = {a for a, i in self.k.code.items() if i.name == 'endbr64'}
        return found, found

    def at_entries(self, address):
        """An entry, the place behind its ENDBR64, where a CPU without tracking enters, and what a loop over a row of them has"""
        return any(first <= address <= end if stride > 1 else address in (first, first + 4) for first, end, stride, _ in self.stubs)

    def not_tracked(self):
        rule = 'no NOTRACK'
        self.rule(rule)
        for i in self.k.code.values():
            if i.notrack:
                self.notrack.append(i.address)
                self.finding(rule, f'{self.k.name(i.address)} is not tracked: {i.text}')

    def shadow_stack(self):
        """Every way from the entries on: what SETSSBSY and CLRSSBSY make of SSP, what needs one, and what must not have one (SDM 2)"""
        rule = 'no call and no return without a shadow stack'
        self.rule(rule)
        pending = [(e, on) for first, end, stride, on in self.stubs for e in range(first, end, stride)]
        seen, off = set(pending), set()
        while pending:
            address, on = pending.pop()
            i, say = self.k.code.get(address), self.k.name(address)
            if not i:
                self.finding(rule, f'{say}: no instruction begins here')
                continue
            if not on:
                off.add(address)
            follow = []
            leaves = i.target is not None and i.target in self.k.functions
            if i.name == 'setssbsy':
                if on:
                    self.finding(rule, f'{say}: SETSSBSY with a shadow stack: its token is busy')
                on = True
            elif i.name == 'clrssbsy':
                on = False
            elif i.name.startswith('sysret'):
                if on:
                    self.finding(rule, f'{say}: SYSRET with a shadow stack: its token stays busy')
                continue
            elif i.call or i.name.startswith(('ret', 'iret', 'lret')) or leaves or (i.indirect and not i.call):
                if not on:
                    self.finding(rule, f'{say}: without a shadow stack: {i.text}')
                if not i.call and (not i.jump or i.always):
                    continue
            elif i.name in ('ud2', '(bad)'):
                continue
            if i.jump and not leaves:
                follow.append((i.target, on))
            if not i.always:
                follow.append((i.end, on))
            pending += [f for f in follow if f not in seen]
            seen.update(follow)
        self.without = len(off)

    def words(self):
        words = []
        if self.level in ('branch', 'full'):
            words += [f'{len(self.targets)} indirect targets', f'{len(self.entries)} entries of the CPU',
                      f'{len(self.superfluous)} superfluous ENDBR64', f'{len(self.notrack)} NOTRACK']
        if self.without is not None:
            words.append(f'{self.without} instructions with SSP = 0')
        return words

    def more(self):
        return {'notrack': [self.k.name(a) for a in self.notrack], 'without_shadow_stack': self.without}

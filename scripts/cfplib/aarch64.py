# SPDX-License-Identifier: GPL-2.0-only
"""Branch target identification (Arm ARM, D8.10): landing pads for indirect branches. Pointer authentication (D8.9): signed return
addresses."""

import re
import typing

from . import check
from .kernel import ABSOLUTE, BRANCH, NOTHING, RELATIVE

MACHINE = 'EM_AARCH64'
PAD, A_PAD = 'landing pad', 'a landing pad'
ENTRY = 'pad'                                               # what facts say of an entry: is it reached by an indirect branch?

# psABI aarch64, 5.7: all but PREL hold S + A in parts, whatever it is relative to
RELOCATIONS = {
    0: NOTHING, 256: NOTHING,
    257: ABSOLUTE, 258: ABSOLUTE,                           # ABS64, ABS32
    260: RELATIVE, 261: RELATIVE,                           # PREL64, PREL32
    **dict.fromkeys(range(263, 274), ABSOLUTE),             # MOVW_UABS_*, MOVW_SABS_*, LD_PREL_LO19
    **dict.fromkeys((274, 275, 276, 277, 278), ABSOLUTE),   # ADR_PREL_LO21, ADR_PREL_PG_HI21[_NC], ADD_ABS_LO12_NC, LDST8
    **dict.fromkeys((284, 285, 286, 299), ABSOLUTE),        # LDST16, LDST32, LDST64, LDST128
    **dict.fromkeys((279, 280, 282, 283), BRANCH),          # TSTBR14, CONDBR19, JUMP26, CALL26
}

LINE = re.compile(r'^\s*([0-9a-f]+):\t([0-9a-f]{8}) \s*(?:\t(.*))?$')
DIRECT = re.compile(r'([0-9a-f]+) <[^>]*>$')                # of a branch, of ADR
CONDITIONAL = re.compile(r'b\.|bc\.|cbn?z$|tbn?z$')
END = {'eret', 'udf', 'brk', 'hlt'}                         # nothing follows
HINTS = {'paciasp', 'autiasp', 'pacia1716'}               # the last one: is signing on?
BY_X16 = re.compile(r'x1[67]$')
# What Armv8.3 added: hints that are not used here, and instructions that older CPUs do not have (C6.2)
OTHERS = re.compile(r'(pac|aut|xpac|reta|ereta|bra|blra|ldra)')
SP_IMM = re.compile(r'sp, sp, #(0x[0-9a-f]+|\d+)(, lsl #12)?$')
BASE_SP = re.compile(r'\[sp(?:, #(-?(?:0x[0-9a-f]+|\d+)))?\](!?)(?:, #(-?(?:0x[0-9a-f]+|\d+)))?$')


class Instruction:
    def __init__(self, address, size, text):
        self.address, self.end = address, address + size
        self.text = ' '.join(text.split('//')[0].split())
        self.name, _, self.operands = self.text.partition(' ')
        self.call = self.name in ('bl', 'blr')
        self.indirect = self.name in ('br', 'blr')
        self.always = self.name in ('b', 'br')
        direct = self.name in ('b', 'bl') or bool(CONDITIONAL.match(self.name))
        m = DIRECT.search(self.operands) if direct or self.name == 'adr' else None
        where = int(m.group(1), 16) if m else None
        self.target = where if direct else None
        self.taken = None if direct else where
        self.first = self.operands.split(',')[0]

    @property
    def registers(self):
        """Those that a load or a store moves"""
        return [w.strip() for w in self.operands.split('[')[0].split(',') if w.strip()]


def meant(value, place, instruction, use):
    return value


def untracked(kernel, i):
    return False


def padded(entry):
    return entry['pad']


# What X30 holds. OWN: the return address, as the caller has left it. SIGNED: the same, signed. LOST: whatever a call has left there.
# PLAIN: loaded, but what was saved was not signed. FOREIGN: nothing of the kernel's, from an entry on.
OWN, SIGNED, LOST, PLAIN, FOREIGN = range(5)


class State(typing.NamedTuple):
    link: int
    sp: int | None                                          # relative to the start; None: elsewhere
    signed: tuple | None                                    # (place, stack pointer) of the last PACIASP


class Check(check.Check):
    def levels(self, count_superfluous):
        self.signing, self.saving = set(), set()
        if self.level in ('branch', 'full'):
            self.branches(count_superfluous)
            self.by_register()
        if self.level in ('return', 'full'):
            self.return_addresses()
        self.nothing_else()

    def marks(self):
        plain = {a for a, i in self.k.code.items() if i.name == 'bti'}
        return plain | {a for a, i in self.k.code.items() if i.name == 'paciasp'}, plain

    def at_entries(self, address):
        return any(first <= address < end for first, end, _, _ in self.stubs)

    def by_register(self):
        """BR by another register than these wants BTI j, which no function begins with (D8.10.3)"""
        rule = 'jumps by X16 and X17 only, no pad for others'
        self.rule(rule)
        for i in self.k.code.values():
            if i.name == 'br' and not BY_X16.match(i.operands):
                self.finding(rule, f'{self.k.name(i.address)}: {i.text}, which arrives at no BTI c')
            if i.name == 'bti' and i.operands != 'c':
                self.finding(rule, f'{self.k.name(i.address)}: {i.text}, where jumps may arrive')

    def nothing_else(self):
        rule = 'no instruction of another level'
        self.rule(rule)
        for i in self.k.code.values():
            hint = i.name in HINTS and self.level in ('return', 'full')
            if (i.name == 'bti' and self.level in ('none', 'return')) or (OTHERS.match(i.name) and not hint):
                self.finding(rule, f'{self.k.name(i.address)}: {i.text}')

    # Return addresses -------------------------------------------------------------------------------------------------

    def return_addresses(self):
        self.rules_of = ('a return address is signed before it is saved', 'it is authenticated before it is used',
                         'nothing is signed that is not saved', 'what switches signing on never returns')
        for r in self.rules_of:
            self.rule(r)
        called = {i.target for i in self.k.code.values() if i.name == 'bl' and i.target is not None}
        pointed = {r.address for r in self.k.references() if r.address in self.k.functions}
        own = (called | pointed | set(self.k.functions)) - set(self.entries)
        self.find_returning(own | set(self.entries))
        self.seen_findings = set()
        for start in sorted(own):
            self.walk(start, State(OWN, 0, None))
        for start in self.entries:
            self.walk(start, State(FOREIGN, 0, None))
        for place in sorted(self.signing - self.saving):
            self.say(self.rules_of[2], place, 'signs a return address that nothing saves')
        for start in sorted(own):
            if start in self.returning and any(i.name == 'msr' and i.first in ('sctlr_el2', 'sctlr_el1') and self.enables(i)
                                               for i in self.body(start)):
                self.say(self.rules_of[3], start, 'changes SCTLR_EL2.EnIA and returns')

    def say(self, rule, address, text):
        if (address, text) not in self.seen_findings:
            self.seen_findings.add((address, text))
            self.finding(rule, f'{self.k.name(address)}: {text}')

    def enables(self, i):
        """The key was written shortly before"""
        before = [self.k.code.get(i.address - 4 * n) for n in range(1, 17)]
        return any(b and b.name == 'msr' and b.first in ('apiakeylo_el1', 'apiakeyhi_el1', 's3_0_c2_c1_0', 's3_0_c2_c1_1') for b in before)

    def end_of(self, start):
        """Of a function that has a size; None: assembly, which branches lead through"""
        end = self.k.functions.get(start, start)
        return end if end > start else None

    def leaves(self, i, start):
        """A branch to another function"""
        if i.target is None or i.call:
            return False
        end = self.end_of(start)
        return not start <= i.target < end if end else i.target in self.k.functions

    def next_of(self, i, start):
        """Where control goes from there on within the function"""
        if i.name in END or i.name == 'ret' or i.name == 'br':
            return []
        follow = [i.target] if i.target is not None and not i.call and not self.leaves(i, start) else []
        goes_on = not i.always and not (i.name == 'bl' and i.target not in self.returning)
        end = self.end_of(start)
        if goes_on and (i.end < end if end else i.end not in self.k.functions):
            follow.append(i.end)
        return follow

    def body(self, start):
        """Its instructions, as far as control goes"""
        pending, seen = [start], {start}
        while pending:
            i = self.k.code.get(pending.pop())
            if i:
                yield i
                more = [f for f in self.next_of(i, start) if f not in seen]
                pending += more
                seen.update(more)

    def find_returning(self, starts):
        """Functions that come back: those that reach RET, a jump by register, or a branch to one of them"""
        self.returning = set()
        grows = True
        while grows:
            grows = False
            for start in starts - self.returning:
                if any(i.name in ('ret', 'br') or (self.leaves(i, start) and i.target in self.returning) for i in self.body(start)):
                    self.returning.add(start)
                    grows = True

    def walk(self, start, state):
        pending, seen = [(start, state)], {(start, state)}
        while pending:
            address, state = pending.pop()
            i = self.k.code.get(address)
            if not i:
                self.say(self.rules_of[1], address, 'no instruction begins here')
                continue
            after = self.step(i, state, start)
            for f in self.next_of(i, start):
                if (f, after) not in seen:
                    seen.add((f, after))
                    pending.append((f, after))

    def step(self, i, s, start):
        """What an instruction makes of X30 and SP"""
        save, use, _, _ = self.rules_of
        if i.name == 'paciasp':
            self.signing.add(i.address)
            if s.link != OWN:
                self.say(save, i.address, 'signs what is no return address')
            return State(SIGNED, s.sp, (i.address, s.sp))
        if i.name == 'autiasp':
            if s.link != SIGNED:
                self.say(use, i.address, 'authenticates what was not signed')
            elif s.sp is None or s.sp != s.signed[1]:
                self.say(use, i.address, 'authenticates with another stack pointer')
            return State(OWN, s.sp, None)
        if i.name == 'ret' or (i.name == 'br' and s.link != FOREIGN) or (self.leaves(i, start) and s.link != FOREIGN and i.target in self.returning):
            if i.name == 'ret' and i.operands not in ('', 'x30'):
                self.say(use, i.address, f'{i.text}: not by X30')
            if s.link != OWN:
                self.say(use, i.address, f'{i.text}: ' + {SIGNED: 'the return address is still signed', LOST: 'the return address is lost',
                         PLAIN: 'the return address was saved without being signed', FOREIGN: 'there is no return address'}[s.link])
            elif s.sp:
                self.say(use, i.address, f'{i.text}: {-s.sp} bytes are left on the stack')
            return s
        if i.call:
            return s if s.link == FOREIGN else s._replace(link=LOST)
        link, sp = s.link, s.sp
        if i.name.startswith(('st', 'ld')):
            moved = i.registers
            if 'x30' in moved and i.name.startswith('st'):
                if link == SIGNED:
                    self.saving.add(s.signed[0])
                elif link == OWN:
                    self.say(save, i.address, f'{i.text}: saves a return address that is not signed')
            elif 'x30' in moved and link != FOREIGN:
                link = SIGNED if s.signed else PLAIN
            m = BASE_SP.search(i.operands)
            if m and sp is not None:
                sp += int(m.group(1), 0) if m.group(2) else int(m.group(3) or '0', 0)
        elif i.first == 'sp' and i.name in ('add', 'sub', 'mov', 'and'):
            m = SP_IMM.match(i.operands)
            size = (int(m.group(1), 0) << (12 if m.group(2) else 0)) if m else 0
            sp = None if not m or i.name not in ('add', 'sub') or sp is None else sp + (size if i.name == 'add' else -size)
        elif i.first == 'x30' and link != FOREIGN and i.name in ('mov', 'add', 'sub', 'adr', 'adrp', 'orr', 'movz', 'movk', 'eor'):
            link = LOST
        return State(link, sp, s.signed)

    def words(self):
        words = []
        if self.level in ('branch', 'full'):
            words += [f'{len(self.targets)} indirect targets', f'{len(self.padded)} entries by register', f'{len(self.superfluous)} superfluous landing pads']
        if self.level in ('return', 'full'):
            words.append(f'{len(self.signing)} places that sign')
        return words

    def more(self):
        return {'signing': [self.k.name(a) for a in sorted(self.signing)]}

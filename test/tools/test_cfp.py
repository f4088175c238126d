#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of scripts/cfp on small kernels that are assembled here: one that is right, and what it says of each fault."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

import fakelog                                              # noqa: F401 (sets the path)
from knlib import tools

CFP = os.path.join(tools.TOP, 'scripts', 'cfp')

FACTS = '''
unprotected = [".init"]
[[entry]]
symbol = "syscall_entry"
shadow_stack = false
why = "w"
[[entry]]
symbol = "stubs"
stride = 16
shadow_stack = true
why = "w"
[[table]]
from = "SITES"
to = "SITES_END"
why = "w"
[[taken]]
symbol = "patched"
why = "w"
'''

KERNEL = '''
        .section .init, "ax"
start:  mov     $ordinary, %rax                             # before protection is on
        call    *%rax

        .section .text.entry, "ax"
syscall_entry:
        endbr64
        test    %rax, %rax
        js      slow
fast:   nop
patched:nop
        sysretq
slow:   setssbsy
        call    *table(, %rax, 8)
        jnz     leave
        clrssbsy 0x1000
        sysretq
leave:  iretq

        .balign 16
stubs:  endbr64
        jmp     common
        .balign 16
        endbr64
        jmp     common
        .balign 16
common: call    target
        iretq

        .section .text.c, "ax"
        .type   target, @function
target: endbr64
        call    ordinary
        jmp     other
        .type   other, @function
other:  endbr64
        lea     1f(%rip), %rax                              # a far return is not tracked
        push    %rax
        lretq
1:      mov     $patched, %rax                              # is changed, not called
        mov     $syscall_entry + 4, %rax                    # an MSR
        mov     $stubs + 16, %rax
        mov     %rax, (%rax)
        ret

        .section .text.d, "ax"
        .type   ordinary, @function
ordinary:
        lea     other(%rip), %rax
        call    *%rax
        ret

        .section .rodata, "a"
table:  .quad   target
SITES:  .quad   fast
SITES_END:
'''


class Kernels:
    """Small kernels, with changes"""

    TOOLS, WORDS = '', ()                                   # prefix of assembler and linker, more words for scripts/cfp

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='cfp-test-')
        cls.addClassCleanup(shutil.rmtree, cls.dir)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, 'w', encoding='ascii') as file:
            file.write(text)
        return path

    def kernel(self, *changes, relocs=True, name='kernel'):
        text = self.KERNEL
        for old, new in changes:
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        source, path = self.write(name + '.s', text), os.path.join(self.dir, name)
        subprocess.run([self.TOOLS + 'gcc', '-c', source, '-o', path + '.o'], check=True)
        subprocess.run([self.TOOLS + 'ld', '-e', '0', *(['--emit-relocs'] if relocs else []), path + '.o', '-o', path], check=True)
        return path

    def run_cfp(self, *words, facts=None, code=0):
        done = subprocess.run([CFP, *self.WORDS, '--facts', self.write('facts.toml', facts or self.FACTS), *words], capture_output=True, text=True, check=False)
        self.assertNotIn('Traceback', done.stderr)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def good(self, *changes, level='full', words=()):
        return self.run_cfp(*words, f'{level}={self.kernel(*changes)}').stdout

    def bad(self, said, *changes, level='full', words=(), facts=None):
        """It finds that, and nothing else"""
        done = self.run_cfp(*words, '--json', f'{level}={self.kernel(*changes)}', code=1, facts=facts)
        findings = [f['text'] for r in json.loads(done.stdout) for f in r['findings']]
        self.assertEqual(len(findings), 1, findings)
        self.assertRegex(findings[0], said)


class X86(Kernels, unittest.TestCase):
    KERNEL, FACTS = KERNEL, FACTS

    def test_good(self):
        text = self.good(words=['--list', '--summary', os.path.join(self.dir, 'summary')])
        self.assertIn('cfp: full: 2 indirect targets, 3 entries of the CPU, 0 superfluous ENDBR64, 0 NOTRACK, 8 instructions with SSP = 0\n', text)
        self.assertRegex(text, r'  target +target +\.rodata:0x\w+\n  target +other +ordinary\n')
        with open(os.path.join(self.dir, 'summary'), encoding='ascii') as file:
            self.assertEqual(file.read(), '7 0\n')
        self.assertIn('cfp: branch: 2 indirect targets, 3 entries of the CPU, 0 superfluous ENDBR64, 0 NOTRACK\n', self.good(level='branch'))
        self.assertIn('cfp: return: 8 instructions with SSP = 0\n', self.good(level='return'))
        self.assertIn('cfp: none: nothing to check\n', self.good(level='none'))

    def test_levels(self):
        kernel = self.kernel()
        text = self.run_cfp(f'branch={kernel}', f'return={kernel}').stdout
        self.assertIn('  cfp     8 passed, 0 failed\n', text)

    def test_not_marked(self):
        for how, change in (('table', ('target: endbr64', 'target:')), ('lea', ('other:  endbr64', 'other:')),
                            ('mov', ('mov     $patched, %rax', 'mov $patched, %rax\n mov $ordinary, %rax')),
                            ('push', ('mov     $patched, %rax', 'mov $patched, %rax\n push $ordinary'))):
            with self.subTest(how):
                self.bad(r'^(target|other|ordinary) has no ENDBR64, but its address is taken at (\.rodata:0x\w+|ordinary|other\+0x\w+): mark it', change)

    def test_not_marked_within_a_section(self):
        """The assembler knows the distance and leaves no relocation"""
        self.bad('^leave has no ENDBR64, but its address is taken at common', ('common: call', 'common: lea leave(%rip), %rax\n call'))

    def test_not_a_branch(self):
        """The operand of a direct branch is not taken, wherever it stands"""
        self.good(('call    ordinary', 'test %rax, %rax\n jz ordinary\n jmp ordinary'))

    def test_far_return_only(self):
        self.bad(r'^other\+0x\w+ has no ENDBR64, but its address is taken at other', ('lretq', 'ret'))

    def test_superfluous(self):
        change = ('ordinary:\n', 'ordinary: endbr64\n')
        self.bad('^ordinary has an ENDBR64, but its address is not taken', change)
        self.bad(r'^other\+0x\w+ has an ENDBR64', ('lretq', 'lretq\n endbr64'))
        text = self.good(change, words=['--compiler', 'clang', '--list'])
        self.assertIn(', 1 superfluous ENDBR64', text)
        self.assertIn('  superfluous  ordinary\n', text)

    def test_notrack(self):
        for change in (('call    *%rax\n        ret', 'notrack call *%rax\n ret'), ('call    *%rax\n        ret', 'notrack jmp *%rax'),
                       ('call    *table', 'notrack call *table')):
            with self.subTest(change[1]):
                self.bad('is not tracked: notrack', change)
        self.good(('call    ordinary', 'mov %ds:(%rax), %rbx\n .byte 0x3e, 0x90\n mov $0xe0ff3e, %ecx\n call ordinary'))    # look like it

    def test_jump_table(self):
        self.bad('points into a function, ordinary.*: a jump table', ('call    *%rax\n        ret', 'jmp *1f(, %rax, 8)\n2: ret\n'
                 '.section .rodata\n1: .quad 2b\n.section .text.d'))
        self.bad('holds a distance to text: a jump table', ('table:  .quad   target', 'table: .quad target\n .long common - .'))

    def test_entries(self):
        self.bad('^syscall_entry has no ENDBR64, but the CPU enters there', ('syscall_entry:\n        endbr64', 'syscall_entry:'))
        self.bad(r'^stubs\+0x10 has no ENDBR64, but the CPU enters there', ('.balign 16\n        endbr64', '.balign 16\n nop'))

    def test_facts_follow(self):
        self.bad('^patched: its address is not taken', ('mov     $patched, %rax', 'nop'))
        self.bad(r'^syscall_entrx \(w\) is not in this kernel', level='none', facts=FACTS.replace('syscall_entry', 'syscall_entrx'))
        self.assertIn('fact means nothing', self.run_cfp('none=x', facts='fact = 1', code=2).stderr)
        self.assertIn('[[taken]] has symbol, not symbol, why', self.run_cfp('none=x', facts='[[taken]]\nsymbol = "x"', code=2).stderr)
        self.assertIn('facts.toml: ', self.run_cfp('none=x', facts='[[', code=2).stderr)

    def test_shadow_stack(self):
        for said, change in ((r'^fast: without a shadow stack: call', ('fast:   nop', 'fast: call target')),
                             (r'^fast: without a shadow stack: ret', ('fast:   nop', 'fast: ret')),
                             (r'^fast: without a shadow stack: jmp .*<target', ('fast:   nop', 'fast: jmp target')),
                             (r'^fast: without a shadow stack: jz? .*|^fast: without a shadow stack: je ', ('fast:   nop', 'fast: jz target')),
                             (r'^fast: without a shadow stack: jmp +\*%rax', ('fast:   nop', 'fast: jmp *%rax')),
                             (r'^slow: without a shadow stack: call', ('slow:   setssbsy', 'slow:')),
                             (r'^slow.*: SYSRET with a shadow stack', ('clrssbsy 0x1000', 'nop')),
                             (r'^slow.*: SETSSBSY with a shadow stack', ('slow:   setssbsy', 'slow: setssbsy\n setssbsy')),
                             (r'^leave: without a shadow stack: iretq', ('jnz     leave\n        clrssbsy 0x1000', 'clrssbsy 0x1000\n jnz leave')),
                             (r'^common: without a shadow stack: call', ('stubs:  endbr64', 'stubs: endbr64\n clrssbsy 0x1000'))):
            with self.subTest(change[1]):
                if 'stubs' in change[1]:                    # from there on the whole way lacks one
                    text = self.run_cfp(f'return={self.kernel(change)}', code=1).stdout
                    self.assertIn('common: without a shadow stack: call', text)
                    self.assertIn('common+0x5: without a shadow stack: iretq', text)
                elif 'setssbsy' in change[0]:
                    self.assertRegex(self.run_cfp('--json', f'return={self.kernel(change)}', code=1).stdout, said.replace('^', '"'))
                else:
                    self.bad(said, change, level='return')

    def test_same_image(self):
        self.kernel(relocs=False, name='image')
        self.good(words=['--image', 'image'])
        self.kernel(('fast:   nop', 'fast: cld'), relocs=False, name='image')
        self.bad('^.text of .*/kernel is not that of .*/image', words=['--image', 'image'])
        self.assertIn('nowhere: No such file', self.run_cfp('--image', 'nowhere', f'none={self.kernel()}', code=2).stderr)

    def test_wrong_files(self):
        self.assertIn('has no relocations; link it with --emit-relocs', self.run_cfp(f'full={self.kernel(relocs=False)}', code=2).stderr)
        self.assertIn('is not linked', self.run_cfp(f'full={self.kernel()}.o', code=2).stderr)
        self.assertIn('no ELF file', self.run_cfp(f'full={CFP}', code=2).stderr)
        self.assertIn('/nowhere: No such file', self.run_cfp('full=/nowhere', code=2).stderr)
        self.assertIn('is not LEVEL=FILE', self.run_cfp('half=x', code=2).stderr)
        self.assertIn('nowhere: No such file', self.run_cfp('--objdump', 'nowhere', f'full={self.kernel()}', code=3).stderr)


FACTS_ARM = '''
unprotected = [".init"]
[[entry]]
symbol = "vectors"
stride = 128
pad = false
why = "w"
[[entry]]
symbol = "high"
pad = true
why = "w"
[[table]]
from = "SITES"
to = "SITES_END"
why = "w"
[[taken]]
symbol = "start"
why = "w"
'''

KERNEL_ARM = '''
        .macro func name
        .section .text.\\name, "ax"
        .type \\name, %function
\\name:
        .endm
        .macro end name
        .size \\name, . - \\name
        .endm

        .section .init, "ax"
start:  ldr     x9, =high                                   // before protection is on
        br      x9

        .section .text.entry, "ax"
        .balign 2048
vectors:
        b       call
        .org    vectors + 128
        b       call
        .org    vectors + 256
call:   stp     x29, x30, [sp, #16]                         // of user mode
        adrp    x8, table
        add     x8, x8, :lo12:table
        ldr     x8, [x8]
        blr     x8
out:    ldp     x29, x30, [sp, #16]
        eret
high:   hint    #34
        ldr     x16, [x0]
        br      x16

        func    target
        bti     c
        ret
        end     target

        func    signs
        cbz     x0, 1f                                      // the short way needs no frame
        paciasp
        sub     sp, sp, #32
        stp     x29, x30, [sp, #16]
        bl      other
        ldp     x29, x30, [sp, #16]
        add     sp, sp, #32
        autiasp
1:      ret
        end     signs

        func    other
        paciasp
        stp     x29, x30, [sp, #-16]!
        cbz     x0, 2f
        bl      leaf
        adrp    x1, target
        add     x1, x1, :lo12:target
        blr     x1
        ldp     x29, x30, [sp], #16
        autiasp
        b       leaf
2:      bl      dies
        end     other

        func    dies                                        // so its callers do not go on
        paciasp
        str     x30, [sp, #-16]!
        bl      leaf
3:      wfi
        b       3b
        end     dies

        func    leaf
        adrp    x1, start
        add     x16, x1, :lo12:start
        mov     x1, x16
        ret
        end     leaf

        func    hands_on
        ldr     x16, [x0]
        br      x16
        end     hands_on

        .section .rodata, "a"
table:  .quad   other, target
SITES:  .quad   out
SITES_END:
'''


@unittest.skipUnless(shutil.which('aarch64-linux-gnu-gcc'), 'no compiler for aarch64')
class Arm(Kernels, unittest.TestCase):
    KERNEL, FACTS, TOOLS, WORDS = KERNEL_ARM, FACTS_ARM, 'aarch64-linux-gnu-', ('--objdump', 'aarch64-linux-gnu-objdump')

    def test_good(self):
        text = self.good(words=['--list', '--summary', os.path.join(self.dir, 'summary')])
        self.assertIn('cfp: full: 2 indirect targets, 1 entries by register, 0 superfluous landing pads, 3 places that sign\n', text)
        self.assertRegex(text, r'  target +target +\.rodata:0x\w+, other\+0x10, other\+0x14\n')
        with open(os.path.join(self.dir, 'summary'), encoding='ascii') as file:
            self.assertEqual(file.read(), '11 0\n')

    def levels(self, *changes):
        """Which of the four levels says that something is wrong"""
        kernel = self.kernel(*changes)
        done = subprocess.run([CFP, *self.WORDS, '--json', '--facts', self.write('facts.toml', self.FACTS),
                               *(f'{level}={kernel}' for level in ('none', 'branch', 'return', 'full'))], capture_output=True, text=True, check=False)
        return ' '.join(r['level'] for r in json.loads(done.stdout) if r['findings'])

    def test_another_level(self):
        """What one level has is wrong in others"""
        self.assertEqual(self.levels(), 'none branch return')
        plain = KERNEL_ARM.count('paciasp')
        text = self.KERNEL.replace('paciasp', 'nop').replace('autiasp', 'nop')
        saved, self.KERNEL = self.KERNEL, text.replace('dies                                        //', 'dies //')
        self.assertEqual(plain, 3)
        self.bad(r'^other has no landing pad', level='branch')
        self.KERNEL = text.replace('func    other\n        nop', 'func    other\n        bti c')
        self.good(level='branch')
        self.assertEqual(self.levels(), 'none return full')
        self.KERNEL = text.replace('bti     c', 'nop').replace('hint    #34', 'nop')
        self.assertEqual(self.levels(), 'branch return full')
        self.KERNEL = saved

    def test_not_marked(self):
        self.bad(r'^target has no landing pad, but its address is taken at \.rodata:0x\w+, other', ('bti     c\n', 'nop\n'))
        self.bad(r'^leaf has no landing pad, but its address is taken at signs', ('cbz     x0, 1f', 'adrp x2, leaf'))
        self.bad(r'^leaf has no landing pad, but its address is taken at \.rodata', ('.quad   other', '.quad leaf, other'))
        self.bad(r'^high has no landing pad, but the CPU enters there', ('hint    #34', 'nop'))
        self.bad(r'^call has no landing pad, but its address is taken at out', ('out:    ldp', 'out: adr x8, call\n ldp'))

    def test_jump_table(self):
        self.bad(r'points into a function, leaf\+0x4: a jump table', ('.quad   other', '.quad leaf + 4, other'))
        self.bad(r'holds a distance to text: a jump table', ('.quad   other', '.long leaf - .\n .balign 8\n .quad other'))

    def test_superfluous(self):
        change = ('func    leaf\n', 'func leaf\n bti c\n')
        self.bad('^leaf has a landing pad, but its address is not taken', change)
        self.assertIn(', 1 superfluous landing pads', self.good(change, words=['--compiler', 'clang']))
        self.bad('^vectors has a landing pad', ('vectors:\n', 'vectors: bti c\n'))

    def test_registers(self):
        self.bad(r'^hands_on\+0x4: br x1, which arrives at no BTI c', ('ldr     x16, [x0]\n        br      x16\n        end', 'ldr x1, [x0]\n br x1\n end'))
        for pad in ('j', 'jc'):
            self.assertRegex(self.run_cfp(f'branch={self.kernel(("bti     c", "bti " + pad))}', code=1).stdout, f'target: bti {pad}, where jumps may arrive')

    def test_return_addresses(self):
        for said, *changes in (
                (r'^dies: str x30, .*saves a return address that is not signed', ('paciasp\n        str', 'str')),
                (r'^signs\+0x20: ret: the return address is still signed', ('add     sp, sp, #32\n        autiasp', 'add sp, sp, #32\n nop')),
                (r'^other\+0x24: b \w+ <leaf>: the return address is still signed', ('[sp], #16\n        autiasp', '[sp], #16\n nop')),
                (r'^signs\+0x18: authenticates with another stack pointer', ('add     sp, sp, #32\n        autiasp', 'autiasp\n add sp, sp, #32')),
                (r'^signs\+0x1c: authenticates with another stack pointer', ('add     sp, sp, #32', 'mov sp, x29')),
                (r'^leaf: signs a return address that nothing saves', ('adrp    x1, start', 'paciasp\n adrp x1, start\n autiasp')),
                (r'^leaf\+0xc: ret x1: not by X30', ('mov     x1, x16\n        ret', 'mov x1, x16\n ret x1')),
                (r'^leaf\+0x10: ret: the return address is lost', ('mov     x1, x16', 'bl target\n nop')),
                (r'^leaf\+0xc: ret: the return address is lost', ('mov     x1, x16', 'mov x30, x16')),
                (r'^leaf\+0xc: ret: -?16 bytes are left on the stack', ('mov     x1, x16', 'sub sp, sp, #16')),
                (r'^leaf\+0xc: ret: the return address was saved without', ('mov     x1, x16', 'ldr x30, [x1]')),
                (r'^signs\+0x18: authenticates what was not signed', ('ldp     x29, x30, [sp, #16]\n        add', 'add'), ('add     sp, sp, #32\n        autiasp', 'add sp, sp, #32\n autiasp')),
                (r'^out\+0x4: ret: there is no return address', ('ldp     x29, x30, [sp, #16]\n        eret', 'ldp x29, x30, [sp, #16]\n ret')),
                (r'^hands_on\+0x8: br x16: the return address is lost', ('ldr     x16, [x0]\n        br      x16\n        end', 'bl leaf\n ldr x16, [x0]\n br x16\n end')),
                (r'^leaf\+0x10: changes SCTLR_EL2|^leaf: changes SCTLR_EL2.EnIA and returns', ('mov     x1, x16', 'msr s3_0_c2_c1_0, x1\n msr sctlr_el2, x1'))):
            with self.subTest(changes):
                self.bad(said, *changes)

    def test_only_hints(self):
        for other in ('retaa', 'pacibsp', 'autia x30, sp', 'xpaclri', 'pacga x0, x1, x2', 'blraa x1, sp'):
            with self.subTest(other):
                text = self.run_cfp(f'full={self.kernel(("mov     x1, x16", ".arch armv8.3-a" + chr(10) + other))}', code=1).stdout
                self.assertRegex(text, r'leaf\+0x8: ' + other.split()[0])

    def test_wrong_machine(self):
        path = self.kernel()
        with open(path, 'r+b') as file:                     # e_machine: AArch32
            file.seek(18)
            file.write(b'\x28')
        self.assertIn('is for EM_ARM; known are', self.run_cfp(f'full={path}', code=2).stderr)


if __name__ == '__main__':
    unittest.main()

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


class Cfp(unittest.TestCase):
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
        text = KERNEL
        for old, new in changes:
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        source, path = self.write(name + '.s', text), os.path.join(self.dir, name)
        subprocess.run(['gcc', '-c', source, '-o', path + '.o'], check=True)
        subprocess.run(['ld', '-e', '0', *(['--emit-relocs'] if relocs else []), path + '.o', '-o', path], check=True)
        return path

    def run_cfp(self, *words, facts=FACTS, code=0):
        done = subprocess.run([CFP, '--facts', self.write('facts.toml', facts), *words], capture_output=True, text=True, check=False)
        self.assertNotIn('Traceback', done.stderr)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def good(self, *changes, level='full', words=()):
        return self.run_cfp(*words, f'{level}={self.kernel(*changes)}').stdout

    def bad(self, said, *changes, level='full', words=(), facts=FACTS):
        """It finds that, and nothing else"""
        done = self.run_cfp(*words, '--json', f'{level}={self.kernel(*changes)}', code=1, facts=facts)
        findings = [f['text'] for r in json.loads(done.stdout) for f in r['findings']]
        self.assertEqual(len(findings), 1, findings)
        self.assertRegex(findings[0], said)

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


if __name__ == '__main__':
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of patching at build time and of scripts/patches: sites in assembly and C by each compiler and for each architecture whose
assembler there is, replacements that do not fit, the NOPs as a disassembler sees them, and what the list says and refuses."""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

import fakelog                                              # noqa: F401 (sets the path)
from knlib import tools

PATCHES = os.path.join(tools.SCRIPTS, 'patches')
COMPILERS = {'gcc': ['gcc'], 'clang': ['clang', '--target=x86_64-linux-gnu']}

FEATURES = '''
#define PATCH_ONE 0
#define PATCH_TWO 1
#define PATCH_FEATURES 2
'''

NAMES = '''
#include <patch.h>
char const *const patch_name[PATCH_FEATURES] = { "ONE", "TWO" };
'''

ASSEMBLY = '''
#include <patch.h>
            .text
            .globl  start
start:      nop
            PATCHABLE
            lock orq $0, (%rsp)
            jnz     far
            PATCH   PATCH_ONE
            PATCHABLE
            xsaves64 (%rdi)
            PATCH   PATCH_ONE, "xsavec64 (%rdi)"
            PATCH   PATCH_TWO, "nop; cld"
            ret
            .skip   200
far:        ret
'''

C = '''
#include <patch.h>
void store (void *p);
void store (void *p)
{
    __asm__ volatile (PATCHABLE "xsaves64 (%0)" PATCH (PATCH_TWO, "xsave64 (%0)") : : "D" (p), "a" (0), "d" (0) : "memory");
}
'''

LINK = '''
SECTIONS
{
    . = 0x100000;
    .text : { *(.text .text.*) }
    .rodata : { *(.rodata .rodata.*) PATCH_START = .; KEEP (*(.patch)) PATCH_END = .; }
    .data : { *(.data .bss) }
    /DISCARD/ : { *(.note.* .comment .eh_frame* .patch.fit) }
}
'''


class Work(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='patches-test-')
        self.addCleanup(shutil.rmtree, self.dir)
        self.write('patch_arch.h', FEATURES)
        self.write('link.ld', LINK)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), 'w', encoding='ascii') as file:
            file.write(text)

    def run_it(self, *words):
        return subprocess.run(words, cwd=self.dir, capture_output=True, text=True, check=False, env=dict(os.environ, LC_ALL='C'))

    def compile(self, compiler, name, text, *more):
        self.write(name, text)
        kind = ['-D__ASSEMBLY__'] if name.endswith('.S') else ['-fno-pic', '-mcmodel=kernel', '-fcf-protection=none']
        flags = ['-O2', '-ffreestanding', '-I.', '-I' + os.path.join(tools.TOP, 'kernel'), *kind, *more]
        return self.run_it(*compiler, *flags, '-c', name, '-o', name + '.o')

    def image(self, compiler=tuple(COMPILERS['gcc']), assembly=ASSEMBLY):
        for name, text in (('sites.S', assembly), ('names.c', NAMES), ('store.c', C)):
            done = self.compile(compiler, name, text)
            self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_it('ld', '-static', '-T', 'link.ld', '-e', 'start', 'sites.S.o', 'names.c.o', 'store.c.o', '-o', 'image')
        self.assertEqual(done.returncode, 0, done.stderr)
        return os.path.join(self.dir, 'image')

    def patches(self, *words, code=0):
        done = self.run_it(PATCHES, *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done


class Build(Work):
    def fits(self, site, new):
        """Does each compiler take it, in assembly and in C?"""
        asm = '#include <patch.h>\n.macro M\nPATCHABLE\n%s\nPATCH PATCH_ONE, "%s"\n.endm\nM\n' % (site, new)
        c = '#include <patch.h>\nvoid f (void);\nvoid f (void) { __asm__ volatile (PATCHABLE "%s" PATCH (PATCH_ONE, "%s")); }\n' % (site, new)
        found = set()
        for compiler in COMPILERS.values():
            for name, text in (('a.S', asm), ('b.c', c)):
                done = self.compile(compiler, name, text)
                if done.returncode:
                    self.assertRegex(done.stderr, r'attempt to move \.org backwards|invalid \.org offset')
                found.add(done.returncode == 0)
        self.assertEqual(len(found), 1, (site, new))
        return found.pop()

    def test_length(self):
        self.assertTrue(self.fits('clac', 'nop; nop; nop'))
        self.assertTrue(self.fits('clac', 'nop'))
        self.assertTrue(self.fits('clac', ''))
        self.assertFalse(self.fits('clac', 'nop; nop; nop; nop'))
        self.assertFalse(self.fits('nop', 'clac'))
        self.assertFalse(self.fits('', 'nop'))

    def test_second_line_of_a_chain(self):
        for compiler in COMPILERS.values():
            for last, code in (('nop; clac', False), ('clac', True)):
                text = '#include <patch.h>\nPATCHABLE\nclac\nPATCH PATCH_ONE, "cld"\nPATCH PATCH_TWO, "%s"\n' % last
                self.assertEqual(self.compile(compiler, 'a.S', text).returncode == 0, code)

    def test_a_jump_that_the_assembler_makes_longer(self):
        """What a site is as long as is known only when all code is laid out"""
        for distance, fits in ((10, False), (1000, True)):
            for compiler in COMPILERS.values():
                text = '#include <patch.h>\nPATCHABLE\njnz 1f\nPATCH PATCH_ONE, "nop; nop; nop; nop; nop; nop"\n.skip %d\n1: nop\n' % distance
                self.assertEqual(self.compile(compiler, 'a.S', text).returncode == 0, fits)

    def test_another_architecture(self):
        """kernel/patch.h has nothing of x86"""
        found = []
        for compiler in (['clang', '--target=aarch64-linux-gnu'], ['aarch64-linux-gnu-gcc']):
            if not shutil.which(compiler[0]):
                continue
            for new, fits in (('', True), ('mov x0, x1', True), ('nop; nop', False)):
                text = '#include <patch.h>\n.text\nPATCHABLE\nadd x0, x0, x1\nPATCH PATCH_ONE, "%s"\nPATCH PATCH_TWO\n' % new
                done = self.compile(compiler, 'a.S', text)
                self.assertEqual(done.returncode == 0, fits, done.stderr)
                found.append(fits)
        self.assertTrue(found)


class List(Work):
    def test_text(self):
        for compiler in COMPILERS.values():
            out = self.patches(self.image(compiler)).stdout
            self.assertIn('3 sites: ONE 2, TWO 2', out)
            for line in (r'start\+0x1 +lock orq \$0x0,\(%rsp\); jne 0x\w+', r'ONE +8-byte fill|ONE +7-byte fill|ONE +12-byte fill',
                         r'start\+0x\w+ +xsaves64 \(%rdi\)', r'ONE +xsavec64 \(%rdi\)\n', r'TWO +nop; cld; 2-byte fill',
                         r'store(\+0x\w+)? +xsaves64 \(%rdi\)\n +TWO +xsave64 \(%rdi\)\n'):
                self.assertRegex(out, line)

    def test_json(self):
        found = json.loads(self.patches('--json', self.image()).stdout)
        self.assertEqual(found['sites'], 3)
        self.assertEqual(found['totals'], {'ONE': 2, 'TWO': 2})
        first, chain, other, store = found['entries']
        self.assertEqual((first['address'], first['place'], first['feature']), (0x100001, 'start+0x1', 'ONE'))
        self.assertEqual((first['replacement'], first['nop_bytes']), ([], first['size']))
        self.assertEqual((chain['bytes'], chain['replacement_bytes'], chain['nop_bytes']), ('480fc72f', '480fc727', 0))
        self.assertEqual((other['address'], other['replacement'], other['nop_bytes']), (chain['address'], ['nop', 'cld'], 2))
        self.assertEqual((store['feature'], store['replacement']), ('TWO', ['xsave64 (%rdi)']))

    def test_empty(self):
        self.image()
        self.run_it('gcc', '-x', 'assembler', '-c', '/dev/null', '-o', 'sites.S.o')
        self.run_it('gcc', '-x', 'assembler', '-c', '/dev/null', '-o', 'store.c.o')
        self.run_it('ld', '-static', '-T', 'link.ld', 'sites.S.o', 'names.c.o', 'store.c.o', '-o', 'image')
        self.assertIn('0 sites: nothing is patched', self.patches('image').stdout)

    def test_replacements_that_depend_on_where_they_run(self):
        for new in ('jmp far', 'call far', 'jz far', 'lea far(%rip), %rax'):
            image = self.image(assembly=ASSEMBLY.replace('"nop; cld"', '"%s"' % new).replace('(%rdi)', '0x12345(%rdi)'))
            self.assertIn('depends on where it runs', self.patches(image, code=1).stderr)
        for new in ('jmp 1f; nop; 1:', 'bt %rcx, 0x1234(%rbx)', 'call *%rax', 'bts %eax, 0x1234'):
            image = self.image(assembly=ASSEMBLY.replace('"nop; cld"', '"%s"' % new).replace('(%rdi)', '0x123456(%rdi)'))
            self.patches(image)

    def damage(self, offset, data):
        """Changes the first entry of the table; 0 site, 4 replacement, 8 and 9 their sizes, 10 feature"""
        image = self.image()
        symbols = self.run_it('nm', image).stdout
        start, = re.findall(r'^(\w+) \w PATCH_START$', symbols, re.M)
        sections = self.run_it('readelf', '-SW', image).stdout
        address, place = re.search(r'\.rodata +PROGBITS +(\w+) (\w+)', sections).groups()
        with open(image, 'r+b') as file:
            file.seek(int(place, 16) + int(start, 16) - int(address, 16) + offset)
            file.write(data)
        return image

    def test_damaged_tables(self):
        for offset, data, text in ((8, b'\0', 'makes no sense'), (9, b'\xff', 'makes no sense'), (0, struct.pack('<i', 0), 'makes no sense'),
                                   (0, struct.pack('<i', 1 << 30), 'makes no sense'), (8, b'\x40', 'overlap'),
                                   (4, struct.pack('<iBB', 1 << 30, 12, 1), 'not in the image'), (10, b'\xff\xff', 'not in the image')):
            self.assertIn(text, self.patches(self.damage(offset, data), code=1).stderr)

    def test_errors(self):
        self.assertIn('does not exist', self.patches('nowhere', code=2).stderr)
        self.assertIn('is not an ELF file', self.patches('link.ld', code=2).stderr)
        self.assertIn('no table of patches', self.patches('/bin/true', code=2).stderr)
        image = self.image()
        self.run_it('objcopy', '-O', 'elf32-i386', image, 'image32')
        self.assertIn('32-bit copy', self.patches('image32', code=2).stderr)
        self.run_it('strip', '-o', 'stripped', image)
        self.assertIn('no table of patches', self.patches('stripped', code=2).stderr)
        with open(image, 'rb') as whole, open(os.path.join(self.dir, 'cut'), 'wb') as cut:
            cut.write(whole.read()[:100])
        self.patches('cut', code=2)
        self.assertIn('usage', self.patches(code=2).stderr)
        self.assertIn('exit codes', self.patches('--help').stdout)


class Nops(Work):
    PROGRAM = '''
    #include <stdint.h>
    #include <stdio.h>
    #include <string.h>
    void patch_fill (void *, size_t);
    int cpu_has (int f) { return f; }
    struct { _Bool branch, ret; } cfp;
    int pcid_in_use (void) { return 0; }
    int fpu_form (void) { return 0; }
    int main (void)
    {
        for (unsigned size = 1; size <= 40; size++) {
            uint8_t fill[40];
            patch_fill (fill, size);
            printf (".globl fill_%u\\n.type fill_%u, @function\\nfill_%u:\\n", size, size, size);
            for (unsigned i = 0; i < size; i++)
                printf (".byte %u\\n", fill[i]);
        }
    }
    '''

    def test_disassembled(self):
        os.remove(os.path.join(self.dir, 'patch_arch.h'))
        top = tools.TOP
        self.write('fill.c', self.PROGRAM)
        for words in (['gcc', '-std=gnu11', '-ffreestanding', '-I', top + '/arch/x86_64', '-I', top + '/kernel', '-DDEBUG=0', '-c',
                       top + '/arch/x86_64/patch_arch.c', '-o', 'arch.o'], ['gcc', '-w', 'fill.c', 'arch.o', '-o', 'fill']):
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.write('all.s', self.run_it('./fill').stdout)
        self.assertEqual(self.run_it('as', 'all.s', '-o', 'all.o').returncode, 0)
        listing = self.run_it('objdump', '-d', '--no-show-raw-insn', 'all.o').stdout
        functions = re.findall(r'<fill_(\d+)>:\n((?:.+\n)+)', listing)
        self.assertEqual([int(size) for size, _ in functions], list(range(1, 41)))
        for size, body in functions:
            lines = re.findall(r'^ +\w+:\t(.*)$', body, re.M)
            self.assertEqual(len(lines), -(-int(size) // 15), body)
            for line in lines:
                self.assertRegex(line, r'\bnop[wl]?\b|xchg +%ax,%ax')


if __name__ == '__main__':
    sys.exit(unittest.main())

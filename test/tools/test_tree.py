#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the Makefile and its helpers on a copy of this tree: its release name, without git, what is compiled again, wrong
settings, missing tools. The compiler is a script that makes empty files, so nothing is compiled."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import fakelog                                              # noqa: F401 (sets the path)
from knlib import tools

GCC = '''
case "$*" in *-print-file-name*) echo /nowhere; exit;; esac
out=; while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
[ -z "$out" ] || : > "$out"
'''


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='tree-test-')
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.top, cls.bin = os.path.join(cls.dir, 'tree'), os.path.join(cls.dir, 'bin')
        shutil.copytree(tools.TOP, cls.top, symlinks=True,
                        ignore=shutil.ignore_patterns('build', '.git', '__pycache__', 'Makefile.conf', 'results'))
        os.mkdir(cls.bin)
        for name, text in (('gcc', GCC), ('ld', GCC), ('objcopy', 'for out; do :; done; : > "$out"')):
            with open(os.path.join(cls.bin, name), 'w', encoding='ascii') as file:
                file.write('#!/bin/sh\n' + text + '\n')
            os.chmod(file.name, 0o755)

    def run_in_tree(self, *words, code=0, **more):
        outside = ('ARCH', 'CFP', 'COMP', 'DEBUG', 'ITERATIONS', 'KERNEL', 'LABEL', 'ONLY', 'WERROR')   # settings of a make around us
        env = {k: v for k, v in os.environ.items() if not k.startswith(('MAKE', 'MFLAGS', 'GIT_')) and k not in outside}
        done = subprocess.run(words, cwd=self.top, capture_output=True, text=True, check=False, env=dict(env, **more))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done

    def make(self, *words, code=0):
        return self.run_in_tree('make', 'PREFIX_x86_64=%s/' % self.bin, *words, code=code)

    def compiled(self, *words):
        """(files that are compiled, files that are linked)"""
        text = self.make(*words).stderr
        return [re.findall(r'^  %s +(\S+)$' % kind, text, re.M) for kind in ('(?:CC|AS)', 'LD')]

    def file(self, name, text=''):
        path = os.path.join(self.top, name)
        with open(path, 'w', encoding='ascii') as file:
            file.write(text)
        self.addCleanup(lambda: os.path.exists(path) and os.remove(path))
        return path

    def release(self, *words):
        return self.run_in_tree('scripts/release', *words).stdout.strip()

    def test_release_without_git(self):
        self.assertEqual(self.release('--commit'), 'unknown')
        self.assertEqual(self.release(), 'unknown')         # whatever repository may lie around the tree
        refused = self.make('bench', code=2).stderr
        self.assertIn('neither git nor VERSION says which release this is', refused)
        for text, name in (('1.2.0 abc1234\n', '1.2.0'), (' abc1234\n', 'abc1234'), ('1.2.0-4-gabc1234 abc1234\n', '1.2.0-4-gabc1234')):
            shutil.copy(os.path.join(self.top, 'VERSION'), self.dir)
            self.addCleanup(shutil.copy, os.path.join(self.dir, 'VERSION'), self.top)
            with open(os.path.join(self.top, 'VERSION'), 'w', encoding='ascii') as file:
                file.write(text)
            self.assertEqual(self.release(), name)
            self.assertEqual(self.release('--commit'), 'abc1234')
            shutil.copy(os.path.join(self.dir, 'VERSION'), self.top)

    def test_release_with_git(self):
        def git(*words):
            self.run_in_tree('git', '-c', 'user.name=n', '-c', 'user.email=e', *words)

        git('init', '-q')
        self.addCleanup(shutil.rmtree, os.path.join(self.top, '.git'))
        git('add', '-A')
        git('commit', '-qm', 'x')
        git('tag', '9.9.9')
        self.assertEqual(self.release(), '9.9.9')
        for name, dirty in (('doc/new.md', ''), ('kernel/notes.txt', ''), ('kernel/acpi/new.c', '-dirty'), ('arch/x86_64/new.h', '-dirty'),
                            ('user/new.S', '-dirty'), ('bench/new.c', '-dirty')):
            path = self.file(name)
            self.assertEqual(self.release(), '9.9.9' + dirty, name)
            os.remove(path)
        with open(os.path.join(self.top, 'README.md'), 'a', encoding='ascii') as file:
            file.write('\n')
        self.assertEqual(self.release(), '9.9.9-dirty')
        self.assertRegex(self.release('--commit'), '^[0-9a-f]{40}-dirty$')

    def test_check_without_git(self):
        self.assertIn(' passed, 0 failed', self.run_in_tree('scripts/check').stdout)
        self.file('kernel/new.c', 'no licence\n')
        self.assertIn('kernel/new.c: has no SPDX line', self.run_in_tree('scripts/check', code=1).stdout)

    def test_check_differences(self):
        self.file('arch/aarch64/new.h', '/* SPDX-License-Identifier: GPL-2.0-only */\n#pragma once\n')
        self.assertIn('arch/aarch64/new.h: is in this folder alone; say why', self.run_in_tree('scripts/check', code=1).stdout)
        self.file('arch/x86_64/new.h', '/* SPDX-License-Identifier: GPL-2.0-only */\n#pragma once\n')
        self.assertIn(' passed, 0 failed', self.run_in_tree('scripts/check').stdout)
        self.file('arch/aarch64/muldiv.h', '/* SPDX-License-Identifier: GPL-2.0-only */\n#pragma once\n')
        self.assertIn('muldiv.h names no file that x86_64 has alone', self.run_in_tree('scripts/check', code=1).stdout)

    def test_wrong_settings(self):
        self.assertIn('make TARGET', self.make('help', 'ARCH=wrong', 'KMEM_MIB=x').stdout)
        self.assertIn('ARCH=wrong is not one of: x86_64', self.make('ARCH=wrong', code=2).stderr)
        self.assertIn('MINUTES=0 is not a number above 0', self.make('fuzz', 'MINUTES=0', code=2).stderr)

    def test_no_place_to_build(self):
        shutil.rmtree(os.path.join(self.top, 'build'), ignore_errors=True)
        self.file('build')                                  # a folder that even root cannot make
        text = self.make('all', code=2).stderr
        self.assertRegex(text, r'^Makefile:\d+: \*\*\* build/\S+ cannot be written: build in a copy of this tree\.  Stop\.\n$')

    def test_compiled_again(self):
        self.compiled('all', 'roots')
        self.assertEqual(self.compiled('all', 'roots'), [[], []])
        path = self.file('kernel/new.c')
        kernel = ['build/x86_64/gcc/none/kilonova.elf']
        self.assertEqual(self.compiled('all', 'roots'), [['kernel/new.c'], kernel])
        os.remove(path)
        self.assertEqual(self.compiled('all', 'roots'), [[], kernel])
        path = self.file('user/new.c')
        compiled, linked = self.compiled('all', 'roots')
        tasks = len(linked)                                 # all that the runtime goes into
        self.assertEqual(compiled, ['user/new.c'])
        self.assertGreaterEqual(tasks, 3)
        os.remove(path)
        compiled, linked = self.compiled('all', 'roots')
        self.assertEqual((compiled, len(linked)), ([], tasks))
        path = self.file('kernel/new.h')                    # hides nothing
        self.assertEqual(self.compiled('all', 'roots'), [[], []])
        self.file('arch/x86_64/new.h')                      # hides it
        self.assertIn('kernel/sm.c', self.compiled('all')[0])
        self.assertIn('kernel/sm.c', self.compiled('all', 'KMEM_MIB=31')[0])

    def test_tools_of_one_compiler(self):
        path = os.path.join(self.dir, 'path')
        os.mkdir(path)
        for name in ('sh', 'sed', 'git', 'objcopy', 'clang'):
            os.symlink(shutil.which(name) or '/bin/true', os.path.join(path, name))
        self.run_in_tree('/bin/sh', 'scripts/deps', '--check', 'build', 'clang', PATH=path)
        text = self.run_in_tree('/bin/sh', 'scripts/deps', '--check', 'build', 'gcc', code=3, PATH=path).stderr
        self.assertRegex(text, r'^deps: missing for make all:\n  gcc +for make all, bench, bench-cet, image, check, coverage +the default compiler\n')
        self.assertNotIn('clang', text)

    def test_name_of_a_result(self):
        for words, name in (((), 'x86_64-gcc-none'), (('COMP=clang', 'DEBUG=1'), 'x86_64-clang-none-debug'), (('KERNEL=Makefile',), 'x86_64')):
            text = self.make('-n', 'bench', 'ARCH=x86_64', 'LABEL=a', *words).stdout
            self.assertIn("-o 'results/a/qemu-q35-icount/%s.json'" % name, text)

    def test_both_architectures(self):
        """Without ARCH, some targets do both; a tool that is missing is named."""
        path = os.path.join(self.dir, 'no-cross')
        os.mkdir(path)
        for name in ('sh', 'sed', 'git', 'make', 'mkdir', 'find', 'cmp', 'printf', 'gcc', 'ld', 'objcopy', 'cat', 'rm', 'echo', 'wc', 'tr', 'uname'):
            os.symlink(shutil.which(name) or '/bin/true', os.path.join(path, name))
        done = self.run_in_tree('make', 'check', code=2, PATH=path)
        self.assertRegex(done.stderr, r'deps: missing for make check\b')
        text = self.run_in_tree('/bin/sh', 'scripts/deps', '--check', 'check', 'gcc', 'aarch64', code=3, PATH=path).stderr
        self.assertRegex(text, r'^deps: missing for make check ARCH=aarch64:\n')
        self.assertRegex(text, r'\n  gcc-aarch64-linux-gnu +for make .*\n')
        self.assertRegex(text, r'\n  qemu-system-arm +for make .*\n')
        self.assertIn('results/a/qemu-q35-icount/x86_64-gcc-none.json', self.make('-n', 'bench', 'LABEL=a').stdout)
        self.assertIn('for a in x86_64 aarch64;', self.make('-n', 'check').stdout)
        self.assertIn('for a in x86_64;', self.make('-n', 'check', 'ARCH=x86_64').stdout)


if __name__ == '__main__':
    sys.exit(unittest.main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the boot harness (test/boot/run.py) and of kn run with real emulators, by a stand-in for the kernel: echo.S."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import fakelog
from knlib import tools

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = os.path.join(HERE, '..', 'boot', 'run.py')
ROOT = b'\x7fELF\x02\x01\x01' + bytes(9) + b'\x02\x00\x3e\x00' + bytes(44) + b'\r\n'     # enough of an ELF for the tools
WAYS = (('qemu', 'multiboot1'), ('qemu', 'grub-multiboot1'), ('qemu', 'grub-multiboot2'), ('bochs', 'grub-multiboot2'))
TABLE = '''
[[test]]
name = "%(emulator)s %(boot)s"
emulator = "%(emulator)s"
boot = "%(boot)s"
root = "root.elf"
args = "bench=a,b* x"
expect = ['^Echo kernel: .*bench=a,b\\* x$', 'KN1 begin', 'KN1 done']
exit = %(exit)d
timeout = 60
'''


class Boot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='boot-test-')
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.kernel, cls.root = os.path.join(cls.dir, 'echo.elf'), os.path.join(cls.dir, 'root.elf')
        subprocess.run(['gcc', '-m32', '-nostdlib', '-static', '-Wl,-Ttext=0x200000,-z,noexecstack,--build-id=none,-n', '-o', cls.kernel,
                        os.path.join(HERE, 'echo.S')], check=True)
        with open(cls.root, 'wb') as file:
            file.write(ROOT + fakelog.log(fakelog.lines()))

    def table(self, text, code=0, *words):
        path = os.path.join(self.dir, 'table.toml')
        with open(path, 'w', encoding='ascii') as file:
            file.write(text)
        done = subprocess.run([RUN, '--kernel', self.kernel, '--table', path, '--logs', os.path.join(self.dir, 'logs'), *words],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done.stdout + done.stderr

    def test_every_way_to_boot(self):
        text = ''.join(TABLE % {'emulator': e, 'boot': b, 'exit': 1} for e, b in WAYS)
        self.assertIn('4 passed, 0 failed', self.table(text, 0))

    def test_failures_are_seen(self):
        test = '[[test]]\nname = "t"\nroot = "root.elf"\ntimeout = 3\n'
        self.assertIn('no line /never/ (QEMU ended with status 1)', self.table(test + "expect = ['Echo', 'never']", 1))
        self.assertIn('no line /Echo/', self.table(test + "expect = ['KN1 done', 'Echo']", 1))
        self.assertIn('forbidden line: KN1 skip', self.table(test + "expect = ['KN1 done']\nforbid = ['KN1 skip']", 1))
        self.assertIn('expected 3', self.table(test + 'exit = 3', 1))
        self.assertIn('0 passed, 1 failed', self.table(test + 'exit = 1\nroot_size = 10\nshift = 1\nexpect = ["KN1"]', 1))
        self.table(test + 'exit = 1\nroot_size = 0', 0)

    def test_poke(self):
        test = '[[test]]\nname = "t"\nexit = 1\npoke = [{ table = "%s", offset = 4, bytes = "ff", checksum = true }]\n'
        self.table(test % 'APIC', 0)
        self.assertIn('no table XYZW; there are RSDP RSDT', self.table(test % 'XYZW', 1))

    def test_arch(self):
        """Keys that are different on one architecture, and its name in patterns."""
        self.table('[[test]]\nname = "t"\nroot = "root.elf"\nexpect = ["never"]\nexit = 1\narch = ["x86_64", "aarch64"]\n'
                   'x86_64 = { expect = ["Echo", "Kilonova .*{arch}"] }', 0)

    def test_trace(self):
        test = '[[test]]\nname = "t"\nroot = "root.elf"\nexit = 1\n'
        self.table(test + "trace = ['^console Echo kernel', '^console KN1 done']", 0)
        self.assertIn('no line /Echo/ in the trace', self.table(test + "trace = ['KN1 done', 'Echo']", 1))
        self.table(test + "untrace = ['KN1 done', 'KN1 begin']", 0)
        self.assertIn('forbidden in the trace: console KN1 done', self.table(test + "untrace = ['KN1 begin', 'KN1 done']", 1))
        self.assertIn('no line /never/ in the trace', self.table(test + "untrace = ['never', 'x']", 1))

    def test_usage(self):
        self.assertIn("untrace two patterns", self.table('[[test]]\nname = "t"\nexit = 1\nuntrace = ["x"]', 2))
        self.assertIn("agent wants uefi", self.table('[[test]]\nname = "t"\nexit = 1\nagent = "x"', 2))
        self.assertIn("unknown key 'expected'", self.table('[[test]]\nname = "t"\nexpected = ["x"]', 2))
        self.assertIn('expects nothing', self.table('[[test]]\nname = "t"', 2))
        self.assertIn('one backslash', self.table("[[test]]\nname = 't'\nexit = 1\nforbid = ['\\\\bPANIC']", 2))
        self.assertIn("names no test", self.table('[[test]]\nname = "t"\nexit = 1', 2, '--only', 'x'))
        self.assertIn("arch wants some of: x86_64 aarch64", self.table('[[test]]\nname = "t"\nexit = 1\narch = ["x86"]', 2))
        self.assertIn("agent: for x86_64 only", self.table('[[test]]\nname = "t"\nexit = 1\narch = ["aarch64"]\nagent = "x"', 2))
        self.assertIn("Bochs is a PC", self.table('[[test]]\nname = "t"\nexit = 1\narch = ["aarch64"]\nemulator = "bochs"', 2))
        self.assertIn("unknown key 'expected'", self.table('[[test]]\nname = "t"\nexit = 1\narch = ["aarch64"]\naarch64 = { expected = 1 }', 2))
        self.assertIn("names no test", self.table('[[test]]\nname = "t"\nexit = 1\narch = ["aarch64"]', 2))
        self.assertIn('Bochs boots through GRUB', self.table('[[test]]\nname = "t"\nexit = 1\nemulator = "bochs"\nboot = "multiboot1"', 2))

    def stopped(self, jobs, tests, wanted, signum):
        """Output when the signal comes; tests: {name: more keys} of machines that stand still; wanted: those that run by then."""
        name = 'stopped-%d-' % os.getpid()
        path = os.path.join(self.dir, 'stopped.toml')
        with open(path, 'w', encoding='ascii') as file:
            for number, more in tests.items():
                file.write('[[test]]\nname = "%s"\nexit = 1\n%s\noptions = ["-S", "-name", "%s%s"]\n' % (number, more, name, number))

        def running():
            found = set()
            for pid in filter(str.isdigit, os.listdir('/proc')):
                try:
                    with open('/proc/%s/cmdline' % pid, 'rb') as file:
                        words = file.read().decode('ascii', 'replace').split('\0')
                except OSError:                             # it has just ended
                    continue
                found |= {word.removeprefix(name) for before, word in zip(words, words[1:]) if before == '-name' and word.startswith(name)}
            return found

        def hears():                                        # a background job of a shell ignores SIGINT, and so do its children
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        with subprocess.Popen([RUN, '--kernel', self.kernel, '--table', path, '--logs', os.path.join(self.dir, 'logs'), '--jobs', str(jobs)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=hears) as process:
            deadline = time.monotonic() + 30
            while running() != wanted and time.monotonic() < deadline:
                time.sleep(0.05)
            ran = running()
            process.send_signal(signum)
            text, _ = process.communicate(timeout=10)
        self.assertEqual((process.returncode, ran, running()), (130, wanted, set()), text)
        return text

    def test_interrupt(self):
        tests = dict.fromkeys('1234', 'timeout = 60')       # two run, two wait their turn
        for signum in (signal.SIGINT, signal.SIGTERM):
            self.assertEqual(self.stopped(2, tests, {'1', '2'}, signum), '1..4\nboot tests: interrupted\n')

    def test_which_at_a_time(self):
        """The first one, the longest one, and one that mostly waits; a single job goes by the table."""
        tests = {'1': 'timeout = 60', '2': 'timeout = 60\nargs = "slow=10 x"', '3': 'timeout = 60', '4': 'timeout = 90',
                 '5': 'timeout = 70\nargs = "slow=10"'}
        self.stopped(2, tests, {'1', '4', '5'}, signal.SIGTERM)
        self.stopped(3, tests, {'1', '3', '4', '5'}, signal.SIGTERM)
        self.stopped(1, tests, {'1'}, signal.SIGTERM)

    def test_kn_run(self):
        for emulator, ticks in (('qemu', 'instructions'), ('bochs', 'instructions')):
            out = os.path.join(self.dir, emulator + '.json')
            subprocess.run([os.path.join(tools.SCRIPTS, 'kn'), 'run', '-q', '--kernel', self.kernel, '--root', self.root, '--emulator', emulator,
                            '--timeout', '60', '-o', out, '--release', 'test', '--log', out + '.log'], check=True)
            with open(out, encoding='ascii') as file:
                self.assertEqual(json.load(file)['ticks_are'], ticks)


if __name__ == '__main__':
    sys.exit(unittest.main())

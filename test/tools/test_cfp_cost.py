#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of kn cfp: table and chart, kernels without their level, rounds that disagree, missing tools, and interruption.

Both emulators are scripts that print what the file of the kernel stands for: nothing boots here. Run: test/tools/test_cfp_cost.py"""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

import fakelog
import test_kn
from knlib import cfp
from test_kn import HELLO

S_CET = {'none': None, 'branch': 0x4, 'return': 0x1, 'full': 0x5}
MORE = {'none': 0, 'branch': 2, 'return': 0, 'full': 3}
BENCHES = [('exc.ud', 'exc', 'UD2 to portal', 300), ('ipc.same.w1', 'ipc', 'one PD', 123), ('ipc.cross.w1', 'ipc', 'two PDs', 129),
           ('ipc.cross.w8', 'ipc', 'two PDs', 190), ('null', 'null', 'hypercall 0xf', 39), ('map.other.map', 'map', 'a page', 537)]


def console(level, cet=True, more=None, said=None):
    """What a machine with or without CET prints for the kernel of a level."""
    used = level if cet else 'none'
    lines = ['CFP: %s in use, built for %s' % (used, level)]
    if used != 'none':
        lines.append('CFP: CR4.CET 1, S_CET %#x, U_CET 0, PL0_SSP 0xfffffffffffe8ff8, SSP table 0xfffffffffffff7c0' % S_CET[level])
    noise = fakelog.NOISE + ''.join(line + '\r\n' for line in (lines if said is None else said)).encode()
    more = (MORE[level] if cet else 0) if more is None else more
    return fakelog.log(fakelog.lines(benches=[b[:3] + (b[3] + more,) for b in BENCHES]), noise)


class Machines(unittest.TestCase):
    """kn cfp with emulators that print the file BOOTED-LEVEL, where the kernel's last word is its level."""

    kn = test_kn.Commands.kn
    file = test_kn.Commands.file
    script = test_kn.Commands.script
    emulator = test_kn.Commands.emulator

    def setUp(self):
        test_kn.Commands.setUp(self)
        self.script('objcopy', 'while [ $# -gt 2 ]; do shift; done; cp "$1" "$2"')
        self.script('grub-mkrescue', 'while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done; cp "$1/boot/kernel" "$out"')
        for tool in ('xorriso', 'mformat'):
            self.script(tool, 'true')
        self.bochs()
        self.script('qemu-system-x86_64', 'case "$*" in --version) echo "QEMU emulator version 9.9.9"; exit;; esac\n'
                    'cat "%s/off-$(tail -c +65 kernel.elf32)"' % self.dir)
        for level in cfp.LEVELS:
            self.file(level + '.elf', HELLO + level.encode())
            self.file('on-' + level, console(level))
            self.file('off-' + level, console(level, False))

    def bochs(self, end='kill -SEGV $$'):                   # 2.7 crashes at its shutdown port
        self.script('bochs', 'case "$*" in --help) echo "Bochs x86 Emulator 2.7"; exit;; esac\necho x >> "%s/booted"\n'
                    'cat "%s/on-$(tail -c +65 boot.iso)" > serial.txt\n%s' % (self.dir, self.dir, end))

    def cost(self, *words, code=0, levels=cfp.LEVELS, **more):
        kernels = ['%s=%s.elf' % (level, level) for level in levels] + [word for word in words if '=' in word]
        return self.kn('cfp', *kernels, '--root', 'root.elf', '-o', 'results/r1', '--timeout', '5',
                       '--reference', 'none', *(word for word in words if '=' not in word), code=code, **more)

    def row(self, text, name='ipc.cross.w1'):
        return next(line for line in text.splitlines() if line.startswith(name)).split()

    def recorded(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.dir) for folder, _, names in os.walk(os.path.join(self.dir, 'results'))
                      for name in names)

    def test_table(self):
        done = self.cost()
        self.assertEqual(self.row(done.stdout), 'ipc.cross.w1 129 131 +2 1.6 % 129 +0 0.0 % 132 +3 2.3 % 129 129 +0 0.0 %'.split())
        self.assertNotIn('map.other.map', done.stdout)
        self.assertLess(done.stdout.index('null '), done.stdout.index('exc.ud '))
        self.assertIn('round 2 of 2, run 6 of 6: CFP=full on qemu-q35-icount', done.stderr)
        names = ['bochs-tigerlake/x86_64-gcc-%s.json' % level for level in sorted(cfp.LEVELS)]
        names += ['qemu-q35-icount/x86_64-gcc-%s.json' % level for level in ('full', 'none')]
        names += ['bochs-tigerlake/x86_64-gcc-cfp.' + suffix for suffix in ('png', 'svg')]
        self.assertEqual(self.recorded(), sorted('results/r1/' + name for name in names))
        with open(os.path.join(self.dir, 'results/r1/bochs-tigerlake/x86_64-gcc-full.json'), encoding='ascii') as file:
            said = json.load(file)['kernel']['cfp']
        self.assertEqual((said['used'], said['built'], said['registers'][:23]), ('full', 'full', 'CR4.CET 1, S_CET 0x5, U'))
        with open(os.path.join(self.dir, 'results/r1/qemu-q35-icount/x86_64-gcc-full.json'), encoding='ascii') as file:
            self.assertEqual(json.load(file)['kernel']['cfp'], {'used': 'none', 'built': 'full'})
        again = self.kn('cfp', '-o', 'results/r1', '--reference', 'none').stdout     # from what is recorded
        self.assertEqual(self.row(again), self.row(done.stdout))

    def test_reference(self):
        self.cost()
        os.rename(os.path.join(self.dir, 'results/r1'), os.path.join(self.dir, 'other'))
        os.remove(os.path.join(self.dir, 'other/bochs-tigerlake/x86_64-gcc-return.json'))
        text = self.cost('--reference', 'other').stdout
        self.assertEqual([line.split()[1] for line in text.splitlines() if line.startswith('ipc.cross.w1')], ['129', '129'])
        self.assertIn('not recorded for Kilonova r1: return', text)
        self.assertIn('--reference nothing: no result of a level', self.cost('--reference', 'nothing', code=2).stderr)

    def test_bars_of_the_chart(self):
        self.cost()
        with open(os.path.join(self.dir, 'results/r1/bochs-tigerlake/x86_64-gcc-cfp.svg'), encoding='utf-8') as file:
            picture = file.read()
        for text in ('What control-flow protection costs on x86_64: Kilonova r1', '+3, 2.3 %', 'the same', '132', 'CPU without CET', 'two PDs', '1.6 %'):
            self.assertIn('>%s<' % text if text != 'CPU without CET' else text, picture)

    def test_only_without_cet(self):
        done = self.cost('--emulator', 'qemu', levels=('none', 'full'))
        self.assertEqual(self.row(done.stdout), 'ipc.cross.w1 129 129 +0 0.0 %'.split())
        self.assertFalse(os.path.exists(os.path.join(self.dir, 'booted')))
        self.assertIn('results/r1/qemu-q35-icount/x86_64-gcc-cfp.svg', self.recorded())

    def refused(self, level, said, message, off=False):
        name = ('off-' if off else 'on-') + level
        self.file(name, console(level, not off, said=said))
        error = self.cost(code=1).stderr
        self.file(name, console(level, not off))
        self.assertIn('kn cfp: CFP=%s on ' % level, error)
        self.assertIn(message, error)
        self.assertEqual(self.recorded(), [])

    def test_kernel_without_its_level(self):
        on = 'CFP: CR4.CET 1, S_CET 0x%x, U_CET 0'
        self.refused('full', [], "printed no line 'CFP: ... in use, built for ...'")
        self.refused('full', ['CFP: none in use, built for full'], 'none in use, not full')
        self.refused('full', ['CFP: branch in use, built for branch', on % 4], 'was built for branch')
        self.refused('full', ['CFP: full in use, built for full'], 'did not print CR4.CET 1')
        self.refused('full', ['CFP: full in use, built for full', 'CFP: CR4.CET 0, S_CET 0x5, U_CET 0'], 'did not print CR4.CET 1')
        self.refused('full', ['CFP: full in use, built for full', on % 4], 'S_CET 0x4 is not that of this level')
        self.refused('branch', ['CFP: branch in use, built for branch', on % 5], 'S_CET 0x5 is not that of this level')
        self.refused('none', ['CFP: full in use, built for full', on % 5], 'was built for full')
        self.refused('full', ['CFP: full in use, built for full', on % 5], 'full in use, not none', off=True)

    def test_registers_of_aarch64(self):
        """SCTLR_EL2: BT is bit 36, EnIA bit 31; and the machine that has both is told apart from the one that has neither."""
        for level, bits in (('branch', 1 << 36), ('return', 1 << 31), ('full', 1 << 36 | 1 << 31)):
            for wrong in (0, 1 << 36, 1 << 31, 1 << 36 | 1 << 31):
                said = {'used': level, 'built': level, 'registers': 'SCTLR_EL2 %#x, signed by QARMA5' % (wrong | 0x30cd183d)}
                self.assertEqual(cfp.refusal(said, level, cfp.ON, 'aarch64') is None, wrong == bits, (level, wrong))
        self.assertIn('did not print SCTLR_EL2', cfp.refusal({'used': 'full', 'built': 'full'}, 'full', cfp.ON, 'aarch64'))
        self.assertEqual([cfp.machine('aarch64', setting, '', None).name for setting in (cfp.ON, cfp.OFF)], ['qemu-virt-max-icount', 'qemu-virt-icount'])

    def test_tracker_bits(self):
        """IA32_S_CET has the state of the tracker in bits 10 and 11."""
        self.file('on-full', console('full', said=['CFP: full in use, built for full', 'CFP: CR4.CET 1, S_CET 0x805, U_CET 0']))
        self.cost('--rounds', '1')

    def test_rounds_disagree(self):
        self.file('second', console('full', more=4))
        self.bochs('[ $(wc -l < "%s/booted") -ne 4 ] || cp "%s/second" "%s/on-full"' % ((self.dir,) * 3))
        error = self.cost(code=1).stderr
        self.assertRegex(error, r'(?m)^kn cfp: CFP=full on bochs-tigerlake: rounds 1 and 2 disagree, .*: exc.ud is 303 and 304$')
        self.assertEqual(self.recorded(), [])

    def test_missing_tools(self):
        bare = os.path.join(self.dir, 'bare')
        os.mkdir(bare)
        for name in ('git', 'objcopy', 'gnuplot'):
            os.symlink('/usr/bin/' + name, os.path.join(bare, name))
        error = self.cost(path=bare, code=3).stderr
        self.assertEqual(error, 'kn cfp: bochs is not installed (Debian package bochs; run: make deps)\n')
        done = subprocess.run(['/bin/sh', os.path.join(test_kn.tools.SCRIPTS, 'deps'), '--check', 'bench-cet'], capture_output=True, text=True,
                              env=dict(os.environ, PATH=bare + ':' + self.sh_tools()), check=False)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r'(?m)^  bochs +for make bench-cet, check ')

    def sh_tools(self):
        folder = os.path.join(self.dir, 'sh')
        os.mkdir(folder)
        os.symlink('/usr/bin/sed', os.path.join(folder, 'sed'))
        return folder

    def test_usage(self):
        self.assertIn('give the kernel of CFP=full as full=FILE', self.cost(levels=('none', 'branch', 'return'), code=2).stderr)
        self.assertIn("'much=x' is not LEVEL=FILE", self.cost('much=x', code=2).stderr)
        self.assertIn('number above 0', self.cost('--rounds', '0', code=2).stderr)
        self.assertIn('x.elf does not exist', self.cost('none=x.elf', code=2).stderr)
        self.assertIn('has no result x86_64-gcc-LEVEL.json', self.cost(levels=(), code=2).stderr)
        for level in cfp.LEVELS:
            self.file('on-' + level, fakelog.log(fakelog.lines(benches=[])))
        self.assertIn("--bench 'x' names no benchmark", self.cost('--bench', 'x', code=2).stderr)

    def test_interrupted(self):
        def hears():                                        # a background job of a shell ignores SIGINT, and so do its children
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        self.bochs('echo $$ > "%s/pid"; exec sleep 60' % self.dir)
        self.file('on-none', console('none')[:300])
        env = dict(os.environ, PATH=self.bin + ':/usr/bin:/bin', KN_BUILD=os.path.join(self.dir, 'build'))
        child = subprocess.Popen([test_kn.KN, 'cfp', *('%s=%s.elf' % (level, level) for level in cfp.LEVELS), '--root', 'root.elf', '-o', 'results/r1'],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=self.dir, preexec_fn=hears)
        path, deadline = os.path.join(self.dir, 'pid'), time.monotonic() + 30
        while not (os.path.exists(path) and os.path.getsize(path)) and time.monotonic() < deadline:
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        error = child.communicate(timeout=20)[1]
        self.assertEqual((child.returncode, error.splitlines()[-1]), (1, 'kn cfp: interrupted'))
        with open(path, encoding='ascii') as file:
            self.assertFalse(os.path.exists('/proc/' + file.read().strip()), 'the emulator still runs')
        self.assertEqual(self.recorded(), [])


if __name__ == '__main__':
    sys.exit(unittest.main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of kn run --board: consoles that are serial lines, sockets and commands, what switches machines on, and each way in which they fail.
Prepared logs take the place of machines. Run: test/tools/test_board.py"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tty
import unittest

import fakelog
from knlib import board, errors, protocol, tools

KN = os.path.join(tools.SCRIPTS, 'kn')
LOG = fakelog.log(fakelog.lines()[:1] + [protocol.encode('meta', 'counter=tsc root_cmdline=bench.elf~bench=null~iterations=5')] + fakelog.lines()[2:],
                  fakelog.start('none'))


class Parse(unittest.TestCase):
    def test_good(self):
        self.assertIsNone(board.parse('qemu', None))
        self.assertIsNone(board.parse('bochs', None))
        b = board.parse('serial:/dev/ttyS1', 'on')
        self.assertEqual((b.kind, b.where, b.baud, b.power), ('serial', '/dev/ttyS1', 115200, 'on'))
        b = board.parse('serial:/dev/ttyUSB0,9600', None)
        self.assertEqual((b.where, b.baud), ('/dev/ttyUSB0', 9600))
        self.assertEqual(board.parse('serial:socket://lab,1:7001', None).where, 'socket://lab,1:7001')
        self.assertEqual(board.parse('command:a b: c', None).where, 'a b: c')

    def test_bad(self):
        for text in ('', 'qemus', 'serial', 'serial:', 'command:', 'telnet:x', 'serial:/dev/ttyS0,', 'serial:/dev/ttyS0,fast', 'serial:/dev/ttyS0,0'):
            self.assertRaises(errors.UsageError, board.parse, text, None)
        self.assertRaises(errors.UsageError, board.parse, 'qemu', 'on')


class Boards(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='board-test-')
        self.addCleanup(shutil.rmtree, self.dir)
        with open(os.path.join(self.dir, 'console'), 'wb') as file:
            file.write(LOG)

    def kn(self, where, *words, code=0, machine='lab1', timeout=10):
        """The text of what it says; with `code` 0, there is a result."""
        words = (('--machine', machine) if machine else ()) + words
        env = dict(os.environ, KN_BUILD=os.path.join(self.dir, 'build'))
        done = subprocess.run([KN, 'run', '--board', where, '--timeout', str(timeout), '-o', 'results/r1/lab1/c.json', *words], capture_output=True,
                              text=True, cwd=self.dir, check=False, env=env)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        self.assertEqual(os.path.exists(os.path.join(self.dir, 'results/r1/lab1/c.json')), code == 0)
        return done.stdout + done.stderr

    def result(self):
        with open(os.path.join(self.dir, 'results/r1/lab1/c.json'), encoding='ascii') as file:
            return json.load(file)

    def test_command(self):
        self.assertIn('figures are TSC ticks', self.kn('command:cat console'))
        document = self.result()
        self.assertEqual((document['machine'], document['release'], document['configuration'], document['ticks_are']), ('lab1', 'r1', 'c', 'tsc'))
        self.assertEqual((document['emulator'], document['run']), (None, {'board': 'command:cat console'}))
        self.assertEqual(document['kernel']['title'], 'Kilonova 26.49.0')

    def test_command_has_a_terminal(self):
        self.kn('command:test -t 0 && test -t 1 && cat console')

    def test_command_ends(self):
        self.assertIn('the command ended with status 3: no such place', self.kn("command:echo no such place >&2; exit 3", code=1))
        self.assertIn("the command ended with status 0 in benchmark ipc.2pd.w512 before", self.kn('command:head -c 2560 console', code=1))

    def test_command_that_stays(self):
        """It is ended, with what it has started."""
        start = time.monotonic()
        self.kn('command:cat console; sleep 61.25 & sleep 61.25')
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(subprocess.run(['pgrep', '-f', '^sleep 61.25$'], check=False, stdout=subprocess.DEVNULL).returncode, 1)

    def test_timeout(self):
        self.assertIn("no line 'done' within 1 s", self.kn('command:sleep 60', code=1, timeout=1))

    def test_words_for_the_machine(self):
        self.kn('command:test "$KN_ROOT_ARGS $KN_APPEND" = "bench=null iterations=5 serial x" && cat console', '--bench', 'null', '--iterations', '5',
                '--append', 'serial x')
        os.remove(os.path.join(self.dir, 'results/r1/lab1/c.json'))
        self.assertIn("ran without 'bench=sem.*'", self.kn('command:cat console', '--bench', 'sem.*', code=1))

    def test_files_for_the_machine(self):
        shutil.copy('/bin/true', os.path.join(self.dir, 'k.elf'))
        self.kn('command:cmp k.elf "$KN_KERNEL" && cat console', '--kernel', 'k.elf', '--label', 'other-1.2.0')
        self.assertEqual((self.result()['kernel']['file'], self.result()['kernel']['title']), ('k.elf', 'Other 1.2'))
        self.assertIn('does not exist', self.kn_fails('--kernel', 'none.elf'))

    def kn_fails(self, *words):
        return subprocess.run([KN, 'run', '--board', 'command:true', '--machine', 'm', *words], capture_output=True, text=True, cwd=self.dir,
                              check=False).stderr

    def test_usage(self):
        self.assertIn('wants --machine', self.kn('command:cat console', machine='', code=2))
        self.assertIn('--smp is an option of emulators', self.kn('command:cat console', '--smp', '2', code=2))
        self.assertIn('--icount is an option of emulators', self.kn('command:cat console', '--no-icount', code=2))
        self.assertIn('none of qemu, bochs, serial:', self.kn('telnet:x', code=2))
        self.assertIn('/nowhere', self.kn('serial:/nowhere', code=2))
        self.assertIn('no://such', self.kn('serial:no://such', code=2))

    def wait_for_power(self):
        for _ in range(1000):
            if os.path.exists(os.path.join(self.dir, 'on')):
                break
            time.sleep(0.01)

    def line(self, data, before=b''):
        """A serial line; data come once the power is on."""
        master, slave = os.openpty()
        tty.setraw(slave)
        name = os.ttyname(slave)
        os.write(master, before)

        def machine():
            self.wait_for_power()
            for at in range(0, len(data), 512):
                os.write(master, data[at:at + 512])

        thread = threading.Thread(target=machine)
        thread.start()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        self.addCleanup(thread.join)
        return name

    def test_serial(self):
        self.kn('serial:%s,115200' % self.line(LOG), '--power', 'touch on')
        self.assertEqual(len(self.result()['benchmarks']), len(fakelog.BENCHES))

    def test_serial_with_the_end_of_another_run(self):
        before = b'\r\n'.join(fakelog.lines()[20:]) + b'\r\n'
        self.kn('serial:' + self.line(before + LOG), '--power', 'touch on')

    def test_serial_with_a_whole_run_from_before(self):
        other = fakelog.log(fakelog.lines(column=4, benches=fakelog.BENCHES[:1]))
        self.kn('serial:' + self.line(LOG, before=other), '--power', 'touch on')
        self.assertEqual(len(self.result()['benchmarks']), len(fakelog.BENCHES))

    def test_power_fails(self):
        self.assertIn('--power ended with status 4: no such outlet', self.kn('serial:' + self.line(b''), '--power', 'touch on; echo no such outlet; exit 4', code=1))

    def test_power_cannot_start(self):
        """Longer than a command can be: what was opened for the console is closed, what was started has ended."""
        power = 'true ' + 200000 * 'x'
        self.assertIn('--power cannot be started: Argument list too long', self.kn_fails_to_start(power, 'sleep 1000'))
        self.assertIn('--power cannot be started: Argument list too long', self.kn_fails_to_start(power, self.line(b'', before=b'x'), kind='serial'))

    def test_command_cannot_start(self):
        self.assertIn('the command cannot be started: Argument list too long', self.kn_fails_to_start('true', 200000 * 'x'))

    def kn_fails_to_start(self, power, where, kind='command'):
        with open(os.path.join(self.dir, 'on'), 'wb'):      # nobody waits for it
            pass
        before = os.listdir('/proc/self/fd')
        with self.assertRaises(errors.KnError) as caught:
            board.Board(kind, where, power=power).session({})
        self.assertEqual(os.listdir('/proc/self/fd'), before)
        self.assertRaises(ChildProcessError, os.waitpid, -1, os.WNOHANG)
        return str(caught.exception)

    def served(self, data, linger):
        server = socket.create_server(('127.0.0.1', 0))

        def serve():
            peer, _ = server.accept()
            with server, peer:
                self.wait_for_power()
                peer.sendall(data)
                if linger:
                    peer.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return 'serial:socket://127.0.0.1:%d' % server.getsockname()[1]

    def test_socket(self):
        self.kn(self.served(LOG, True), '--power', 'touch on')

    def test_socket_closes(self):
        """What came before the end counts, to the last byte."""
        self.kn(self.served(LOG, False), '--power', 'touch on')

    def test_socket_closes_early(self):
        self.assertIn('the serial line broke', self.kn(self.served(LOG[:5000], False), '--power', 'touch on', code=1))


if __name__ == '__main__':
    sys.exit(unittest.main())

# SPDX-License-Identifier: GPL-2.0-only
"""Machines that no emulator here is: their console is a serial line, here or behind a network, or what a command prints; a command may switch
the machine on. doc/bench/boards.md has an example of each."""

import contextlib
import fcntl
import os
import pty
import selectors
import signal
import subprocess
import tempfile
import tty
from dataclasses import dataclass

from . import tools
from .console import Console
from .errors import KnError, UsageError, last_line

BAUD = 115200
MOST = 4096                                                 # bytes of one read
SETTLE = 0.5                                                # seconds that a command's console gets before the power is switched
KINDS = 'serial', 'command'
WAYS = 'qemu, bochs, serial:DEVICE[,BAUD], serial:URL or command:CMD'


@dataclass
class Board:
    """Where a machine's console is, and what switches it on."""
    kind: str                                               # of KINDS
    where: str                                              # device, URL or command
    baud: int = BAUD
    power: str = ''                                         # command; '': the machine is started by hand, or by the console's command

    def session(self, environment, log=None):
        console = Serial(self, environment, log) if self.kind == 'serial' else Command(self, environment, log)
        return console


def parse(text, power):
    """A Board, or None if the text is the name of an emulator."""
    if text in ('qemu', 'bochs'):
        if power:
            raise UsageError('--power is for serial:... and command:...; an emulator is started anyway')
        return None
    kind, colon, where = text.partition(':')
    if kind not in KINDS or not colon or not where:
        raise UsageError("--board '%s' is none of %s" % (text, WAYS))
    board = Board(kind, where, power=power or '')
    if kind == 'serial' and '://' not in where:
        board.where, comma, baud = where.partition(',')
        if comma and not (baud.isdigit() and int(baud)):
            raise UsageError("--board '%s': %s is no number of baud" % (text, baud or 'nothing'))
        board.baud = int(baud or BAUD)
    return board


class Program:
    """A shell command in a process group of its own, which ends with the session. What it says besides its console is kept for errors."""

    def __init__(self, name, command, environment, **streams):
        self.name, self.said = name, tempfile.TemporaryFile()
        words = dict({'stdin': subprocess.DEVNULL, 'stdout': self.said}, **streams)
        try:
            self.process = subprocess.Popen(['/bin/sh', '-c', command], start_new_session=True, stderr=self.said,
                                            env=dict(os.environ, **environment), **words)
        except OSError as error:
            self.said.close()
            raise KnError('%s cannot be started: %s' % (name, error.strerror)) from None

    def failed(self):
        """One line if it has ended with another status than 0."""
        status = self.process.poll()
        return self.ended() if status else None

    def ended(self):
        self.said.seek(0)
        text = self.said.read().decode('utf-8', 'replace')
        return '%s ended with status %d%s' % (self.name, self.process.wait(), ': ' + last_line(text) if text.strip() else '')

    def stop(self):
        try:                                                # also what a shell that has ended left behind
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(2)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.said.close()


class Remote(Console):
    """A console that is there before the machine runs. A class of its own defines connect(), which leaves to `held` how all that it has opened
    is closed: at the end, or at once if the console or the power cannot be had."""

    def __init__(self, board, environment, log):
        super().__init__(log)
        self.board, self.environment, self.power = board, environment, None
        self.command = ['%s:%s' % (board.kind, board.where)]
        with contextlib.ExitStack() as held:
            self.connect(held)
            if board.power:
                self.power = Program('--power', board.power, environment)
                held.callback(self.power.stop)
            self.held = held.pop_all()

    def check_power(self):
        failed = self.power and self.power.failed()
        if failed:
            raise KnError(failed, self.last_lines())

    def __exit__(self, *_):
        self.held.close()


class Serial(Remote):
    """A serial line by pyserial: a device, or what its URLs reach (socket://, rfc2217://)."""

    def connect(self, held):
        try:
            import serial
        except ImportError:
            raise tools.missing_module('serial') from None
        self.broken = serial.SerialException, OSError       # what pyserial raises when a line breaks
        try:
            # What a boot before this one has left in the line is dropped by opening it
            self.port = serial.serial_for_url(self.board.where, baudrate=self.board.baud, timeout=0.1)
        except (*self.broken, ValueError) as error:
            raise UsageError('--board serial:%s: %s' % (self.board.where, error)) from None
        held.callback(self.port.close)
        self.why = ''

    def read(self, wait):
        if self.status is not None:
            return None
        data = b''
        try:
            while len(data) < MOST:                         # never more than is there: a read that waits loses it when the line breaks
                waiting = self.port.in_waiting
                if data and not waiting:
                    break
                more = self.port.read(waiting or 1)
                if not more:
                    break
                data += more
        except self.broken as error:
            self.status, self.why = 1, str(error)
            return data or None
        if not data:
            self.check_power()
        return data

    def ended(self):
        return 'the serial line broke: ' + self.why


class Command(Remote):
    """A command whose output is the console. It has a terminal, as programs for serial lines want one, in which nothing is changed or echoed."""

    def connect(self, held):
        self.fd, slave = pty.openpty()
        held.callback(os.close, self.fd)
        tty.setraw(slave)
        try:
            self.program = Program('the command', self.board.where, self.environment, stdin=slave, stdout=slave)
        finally:
            os.close(slave)
        held.callback(self.program.stop)
        fcntl.fcntl(self.fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        self.selector = held.enter_context(selectors.DefaultSelector())
        self.selector.register(self.fd, selectors.EVENT_READ)
        if self.board.power:
            self.selector.select(SETTLE)

    def read(self, wait):
        if not self.selector.select(wait):
            self.check_power()
            return b''
        try:
            data = os.read(self.fd, 65536)
        except OSError:                                     # EIO: nobody has the other end any more
            data = b''
        if not data:
            self.status = self.program.process.wait()
            return None
        return data

    def ended(self):
        return self.program.ended()

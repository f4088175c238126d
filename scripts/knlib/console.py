# SPDX-License-Identifier: GPL-2.0-only
"""What yields the console of a machine line by line: an emulator, a serial line, a command. A Console says how bytes are read; how lines are
cut, logged and shown is the same for all."""

import re
import time

LAST_LINES = 12                                             # of the console, shown when a run goes wrong


class Console:
    """Use as a context manager: leaving it ends what runs there. A class of its own defines read(), ended() and __exit__()."""

    def __init__(self, log=None):
        self.log, self.tail, self.buffer = log, [], b''     # tail: last console lines
        self.status = None                                  # how it ended, None while it has not
        self.command = []                                   # words that say what was started
        self.started = time.monotonic()

    def __enter__(self):
        return self

    def elapsed(self):
        return time.monotonic() - self.started

    def lines(self, until, idle=0.25):
        """Yields each console line (bytes, without its end), and None whenever `idle` seconds pass without one. Ends when
        the machine ends (`status` says how then) or at the time `until()` of time.monotonic()."""
        while time.monotonic() < until():
            data = self.read(min(idle, max(0.0, until() - time.monotonic())))
            if data is None:
                if self.buffer:
                    yield self.keep(self.buffer)
                    self.buffer = b''
                return
            if self.log and data:
                self.log.write(data)
                self.log.flush()
            if not data:
                yield None
                continue
            *whole, self.buffer = (self.buffer + data).split(b'\n')
            for line in whole:
                yield self.keep(line.rstrip(b'\r'))

    def keep(self, line):
        if plain(line).strip():
            self.tail = (self.tail + [line])[-LAST_LINES:]
        return line

    def last_lines(self):
        """The end of the console for an error message, readable on a terminal."""
        rest = [self.buffer] if self.buffer.strip() else []
        lines = [plain(line) for line in (self.tail + rest)[-LAST_LINES:]]
        return ['last console lines:'] + ['| ' + line for line in lines] if lines else ['the console stayed empty']


def plain(line):
    """Printable text of console bytes, without terminal escapes."""
    text = re.sub(rb'\x1b(\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_c])', b'', line)
    return ''.join(chr(b) if 32 <= b < 127 else ' ' if b == 9 else '?' for b in text if b != 13)[:200]

# SPDX-License-Identifier: GPL-2.0-only
"""The part of GDB's remote serial protocol that following a program takes (GDB manual, appendix E): breakpoints, continue, step, PC."""

import socket
import time

from .errors import KnError

PC = {'x86_64': 0x10, 'aarch64': 0x20}                      # number of the register (gdb/features/i386/64bit-core.xml, aarch64-core.xml)


class Remote:
    """A stopped machine behind a socket in a folder."""

    def __init__(self, path, arch, seconds):
        self.pc_register, self.buffer = PC[arch], b''
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        until = time.monotonic() + seconds
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError as error:
                if time.monotonic() > until:
                    raise KnError('the emulator offers no gdb stub: %s' % error) from None
                time.sleep(0.02)
        self.ask('QStartNoAckMode')
        self.socket.sendall(b'+')
        self.ask('qXfer:features:read:target.xml:0,ffb')    # QEMU answers p only to those who have asked which registers there are

    def close(self):
        self.socket.close()

    def send(self, text):
        data = text.encode()
        self.socket.sendall(b'$%s#%02x' % (data, sum(data) & 255))

    def receive(self):
        """The contents of the next packet."""
        while True:
            start, end = self.buffer.find(b'$'), self.buffer.find(b'#')
            if 0 <= start < end and len(self.buffer) >= end + 3:
                data, self.buffer = self.buffer[start + 1:end], self.buffer[end + 3:]
                return data.decode('ascii', 'replace')
            try:
                more = self.socket.recv(1 << 16)
            except OSError as error:
                raise KnError('the emulator did not stop at any breakpoint: %s' % error) from None
            if not more:
                raise KnError('the emulator ended before the benchmark was reached')
            self.buffer += more

    def ask(self, text):
        self.send(text)
        return self.receive()

    def breakpoint(self, address, there=True):
        if self.ask('%s0,%x,%x' % ('Z' if there else 'z', address, 1)) != 'OK':
            raise KnError('the emulator refuses a breakpoint at 0x%x' % address)

    def run(self, word):
        """'c' or 's'; KnError when the machine is gone behind it."""
        answer = self.ask(word)
        while answer.startswith('O'):                       # output of the stub
            answer = self.receive()
        if not answer.startswith(('T', 'S')):
            raise KnError('the machine ended (%s) before the benchmark was measured' % answer)

    def pc(self):
        return int.from_bytes(bytes.fromhex(self.ask('p%x' % self.pc_register)), 'little')

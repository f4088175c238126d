# SPDX-License-Identifier: GPL-2.0-only
"""Damages firmware tables in a running QEMU: stops at the kernel's entry point through QEMU's gdb socket, finds the ACPI
tables as a kernel would, writes, and lets the machine go. So the kernel meets a table that no firmware here would make."""

import socket
import struct
import time

BIOS = [(0xe0000, 0x20000)]                                 # where the RSDP of a PC firmware lies, beside the EBDA


class PokeError(Exception):
    pass


class Gdb:
    """As much of the gdb remote protocol as this needs."""

    def __init__(self, path, timeout, ended):
        self.end = time.monotonic() + timeout
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if ended() or time.monotonic() > self.end:
                    raise PokeError('QEMU opened no gdb socket') from None
                time.sleep(0.02)
        self.data = b''

    def byte(self):
        while not self.data:
            self.socket.settimeout(max(0.01, self.end - time.monotonic()))
            try:
                self.data = self.socket.recv(65536)
            except socket.timeout:
                raise PokeError('the kernel was not entered in time') from None
            if not self.data:
                raise PokeError('QEMU closed the gdb socket')
        first, self.data = self.data[:1], self.data[1:]
        return first

    def send(self, text):
        data = text.encode()
        self.socket.sendall(b'$%s#%02x' % (data, sum(data) & 0xff))

    def receive(self):
        while self.byte() != b'$':
            pass
        text = b''
        while (c := self.byte()) != b'#':
            text += c
        self.byte()
        self.byte()
        try:
            self.socket.sendall(b'+')
        except OSError:                                     # the machine goes on after D, and may have ended already
            pass
        return text.decode()

    def ask(self, text, expect=None):
        self.send(text)
        answer = self.receive()
        if expect is not None and not answer.startswith(expect):
            raise PokeError("gdb command '%s' was answered with '%s'" % (text[:20], answer))
        return answer

    def read(self, address, size):
        data = b''
        while len(data) < size:
            answer = self.ask('m%x,%x' % (address + len(data), min(1024, size - len(data))))
            if answer.startswith('E'):
                raise PokeError('no memory at %#x' % address)
            data += bytes.fromhex(answer)
        return data

    def write(self, address, data):
        for at in range(0, len(data), 512):
            part = data[at:at + 512]
            self.ask('M%x,%x:%s' % (address + at, len(part), part.hex()), 'OK')

    def run_to(self, address):
        self.ask('?', 'T')
        self.ask('Z1,%x,1' % address, 'OK')
        self.ask('c', 'T')
        self.ask('z1,%x,1' % address, 'OK')

    def leave(self):
        self.ask('D', 'OK')
        self.socket.close()


def tables(gdb):
    """{name: address} of RSDP, RSDT and the tables it names (the first of each name)."""
    ebda = struct.unpack('<H', gdb.read(0x40e, 2))[0] << 4
    for start, size in [(ebda, 1024)] + BIOS:
        data = gdb.read(start, size)
        at = next((i for i in range(0, size - 20, 16) if data[i:i + 8] == b'RSD PTR '), None)
        if at is not None:
            break
    else:
        raise PokeError('the firmware made no RSDP')
    rsdt, = struct.unpack_from('<I', data, at + 16)
    found = {'RSDP': start + at, 'RSDT': rsdt}
    length, = struct.unpack('<I', gdb.read(rsdt + 4, 4))
    for address in struct.unpack('<%dI' % ((length - 36) // 4), gdb.read(rsdt + 36, (length - 36) // 4 * 4)):
        found.setdefault(gdb.read(address, 4).decode('ascii', 'replace'), address)
    return found


def poke(path, entry, changes, timeout, ended):
    """Each change: table (a signature, RSDP or RSDT), offset, bytes (hexadecimal), checksum (true: make it right again).
    ended(): has QEMU ended? Then there is nothing to wait for."""
    gdb = Gdb(path, timeout, ended)
    gdb.run_to(entry)
    found = tables(gdb)
    for change in changes:
        if change['table'] not in found:
            raise PokeError('no table %s; there are %s' % (change['table'], ' '.join(found)))
        address = found[change['table']]
        gdb.write(address + change['offset'], bytes.fromhex(change['bytes']))
        if change.get('checksum'):
            rsdp = change['table'] == 'RSDP'
            size = 20 if rsdp else struct.unpack('<I', gdb.read(address + 4, 4))[0]
            where = 8 if rsdp else 9
            data = bytearray(gdb.read(address, size))
            data[where] = 0
            gdb.write(address + where, bytes([-sum(data) & 0xff]))
    gdb.leave()

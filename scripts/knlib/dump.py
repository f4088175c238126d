# SPDX-License-Identifier: GPL-2.0-only
"""Finds the memory buffers of the benchmark root task (doc/line-protocol.md) in a dump of memory: anywhere in it, cut off or damaged."""

import mmap
import os
import re
import stat
import zlib

from . import protocol
from .errors import KnError, counted

MARK = re.compile(rb'KN1 buffer version=\d+ ')
HEADER = re.compile(rb'KN1 buffer version=1 address=0x([0-9a-f]{16}) size=0x([0-9a-f]{8}) length=0x([0-9a-f]{8}) dropped=(\d{8}) \*([0-9a-f]{8})\n')
HEADER_BYTES = 109                                          # all headers of version 1 have as many
BEGIN = re.compile(rb'KN1 begin [ -~]*\n')
PAGE = bytes(4096)                                          # no console line has so many zeros in a row, memory has
END = bytes(64)                                             # of a text whose length is not known: memory behind it was cleared
BEFORE = 1 << 16                                            # bytes before `begin` that may be the kernel's


class Buffer:
    """What is in one buffer: the bytes of its text, and what is wrong."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.ends = 'the buffer ends'                       # why no more comes
        self.fault = None                                   # one line if lines are not there, however whole the text looks
        self.notes = []                                     # lines that say what was made of damage


def load(path):
    """The bytes of a file; of one that is larger than memory, too."""
    with open(path, 'rb') as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            return file.read()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def whole(data, match):
    """The Buffer that this header describes; None if the header is damaged."""
    body = match.group(0)[:-11]
    if zlib.crc32(body) != int(match.group(5), 16):
        return None
    address, size, length = (int(match.group(n), 16) for n in (1, 2, 3))
    buffer = Buffer('buffer %#x' % address, data[match.end():match.start() + length])
    missing = match.start() + length - len(data)
    if missing > 0:
        buffer.ends = 'the dump ends %d bytes before the buffer does: take one of %#x bytes from %#x on' % (missing, size, address)
    if int(match.group(4)):
        buffer.fault = 'the buffer was full and %s did not fit: start the root task with buffer=%#x' % (counted(int(match.group(4)), 'line'), 4 * size)
    return buffer


def unbounded(data, name, start, note):
    """A Buffer of what follows, as its header does not say where it ends."""
    end = data.find(END, start)
    buffer = Buffer(name, data[start:end if end >= 0 else len(data)])
    buffer.notes.append(note)
    return buffer


def begins(text):
    return any(protocol.decode(match.group(0))[0] == 'begin' for match in BEGIN.finditer(text))


def by_header(data):
    for mark in MARK.finditer(data):
        match = HEADER.match(data, mark.start())
        buffer = match and whole(data, match)
        if not buffer:
            name = 'buffer at byte %#x of the dump' % mark.start()
            if mark.group(0) != b'KN1 buffer version=1 ' and begins(data[mark.end():mark.end() + BEFORE]):
                raise KnError('%s: %s: this kn is older than the root task' % (name, mark.group(0).split()[2].decode()))
            buffer = unbounded(data, name, mark.start() + HEADER_BYTES, 'its header is damaged; the lines prove themselves')
            if not begins(buffer.text):                     # of something else: this script, a page that describes it
                continue
        yield buffer


def by_begin(data):
    """Without a header: from each line `begin` on, and what is right before it."""
    done = 0
    for match in BEGIN.finditer(data):
        if match.start() >= done and protocol.decode(match.group(0))[0] == 'begin':
            before = data.rfind(END, max(done, match.start() - BEFORE), match.start())
            start = before + len(END) if before >= 0 else max(done, match.start() - BEFORE)
            yield unbounded(data, 'text at byte %#x of the dump' % match.start(), start, 'its header is not there; the lines prove themselves')
            end = data.find(END, match.start())
            done = end if end >= 0 else len(data)


def buffers(data):
    """The buffers in a dump, each once; None if the data are no dump of memory, but a console log."""
    found = list(by_header(data))
    if not found:
        if data.find(PAGE) < 0:
            return None
        found = list(by_begin(data))
    once = {}
    for buffer in found:
        once.setdefault(buffer.text, buffer)
    return list(once.values())

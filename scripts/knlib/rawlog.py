# SPDX-License-Identifier: GPL-2.0-only
"""Cuts the runs of the benchmark root task out of a raw console log: of one run, of a serial line that was recorded for a day, with
firmware, boot loader, several kernels, resets in the middle, and damage; or out of a dump of memory. Needs nothing but that file."""

import json
import re

from . import console, dump, protocol
from .errors import KnError, UsageError, counted

HEADER = '#kn-run '                                         # first line of a log that kn run wrote
BANNER = re.compile(rb'NOVA Microhypervisor\b.*|Kilonova \S+ \(?(?:x86_64|aarch64)\b.*')
CFP = re.compile(rb'(?:^|[^ -~]|\[ ?\d+\] )CFP: ([ -~]+)')  # the kernel's lines on control-flow protection, after noise of firmware
PATCH = re.compile(rb'(?:^|[^ -~]|\[ ?\d+\] )PATCH: ([ -~]+)')    # and on the places in its code that it replaced (doc/patching.md)
FILE = re.compile(r'([\w.+-]+),([0-9a-f]{64}),(\d+)')       # image.kernel=, image.root=
PLACE = 'release', 'configuration'                          # image.release=, image.configuration=


class Part:
    """What one start of a kernel left in the log."""

    def __init__(self, line, facts):
        self.line, self.end = line, None                    # first line, from 1; line where the next part begins, None: end of the log
        self.facts = facts                                  # of the header line before it, {} if there is none
        self.banner = self.trouble = None
        self.cfp = []                                       # what the kernel's lines CFP say
        self.patches = []                                   # and the lines PATCH
        self.run = protocol.Run()
        self.buffer = None                                  # the dump.Buffer that it is from, if it is from none of the log's lines

    @property
    def where(self):
        """Where in the file it is, for messages."""
        return self.buffer.name if self.buffer else 'line %d' % self.line

    def image(self):
        """What the image that was booted says of itself, in the command line of the root task: {} if it was no such image."""
        facts = {}
        for word in self.run.meta.get('root_cmdline', '').split('~'):
            key, equals, value = word.removeprefix('image.').partition('=')
            if not equals or not word.startswith('image.'):
                continue
            match = FILE.fullmatch(value)
            if key in ('kernel', 'root') and match:
                facts[key] = {'file': match.group(1), 'sha256': match.group(2), 'bytes': int(match.group(3))}
            elif key in PLACE and re.fullmatch(r'[\w.+-]+', value) and not value.startswith('.'):
                facts[key] = value
            else:
                raise KnError("%s ff.: '%s' on the root task's command line makes no sense" % (self.where, word))
        return facts

    def verdict(self):
        """What keeps it from being a result, one line each, the first with the place; empty when it is one."""
        lost, notes = ([self.buffer.fault] if self.buffer.fault else [], self.buffer.notes) if self.buffer else ([], [])
        faults = lost + self.run.verdict()
        if not faults:
            return []
        run = self.run
        if run.done:
            return faults + notes
        ends = self.buffer.ends if self.buffer else 'the log ends'
        after = ends if self.end is None else 'the next start follows on line %d' % self.end
        if not run.begun:
            what = "the root task printed no 'begin' line; " + after
        else:
            at = ' in benchmark ' + run.open['name'] if run.open else ''
            what = 'it is cut off%s, after %d%s; %s' % (at, len(run.benchmarks), ' of %s' % counted(run.total, 'benchmark') if run.total else '',
                                                     after)
        return [what] + lost + (['the kernel said: ' + self.trouble] if self.trouble else []) + run.problems + notes


def parts(lines):
    """The parts that console lines (bytes) hold."""
    facts, found, part = {}, [], None                       # part: the one that goes on

    def start(number):
        if found:
            found[-1].end = number
        found.append(Part(number, facts))
        return found[-1]

    for number, line in enumerate(lines, 1):
        if line.startswith(HEADER.encode()):
            try:
                facts = json.loads(line[len(HEADER):])
            except ValueError:
                raise KnError('line %d (%s) is damaged' % (number, HEADER.strip())) from None
            continue
        if protocol.MARK not in line:
            banner, cfp = BANNER.search(line), CFP.search(line)
            if banner or cfp and (part is None or part.run.begun):
                part = start(number)
            if banner:
                part.banner = protocol.show(banner.group(0).strip(), 200)
            if cfp:
                part.cfp.append(protocol.show(cfp.group(1).strip(), 200))
            patch = PATCH.search(line)
            if patch and part:
                part.patches.append(protocol.show(patch.group(1).strip(), 200))
            if part and not part.trouble and protocol.TROUBLE.search(line):
                part.trouble = console.plain(line).strip()
        kind = protocol.decode(line)[0]
        if kind == 'begin' and (part is None or part.run.begun and not part.run.fresh) or kind and part is None:
            part = start(number)
        if part:
            part.run.feed(line)
            if part.run.done:                               # what follows belongs to nobody, until something starts
                part = None
    return found


def parts_of(buffer):
    """The parts that a buffer in a dump of memory holds: one at least."""
    found = parts(buffer.text.split(b'\n')) or [Part(1, {})]
    for part in found:
        part.buffer = buffer
    return found


def read(path):
    """The parts that a console log or a dump of memory holds."""
    try:
        data = dump.load(path)
    except OSError as error:
        raise UsageError('log file %s: %s' % (path, error.strerror)) from None
    try:
        buffers = dump.buffers(data)
        if buffers is None:
            return parts(data[:].split(b'\n'))
        if not buffers:
            raise KnError("it is a dump of memory without results: take one of the place that the line 'meta buffer=' or the screen names")
        return [part for buffer in buffers for part in parts_of(buffer)]
    except KnError as error:
        raise KnError('log file %s: %s' % (path, error), error.detail) from None

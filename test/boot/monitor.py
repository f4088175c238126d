# SPDX-License-Identifier: GPL-2.0-only
"""Talks to a running QEMU by QMP."""

import contextlib
import json
import socket


@contextlib.contextmanager
def connected(path):
    """Yields command (name, **arguments), which returns QEMU's answer; OSError where it refuses. path: its socket."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(path)
        with s.makefile('rw', encoding='utf-8') as qmp:
            def command(name, **arguments):
                qmp.write(json.dumps({'execute': name, 'arguments': arguments}) + '\n')
                qmp.flush()
                while True:                                 # events may come in between
                    answer = json.loads(qmp.readline())
                    if 'error' in answer:
                        raise OSError('QEMU: %s: %s' % (name, answer['error']['desc']))
                    if 'return' in answer:
                        return answer['return']
            qmp.readline()                                  # its greeting
            command('qmp_capabilities')
            yield command

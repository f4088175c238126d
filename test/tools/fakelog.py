# SPDX-License-Identifier: GPL-2.0-only
"""Makes console logs as a kernel and the benchmark root task would print them, whole or damaged."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'scripts'))

from knlib import protocol, samples     # noqa: E402 (path set above)

NOISE = b'SeaBIOS (version 1.16.2)\r\n\x1b[2J\r\nKilonova 1.0 (x86_64): [gcc 12.2.0]\r\nCPU: 1 online\r\n'
BENCHES = [                                                 # name, group, op, median here, median elsewhere
    ('null', 'syscall', 'null hypercall', 40, 52),
    ('ipc.1pd.w1', 'ipc', 'call and reply, one PD, 1 word', 130, 258),
    ('ipc.2pd.w1', 'ipc', 'call and reply, two PDs, 1 word', 139, 278),
    ('ipc.2pd.w8', 'ipc', 'call and reply, two PDs, 8 words', 170, 348),
    ('ipc.2pd.w64', 'ipc', 'call and reply, two PDs, 64 words', 460, 908),
    ('ipc.2pd.w512', 'ipc', 'call and reply, two PDs, 512 words', 2700, 5388),
    ('sm-up', 'sm', 'semaphore up, nobody waiting', 80, 135),
    ('sm-down', 'sm', 'semaphore down, nobody waiting', 82, 139),
    ('sm-pingpong', 'sm', 'semaphore ping-pong, two global ECs', 400, 1915),
    ('delegate-obj', 'cap', 'delegate object capability, order 0', 300, 333),
    ('map', 'map', 'map a 4 KiB page in another PD', 700, 949),
    ('unmap', 'map', 'unmap a 4 KiB page in another PD', 896, 896),
    ('create-sm', 'create', 'create semaphore', 200, 251),
    ('create-pt', 'create', 'create portal', 400, 327),
    ('create-ec', 'create', 'create local EC', 5000, 21520),
    ('exception', 'event', '#UD, portal, reply (MTD = IP)', 200, 313),
]


def bench_lines(name, group, op, runs, variant='warm'):
    lines = [protocol.encode('bench', 'name=%s group=%s variant=%s unit=ticks op=%s iterations=%d overhead=21'
                             % (name, group, variant, op.replace(' ', '~'), samples.count(runs)))]
    for seq in range(0, len(runs), 20):
        words = ','.join('%d*%d' % tuple(run) for run in runs[seq:seq + 20])
        lines.append(protocol.encode('samples', 'name=%s seq=%d v=%s' % (name, seq // 20, words)))
    low, median, high = samples.summary(runs)
    lines.append(protocol.encode('result', 'name=%s n=%d min=%d median=%d max=%d'
                                 % (name, samples.count(runs), low, median, high)))
    return lines


def lines(column=3, count=1000, benches=None):
    """The protocol lines of a good run; column 3 or 4 of BENCHES."""
    benches = BENCHES if benches is None else benches
    out = [protocol.encode('begin', 'suite=kilonova schema=1 benches=%d' % len(benches)),
           protocol.encode('meta', 'cpu_vendor=AuthenticAMD cpu_brand=QEMU_TCG_CPU')]
    for bench in benches:
        out += bench_lines(*bench[:3], [[bench[column], count]])
    return out + [protocol.encode('skip', 'name=vm-exit reason=no~SVM'), protocol.encode('done', 'benches=%d failed=0' % len(benches))]


def log(protocol_lines, noise=NOISE):
    return noise + b'\r\n'.join(protocol_lines) + b'\r\n'

# SPDX-License-Identifier: GPL-2.0-only
"""Makes console logs as a kernel and the benchmark root task would print them, whole or damaged, and results with other samples."""

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


STAGES = [('caller', 2), ('call.copy', 60), ('server', 3), ('reply.copy', 74), ('trace-points', 42)]    # of 139, and what is not


def sample_lines(name, runs, counter=''):
    words = [','.join('%d*%d' % tuple(run) for run in runs[at:at + 20]) for at in range(0, len(runs), 20)]
    return [protocol.encode('samples', 'name=%s%s seq=%d v=%s' % (name, counter and ' counter=' + counter, seq, v)) for seq, v in enumerate(words)]


def figures(runs):
    return 'n=%d min=%d median=%d max=%d' % ((samples.count(runs),) + samples.summary(runs))


def bench_lines(name, group, op, runs, variant='warm', stages=(), schema=2, kind='round-trip', stop='fixed', counters=()):
    """The lines of a benchmark; counters: (name, runs) of the batches of other counters."""
    more = ' kind=%s cpus=1' % kind if schema > 1 else ''
    lines = [protocol.encode('bench', 'name=%s group=%s variant=%s%s unit=ticks op=%s iterations=%d overhead=21'
                             % (name, group, variant, more, op.replace(' ', '~'), samples.count(runs)))]
    lines += sample_lines(name, runs)
    for stage, parts in stages:
        lines.append(protocol.encode('stage', 'name=%s seq=0 v=%s stage=%s' % (name, ','.join('%d*%d' % tuple(p) for p in parts), stage)))
    for counter, counted in counters:
        lines += sample_lines(name, counted, counter)
        lines.append(protocol.encode('batch', 'name=%s counter=%s overhead=3 %s' % (name, counter, figures(counted))))
    lines.append(protocol.encode('result', 'name=%s %s' % (name, figures(runs))
                                 + (' stop=%s ci=%d,%d' % ((stop,) + samples.interval(runs)) if schema > 1 else '')
                                 + (' stages=%d repeated=0' % len(stages) if stages else '')
                                 + (' batches=%d' % len(counters) if counters else '')))
    return lines


def traced_lines(stages=None, count=10):
    """A good run with stages; each takes the same time in all samples."""
    stages = STAGES if stages is None else stages
    runs = [[sum(ticks for _, ticks in stages), count]]
    return [protocol.encode('begin', 'suite=kilonova schema=2 benches=1'),
            protocol.encode('meta', 'kernel_cmdline=kernel.elf32~serial~trace=ipc'),
            *bench_lines('trace.2pd.w1', 'trace', 'stages', runs, stages=[(name, [[ticks, count]]) for name, ticks in stages]),
            protocol.encode('done', 'benches=1 failed=0')]


def lines(column=3, count=1000, benches=None, schema=2):
    """The protocol lines of a good run; column 3 or 4 of BENCHES."""
    benches = BENCHES if benches is None else benches
    out = [protocol.encode('begin', 'suite=kilonova schema=%d benches=%d' % (schema, len(benches))),
           protocol.encode('meta', 'cpu_vendor=AuthenticAMD cpu_brand=QEMU_TCG_CPU')]
    for bench in benches:
        out += bench_lines(*bench[:3], [[bench[column], count]], schema=schema)
    return out + [protocol.encode('skip', 'name=vm-exit reason=no~SVM'), protocol.encode('done', 'benches=%d failed=0' % len(benches))]


def start(level, release='26.49.0', forced=False, cfp=None):
    """What a machine writes from power-on to the root task: firmware, GRUB's menu, the kernel. Bytes that end with a line."""
    return b''.join((
        b'\x1b[2J\x1b[01;01H\x1b[=3h\x1b[2J\x1b[01;01HBdsDxe: starting Boot0002 "UEFI USB"\r\n\x00\xff\xfe',
        b'\x1b[?25l\x1b[m\x1b[1;28HGNU GRUB  version 2.06\x1b[3;2H\xda' + b'\xc4' * 76 + b'\xbf',
        b''.join(b'\x1b[%d;3H %d  IPC benchmarks, CFP=%s' % (4 + n, 1 + n, name) for n, name in enumerate((b'none', b'branch', b'return', b'full'))),
        b'\r   The highlighted entry will be executed automatically in 29s.' * 3,
        b'\r\nStarting CFP=%s : ipc benchmarks, release %s.\r\n\r\n' % (level.encode(), release.encode()),
        b'Kilonova %s x86_64, gcc (Debian 12.2.0-14+deb12u1) 12.2.0\r\n' % release.encode(),
        b'CFP: %s\r\n' % cfp if cfp else b'', b'ACPI: RSDP 0xf59e0 rev 0, 20 bytes\r\n[ 1] CPU: 2 online\r\n'))


def command_line(level, release='26.49.0', forced=False):
    """The root task's, as the image of make image has it."""
    return ('bench.elf bench=ipc.* end=reset image.release=%s image.configuration=x86_64-gcc-%s%s image.kernel=kilonova-%s.elf,%s,868144 '
            'image.root=bench.elf,%s,317448' % (release, level, '-forced' if forced else '', level, '%064x' % (0xabc + len(level)), '%064x' % 0xdef))


def run_lines(level, **more):
    """Protocol lines of a run from the image, with figures of its own for each level."""
    figure = 100 + 10 * ['none', 'branch', 'return', 'full'].index(level)
    benches = [(name, group, op, figure + n) for n, (name, group, op, _, _) in enumerate(BENCHES[:4])]
    out = lines(count=300, benches=benches)
    return out[:2] + [protocol.encode('meta', 'root_cmdline=' + command_line(level, **more).replace(' ', '~'))] + out[2:]


def log(protocol_lines, noise=NOISE):
    return noise + b'\r\n'.join(protocol_lines) + b'\r\n'


def with_samples(bench, runs):
    """A benchmark of a result, with other samples and what follows from them."""
    low, middle, high = samples.summary(runs)
    return dict(bench, samples=runs, n=samples.count(runs), iterations=samples.count(runs), min=low, median=middle, max=high, ci=list(samples.interval(runs)))

# SPDX-License-Identifier: GPL-2.0-only
"""What starts the benchmarks on real machines, by BIOS and UEFI (aarch64: UEFI): one file for a CD or a USB stick, or a folder for a TFTP
server, with a kernel for each level of control-flow protection, the benchmark root task, and a menu on screen and serial line
(doc/bare-metal.md)."""

import os
import shutil
import subprocess
import tempfile

from . import elf, iso, tools
from .errors import KnError, UsageError, last_line

LEVELS = 'none', 'branch', 'return', 'full'
FORCED = 'return', 'full'                                   # levels with shadow stacks, which a CPU may not promise to support
COUNTERS = 'pmu=all'                                        # what lets user mode read performance counters (doc/bench/counters.md)
SUITES = {'ipc': ('IPC benchmarks', 'bench=control.*,ipc.*'),
          'all': ('All benchmarks', ''),
          'short': ('Short run', 'bench=control.nothing,control.nop100,control.loop1000,ipc.cross.w1 iterations=50')}
STATE = 'kn_next kn_suite kn_extra'                         # what GRUB remembers from boot to boot
SECONDS = 30                                                # until the first entry starts by itself
ENVIRONMENT = b'# GRUB Environment Block\n'.ljust(1024, b'#')   # size and contents as grub-editenv makes them

# Everything here is said on screen and serial line; a machine without one of them has the other
HEAD = '''# SPDX-License-Identifier: GPL-2.0-only
# Kilonova benchmark image, release @RELEASE@
set timeout=@SECONDS@
set default=0
set pager=0

@CONSOLE@
# What this image holds goes into the results: the root task prints its command line
function describe {
@DESCRIBE@
}

# run LEVEL SUITE END [WORD...]: the words go to the kernel, where the root task looks, too
function run {
    set bench=
    set configuration=@CONFIGURATION@-$1
    describe $1
@BENCH@
    if [ "$4" = "shstk=force" ]; then
        if [ "$1" = "return" -o "$1" = "full" ]; then set configuration=$configuration-forced; fi
    fi
    echo
    echo "Starting CFP=$1: $2 benchmarks, release @RELEASE@. $4 $5 $6"
    echo "Results go to @LINE@, 115200 baud, 8N1, and to the screen."
    echo
@START@
    boot
}
'''

# With a medium that GRUB can write to
SERIES = '''
# series LEVEL SUITE [WORD...]: that one now, the others after it. What comes next must be on the medium before anything starts.
function series {
    if [ "$1" = "none" ]; then set kn_next=branch; fi
    if [ "$1" = "branch" ]; then set kn_next=return; fi
    if [ "$1" = "return" ]; then set kn_next=full; fi
    if [ "$1" = "full" ]; then set kn_next=; fi
    set kn_suite=$2
    set kn_extra="$3 $4 $5"
    if save_env @STATE@; then
        if [ -n "$kn_next" ]; then set end=reset; else set end=stay; fi
        run $1 $2 $end $3 $4 $5
    else
        echo "This medium cannot be written: GRUB cannot remember which kernel is next."
        echo "Put the image on a USB stick, or start the kernels one by one."
        set kn_next=
        echo -n "Enter: back to the menu "
        read answer
    fi
}

load_env @STATE@
if [ -n "$kn_next" ]; then
    echo "One after the other: next is CFP=$kn_next, $kn_suite $kn_extra."
    echo "Escape: stop here, show the menu."
    if sleep --verbose --interruptible 5; then
        series $kn_next $kn_suite $kn_extra
    else
        set kn_next=
        save_env @STATE@
    fi
fi
'''

# With a server: GRUB reads from it alone
NO_SERIES = '''
# series LEVEL SUITE [WORD...]
function series {
    echo "This menu came by network. GRUB cannot write to the server, so it cannot"
    echo "remember which kernel is next: start the kernels one by one."
    echo -n "Enter: back to the menu "
    read answer
}
'''

HELP = '''
Each entry starts a kernel with the benchmark root task. CFP is what the
kernel was built with: @CFP@.
What it uses on this CPU is in its lines CFP.

Kernel and root task write to @LINE@ (@PORT@).
Progress and the most important results are on the screen. @OTHER@

pmu=all: cycles, cache misses and more, too, as far as the CPU counts them.

@FORCED@One after the other: @SERIES@

At the other end of the line: scripts/kn collect LOG -o DIR
'''

HELP_SERIES = '''four runs with a reset after each. This medium must be
first in the boot order, and no CD: GRUB notes on it which kernel is next.'''
HELP_NO_SERIES = '''not by network. GRUB cannot write to the server, so it
cannot note which kernel is next.'''

# iPXE runs GRUB, which asks for the rest by TFTP. A name without a scheme is one beside this file.
IPXE = '''#!ipxe
# SPDX-License-Identifier: GPL-2.0-only
# Kilonova benchmarks, release @RELEASE@: for iPXE, on @ARCH@
@CHAIN@
'''
IPXE_NAME = 'kilonova.ipxe'

ROOT_WORDS = '$bench end=$3 image.release=@RELEASE@ image.configuration=$configuration $image image.root=@ROOT@'

# What is different
ARCH = {
    'x86_64': {
        'platforms': ('i386-pc', 'x86_64-efi'), 'module': 'multiboot2.mod', 'forced': True,
        'CHAIN': '''set core i386-pc/core.0
iseq ${platform} efi && set core x86_64-efi/core.efi ||
chain boot/grub/${core}''',
        'CONSOLE': '''if serial --unit=0 --speed=115200 --word=8 --parity=no --stop=1; then
    terminal_input --append serial
    terminal_output --append serial
fi
# The menu is text; kernel and root task get a screen of pixels, of the size that the kernel's header asks for
insmod all_video
''',
        'START': '''    multiboot2 /boot/kilonova-$1.elf kilonova-$1.elf serial $4 $5 $6
    module2 /boot/bench.elf bench.elf ''' + ROOT_WORDS,
        'LINE': 'the first serial line', 'PORT': '115200 baud, 8N1',
        'CFP': 'none, branch (indirect branches),\nreturn (shadow stacks), full (both)',
        'OTHER': '''They
take what the ACPI tables SPCR or DBG2 name, else COM1, else a UART on PCI.
Another port: press e on an entry, add uart=0xPORT at the end of the line.''',
        'FORCED': 'shstk=force: shadow stacks even if CPUID does not promise that they work.\n\n'},
    'aarch64': {                                            # GRUB's console is firmware's, which is on that line, too
        'platforms': ('arm64-efi',), 'module': 'linux.mod', 'forced': False,
        'CHAIN': 'chain boot/grub/arm64-efi/core.efi',
        'CONSOLE': '',
        'START': '''    linux /boot/kilonova-$1.img serial $4 $5 $6 -- bench.elf ''' + ROOT_WORDS + '''
    initrd /boot/bench.elf''',
        'LINE': 'the serial line that firmware names', 'PORT': 'ACPI: SPCR or DBG2',
        'CFP': 'none, branch (landing pads, BTI),\nreturn (signed return addresses, PAC), full (both)',
        'OTHER': '''A devicetree names the line in
/chosen.''',
        'FORCED': ''},
}


def fact(path, name):
    facts = elf.facts(path, name)
    return '%s,%s,%d' % (name, facts['sha256'], facts['bytes'])


def entry(key, title, command):
    return ['menuentry "%s  %s" --hotkey=%s {' % (key, title, key), '    ' + command, '}']


def entries(suite, extra='', levels=LEVELS):
    title = SUITES[suite][0]
    lines = []
    for key, level in enumerate(levels, 1):
        lines += entry(key, '%s, CFP=%s' % (title, level), ' '.join(('run', level, suite, 'stay', extra)).strip())
    return lines + entry(len(levels) + 1, title + ', all four kernels one after the other', ' '.join(('series none', suite, extra)).strip())


def fill(text, facts):
    for key, value in facts.items():
        text = text.replace('@%s@' % key, value) if isinstance(value, str) else text
    return text


def help_entry(arch, series):
    lines = ['    echo "%s"' % line for line in fill(HELP, {**ARCH[arch], 'SERIES': series}).strip().split('\n')]
    return ['menuentry "h  Help" --hotkey=h {'] + lines + ['    echo -n "Enter: back to the menu "', '    read answer', '}', '']


def submenu(key, title, lines):
    return ['submenu "%s  %s ..." --hotkey=%s {' % (key, title, key)] + ['    ' + line for line in lines] + ['}']


def menu(kernels, root, release, configuration, arch, network=False):
    """The configuration of GRUB. kernels: {level: path}. network: where it comes from cannot be written."""
    choice = ['    if [ "$1" = "%s" ]; then set image=image.kernel=%s; fi' % (level, fact(kernels[level], 'kilonova-%s.elf' % level))
              for level in LEVELS]
    bench = ['    if [ "$2" = "%s" ]; then set bench="%s"; fi' % (name, words) for name, (_, words) in SUITES.items() if words]
    head = fill(fill(HEAD + (NO_SERIES if network else SERIES), ARCH[arch]), {
        'DESCRIBE': '\n'.join(choice), 'BENCH': '\n'.join(bench), 'RELEASE': release, 'CONFIGURATION': configuration,
        'ROOT': fact(root, 'bench.elf'), 'STATE': STATE, 'SECONDS': str(SECONDS)})
    forced = submenu('f', 'Shadow stacks forced (shstk=force), IPC benchmarks', entries('ipc', 'shstk=force', FORCED)) + \
        submenu('g', 'Shadow stacks forced (shstk=force), all benchmarks', entries('all', 'shstk=force', FORCED))
    counters = submenu('p', 'Performance counters (%s), IPC benchmarks' % COUNTERS, entries('ipc', COUNTERS)) + \
        submenu('q', 'Performance counters (%s), all benchmarks' % COUNTERS, entries('all', COUNTERS))
    return '\n'.join([head] + entries('ipc') + submenu('a', 'All benchmarks', entries('all')) + counters + (forced if ARCH[arch]['forced'] else []) +
                     submenu('s', 'Short run: are machine and serial line all right?', entries('short')) + help_entry(arch, HELP_NO_SERIES if network else HELP_SERIES))


def started_by(kernels, root):
    """(architecture, folders of GRUB's modules for its platforms)"""
    if sorted(kernels) != sorted(LEVELS):
        raise UsageError('an image holds the kernels of %s' % ', '.join(LEVELS))
    arch = elf.arch(elf.read(root, 'root task'))
    folders = [iso.modules(platform) for platform in ARCH[arch]['platforms']]
    tools.need(*(folder + '/' + ARCH[arch]['module'] for folder in folders))
    return arch, folders


def grow(tree, kernels, root, arch, files):
    """Puts kernels, root task and `files`, {name in boot/grub: bytes}, into a folder."""
    os.makedirs(tree + '/boot/grub')
    for level in LEVELS:
        if arch == 'aarch64':                               # what GRUB starts is the image of that ELF file
            with open('%s/boot/kilonova-%s.img' % (tree, level), 'wb') as file:
                file.write(elf.flat(elf.read(kernels[level], 'kernel')))
        else:
            shutil.copyfile(kernels[level], '%s/boot/kilonova-%s.elf' % (tree, level))
    shutil.copyfile(root, tree + '/boot/bench.elf')
    for name, data in files.items():
        with open(os.path.join(tree, 'boot/grub', name), 'wb') as file:
            file.write(data)


def grub(command, *words):
    """Runs one of GRUB's programs."""
    tools.need('grub-mkrescue', command)                    # both are in the package of the first one
    done = subprocess.run([command, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KnError('%s failed: %s' % (command, last_line(done.stderr)))


def make(out, kernels, root, release, configuration):
    """Writes the image `out`, whole or not at all."""
    arch, folders = started_by(kernels, root)
    tools.need('xorriso', 'mformat')
    text = menu(kernels, root, release, configuration, arch)
    with tempfile.TemporaryDirectory(prefix='image-', dir=os.path.dirname(os.path.abspath(out))) as work:
        tree, made = os.path.join(work, 'tree'), os.path.join(work, 'image.iso')
        grow(tree, kernels, root, arch, {'grub.cfg': text.encode('ascii'), 'grubenv': ENVIRONMENT})
        grub('grub-mkrescue', *(['-d', folders[0]] if len(folders) == 1 else []), '-o', made, '--fonts=', '--locales=', '--themes=', tree,
             '--', '-volid', 'KILONOVA')
        os.replace(made, out)


def network(out, kernels, root, release, configuration):
    """Writes the folder `out` for a TFTP server. What was there before is replaced if it is such a folder, and refused if not."""
    out = os.path.abspath(out)
    if os.path.lexists(out) and not os.path.exists(os.path.join(out, IPXE_NAME)):
        raise UsageError('-o %s: it is there, and no folder for network boot; name another one' % out)
    arch, folders = started_by(kernels, root)
    text = menu(kernels, root, release, configuration, arch, network=True)
    with tempfile.TemporaryDirectory(prefix='netboot-', dir=os.path.dirname(out)) as work:
        tree = os.path.join(work, 'tree')
        grow(tree, kernels, root, arch, {'grub.cfg': text.encode('ascii')})
        for folder in folders:
            grub('grub-mknetdir', '--net-directory=' + tree, '--subdir=boot/grub', '-d', folder, '--fonts=', '--locales=', '--themes=')
        with open(os.path.join(tree, IPXE_NAME), 'w', encoding='ascii') as file:
            file.write(fill(IPXE, {**ARCH[arch], 'RELEASE': release, 'ARCH': arch}))
        if os.path.exists(out):
            os.rename(out, os.path.join(work, 'old'))
        os.rename(tree, out)

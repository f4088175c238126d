# SPDX-License-Identifier: GPL-2.0-only
"""The table of boot tests: what a test may say, and what it must not."""

import re
import tomllib

from knlib.errors import UsageError

ARCHES = 'x86_64', 'aarch64'
BOOTS = {                                                   # what each architecture has, the first is what QEMU does by itself
    'x86_64': ('multiboot1', 'grub-multiboot1', 'grub-multiboot2', 'uefi-multiboot2'),
    # arm64 Image; X0 = devicetree, X1 = root task; X0 = a magic value, X1 = information (launch.py); as legacy, at EL3; UEFI: as QEMU's
    # kernel, by the boot manager, from the shell, by GRUB as Linux or as any application
    'aarch64': ('image', 'legacy', 'multiboot1', 'multiboot2', 'el3', 'uefi', 'uefi-manager', 'uefi-shell', 'uefi-grub', 'uefi-chain'),
}

KEYS = {                                                    # of a [[test]]: type and default
    'name': (str, None),
    'arch': (list, ['x86_64']),                             # architectures that it is for; {arch} in patterns is the one that runs
    'x86_64': (dict, {}),                                   # keys that are different there
    'aarch64': (dict, {}),
    'emulator': (str, 'qemu'),                              # qemu, bochs
    'boot': (str, ''),                                      # see BOOTS
    'smp': (int, 1), 'memory': (int, 512), 'cpu': (str, ''), 'icount': (bool, False),
    'gic': (int, 3),                                        # aarch64: version of the interrupt controller
    'kernel': (str, ''),                                    # another kernel than --kernel, relative to its folder
    'board': (str, ''),                                     # aarch64: ... one for this board
    'cfp': (str, ''),                                       # a kernel of this level of CFP, built beside --kernel
    'violate': (bool, False),                               # ... the one of test/cfp that breaks its rules
    'append': (str, 'serial'),                              # kernel command line
    'root': (str, ''),                                      # root ELF, relative to --objects; empty: no module
    'args': (str, ''),                                      # its command line
    'shift': (int, 0),                                      # load the kernel this many times 2 MiB higher (not multiboot2)
    'relocate': (list, []),                                 # Multiboot 2: lowest, highest address, preference (1 low, 2 high)
    'root_size': (int, -1),                                 # cut the root ELF to this many bytes
    'root_bytes': (list, []),                               # change it: [[offset or "entry", "hexadecimal bytes"], ...]
    'x0': (int, -1),                                        # legacy: this instead of the address of the devicetree
    'acpi': (bool, False),                                  # aarch64, multiboot2: pass QEMU's ACPI tables; uefi: those, or else a devicetree
    'efi_map': (bool, False),                               # multiboot2: with a memory map of UEFI
    'tree_module': (bool, False),                           # aarch64, multiboot: QEMU's devicetree is a module
    'tree': (list, []),                                     # aarch64: another devicetree than QEMU's, see devicetree.py
    'agent': (str, ''),                                     # uefi: a driver of firmware that runs first, relative to --objects
    'trace': (list, []),                                    # regular expressions of lines of QEMU's trace, in this order (see traced)
    'untrace': (list, []),                                  # [pattern of a first line, pattern that no line after it may have]
    'com': (int, 1),                                        # the serial port that is read (QEMU); 0: there is one on PCI and no other
    'spcr': (int, 0),                                       # an ACPI table that names the UART at this port (QEMU)
    'poke': (list, []),                                     # damage ACPI tables, see gdbpoke.py (multiboot1 in QEMU; aarch64: acpi)
    'options': (list, []),                                  # more QEMU options or Bochs configuration lines
    'expect': (list, []),                                   # regular expressions of console lines, in this order
    'forbid': (list, []),                                   # none of these may appear
    'dump': (bool, False),                                  # QEMU: of benchmarks with end=stay; results in memory are those on the console
    'settle': (float, 0.0),                                 # seconds to go on reading after the last expected line
    'exit': (int, -1),                                      # exit status that the emulator must end with
    'debug': (bool, False),                                 # it needs a kernel with DEBUG=1; skipped, with a line, on others
    'qemu': (int, 0),                                       # major version that it needs; skipped, with a line, on older ones
    'timeout': (float, 30.0),
}
ONLY_X86 = 'relocate', 'agent', 'spcr'
PATTERNS = 'expect', 'forbid', 'trace', 'untrace'


def load(path, arch='x86_64'):
    """The tests of a table that are for this architecture, complete with the file's [defaults] and those of KEYS. All are checked."""
    try:
        with open(path, 'rb') as file:
            table = tomllib.load(file)
    except OSError as error:
        raise UsageError('table %s: %s' % (path, error.strerror)) from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError('table %s: %s' % (path, error)) from None
    tests = []
    for given in table.get('test', []):
        both = dict(table.get('defaults', {}), **given)
        for each in both.get('arch', KEYS['arch'][1]):
            if each not in ARCHES:
                raise UsageError("table %s: test '%s': arch wants some of: %s" % (path, given.get('name', '?'), ' '.join(ARCHES)))
            tests.append((each, complete(path, both, each)))
    mine = [test for each, test in tests if each == arch]
    if len({t['name'] for t in mine}) < len(mine):
        raise UsageError('table %s: two tests have the same name' % path)
    return mine


def complete(path, given, arch):
    """One test as it runs on that architecture."""
    test = {key: default for key, (_, default) in KEYS.items()}
    for key, value in list(given.items()) + list(given.get(arch, {}).items()):
        if key not in KEYS:
            raise UsageError("table %s: test '%s': unknown key '%s'; known: %s" % (path, given.get('name', '?'), key, ' '.join(KEYS)))
        kind = KEYS[key][0]
        if not isinstance(value, kind) and not (kind is float and isinstance(value, int)):
            raise UsageError("table %s: test '%s': %s wants a %s" % (path, given.get('name', '?'), key, kind.__name__))
        test[key] = value
    test['arch'] = arch
    test['boot'] = test['boot'] or (BOOTS[arch][0] if test['emulator'] == 'qemu' else 'grub-multiboot2')
    for key in PATTERNS:
        test[key] = [pattern.replace('{arch}', arch) for pattern in test[key]]
    check(path, test)
    return test


def check(path, test):
    def wrong(text):
        raise UsageError("table %s: test '%s': %s" % (path, test['name'], text))

    if not test['name']:
        wrong('no name')
    if test['emulator'] not in ('qemu', 'bochs'):
        wrong('emulator is qemu or bochs')
    if test['emulator'] == 'bochs' and test['arch'] != 'x86_64':
        wrong('Bochs is a PC')
    if test['boot'] not in BOOTS[test['arch']]:
        wrong('boot is one of: %s' % ' '.join(BOOTS[test['arch']]))
    if test['emulator'] == 'bochs' and test['boot'] in ('multiboot1', 'uefi-multiboot2'):
        wrong('Bochs boots through GRUB and a BIOS only')
    if test['arch'] != 'x86_64' and (pc := [key for key in ONLY_X86 if test[key] != KEYS[key][1]]):
        wrong('%s: for x86_64 only' % ' '.join(pc))
    if test['x0'] >= 0 and test['boot'] != 'legacy':
        wrong('x0 wants legacy')
    if test['shift'] and test['arch'] == 'aarch64' and test['boot'].startswith('uefi'):
        wrong('UEFI loads where it likes: no shift')
    if test['tree'] and test['arch'] != 'aarch64':
        wrong('tree: for aarch64 only')
    if any('offset' in change for change in test['tree']) and test['boot'] not in ('legacy', 'el3'):
        wrong('tree: bytes want legacy, since QEMU reads the tree otherwise')
    if test['cfp'] not in ('', 'none', 'branch', 'return', 'full') or test['violate'] and not test['cfp']:
        wrong('cfp is none, branch, return or full; violate wants cfp')
    if test['agent'] and test['boot'] != 'uefi-multiboot2':
        wrong('agent wants uefi-multiboot2')
    if (test['trace'] or test['untrace']) and test['emulator'] != 'qemu' or len(test['untrace']) not in (0, 2):
        wrong('trace and untrace want QEMU, untrace two patterns')
    if test['poke'] and test['arch'] == 'x86_64' and (test['boot'], test['emulator']) != ('multiboot1', 'qemu'):
        wrong('poke works with multiboot1 in QEMU only')
    if test['poke'] and test['arch'] == 'aarch64' and not (test['acpi'] and test['boot'] == 'multiboot2'):
        wrong('poke wants acpi and multiboot2')
    if (test['efi_map'] or test['tree_module']) and (test['arch'] != 'aarch64' or 'multiboot' not in test['boot']):
        wrong('efi_map and tree_module want multiboot on aarch64')
    if test['acpi'] and (test['arch'] != 'aarch64' or not test['boot'].startswith(('uefi', 'multiboot2'))):
        wrong('acpi wants multiboot2 or UEFI on aarch64')
    if test['dump'] and (test['emulator'] != 'qemu' or test['exit'] >= 0):
        wrong('dump wants QEMU and a machine that stays: no exit')
    if test['efi_map'] and test['boot'] != 'multiboot2':
        wrong('Multiboot 1 has no efi_map')
    if test['relocate'] and ('multiboot2' not in test['boot'] or len(test['relocate']) != 3):
        wrong('relocate wants three numbers and grub-multiboot2 or uefi-multiboot2')
    if test['shift'] and '-multiboot2' in test['boot']:
        wrong('GRUB places a relocatable Multiboot 2 kernel by its header: use relocate, not shift')
    if not test['expect'] and test['exit'] < 0:
        wrong('expects nothing')
    for pattern in sum((test[key] for key in PATTERNS), []):
        try:
            re.compile(pattern)
        except re.error as error:
            wrong("pattern '%s': %s" % (pattern, error))
        if r'\\' in pattern:                                # no console line has a backslash
            wrong("pattern '%s': a backslash is one backslash in single quotes" % pattern)

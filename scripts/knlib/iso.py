# SPDX-License-Identifier: GPL-2.0-only
"""Bootable ISO images with GRUB, small and quick to make."""

import os
import shutil
import subprocess
import tempfile

from . import tools
from .errors import KnError, last_line

GRUB = '/usr/lib/grub/'                                     # + platform
MODULES = {'i386-pc': 'normal iso9660 biosdisk multiboot multiboot2 test echo',
           'x86_64-efi': 'normal iso9660 chain multiboot2 test echo'}


def grub_config(protocol, append, module, args, driver=None):
    """protocol is multiboot (1) or multiboot2. The first word of each command line is a file name, as QEMU has it."""
    verb = {'multiboot': 'module', 'multiboot2': 'module2'}[protocol]
    lines = ['set timeout=0', 'set default=0']
    if driver:
        lines += ['chainloader /boot/driver.efi', 'boot']
    lines += ['menuentry "kilonova" {',
             '  %s /boot/kernel kernel %s' % (protocol, append)]
    if module:
        lines.append('  %s /boot/root root %s' % (verb, quote(args)))
    return '\n'.join(lines + ['  boot', '}', ''])


def quote(args):
    """GRUB's shell expands $ and * and splits at ; | & and quotes."""
    return ' '.join("'%s'" % word.replace("'", "'\\''") for word in args.split())


def make(out, kernel, root=None, protocol='multiboot2', append='serial', args='', platform='i386-pc', driver=None):
    """Writes an ISO that boots `kernel` (a path) with `root` as its module, on a BIOS (platform i386-pc) or on UEFI
    (x86_64-efi); there, GRUB first starts `driver`, a boot-service driver."""
    tools.need('grub-mkrescue', 'xorriso', 'mformat', GRUB + platform + '/multiboot2.mod')
    with tempfile.TemporaryDirectory(prefix='iso-', dir=os.path.dirname(os.path.abspath(out))) as tree:
        os.makedirs(tree + '/boot/grub')
        shutil.copyfile(kernel, tree + '/boot/kernel')
        if root:
            shutil.copyfile(root, tree + '/boot/root')
        if driver:
            shutil.copyfile(driver, tree + '/boot/driver.efi')
        with open(tree + '/boot/grub/grub.cfg', 'w', encoding='ascii') as file:
            file.write(grub_config(protocol, append, root, args, driver))
        done = subprocess.run(['grub-mkrescue', '-d', GRUB + platform, '-o', out, '--install-modules=' + MODULES[platform], '--fonts=',
                               '--locales=', '--themes=', tree], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KnError('grub-mkrescue failed for %s: %s' % (kernel, last_line(done.stderr)))

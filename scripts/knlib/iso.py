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
           'x86_64-efi': 'normal iso9660 chain multiboot2 test echo',
           'arm64-efi': 'normal iso9660 linux test echo'}


def modules(platform):
    """The folder of GRUB's modules for a platform. Debian has those of another architecture in no package that can be installed."""
    folder = GRUB + platform
    if platform == 'arm64-efi' and not os.path.exists(folder):
        done = subprocess.run([os.path.join(tools.SCRIPTS, 'grub-arm64')], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KnError('scripts/grub-arm64 failed: ' + last_line(done.stderr))
        folder = done.stdout.strip()
    return folder


def grub_config(protocol, append, module, args, driver=None):
    """protocol is multiboot (1), multiboot2 or linux (an arm64 Image). The first word of each command line is a file name, as QEMU
    has it; Linux has one command line, and GRUB puts the file name there."""
    verb = {'multiboot': 'module', 'multiboot2': 'module2', 'linux': 'initrd'}[protocol]
    lines = ['set timeout=0', 'set default=0']
    if driver:
        lines += ['chainloader /boot/driver.efi', 'boot']
    words = '%s -- %s' % (append, quote(args)) if protocol == 'linux' else 'kernel ' + append
    lines += ['menuentry "kilonova" {',
             '  %s /boot/kernel %s' % (protocol, words)]
    if module:
        lines.append('  %s /boot/root%s' % (verb, '' if protocol == 'linux' else ' root ' + quote(args)))
    return '\n'.join(lines + ['  boot', '}', ''])


def chainloader(out, config):
    """Writes an application of UEFI on aarch64: GRUB that runs this configuration."""
    with tempfile.TemporaryDirectory(prefix='grub-', dir=os.path.dirname(os.path.abspath(out))) as tree:
        path = os.path.join(tree, 'grub.cfg')
        with open(path, 'w', encoding='ascii') as file:
            file.write(config)
        tools.need('grub-mkimage')
        done = subprocess.run(['grub-mkimage', '-O', 'arm64-efi', '-d', modules('arm64-efi'), '-o', out, '-p', '/boot/grub', '-c', path,
                               'normal', 'part_msdos', 'fat', 'search', 'chain', 'xen_boot', 'echo'],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KnError('grub-mkimage failed: ' + last_line(done.stderr))


def quote(args):
    """GRUB's shell expands $ and * and splits at ; | & and quotes."""
    return ' '.join("'%s'" % word.replace("'", "'\\''") for word in args.split())


def make(out, kernel, root=None, protocol='multiboot2', append='serial', args='', platform='i386-pc', driver=None):
    """Writes an ISO that boots `kernel` (a path) with `root` as its module, on a BIOS (platform i386-pc) or on UEFI
    (x86_64-efi, arm64-efi); there, GRUB first starts `driver`, a boot-service driver."""
    folder = modules(platform)
    tools.need('grub-mkrescue', 'xorriso', 'mformat', folder + ('/linux.mod' if platform == 'arm64-efi' else '/multiboot2.mod'))
    with tempfile.TemporaryDirectory(prefix='iso-', dir=os.path.dirname(os.path.abspath(out))) as tree:
        os.makedirs(tree + '/boot/grub')
        shutil.copyfile(kernel, tree + '/boot/kernel')
        if root:
            shutil.copyfile(root, tree + '/boot/root')
        if driver:
            shutil.copyfile(driver, tree + '/boot/driver.efi')
        with open(tree + '/boot/grub/grub.cfg', 'w', encoding='ascii') as file:
            file.write(grub_config(protocol, append, root, args, driver))
        done = subprocess.run(['grub-mkrescue', '-d', folder, '-o', out, '--install-modules=' + MODULES[platform], '--fonts=',
                               '--locales=', '--themes=', tree], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KnError('grub-mkrescue failed for %s: %s' % (kernel, last_line(done.stderr)))

# SPDX-License-Identifier: GPL-2.0-only
"""What a boot test with `dump` does when all has been printed: dumps the memory of the machine, and wants `kn collect` to make of it what it
makes of the console; then the same after a reset, before anything runs."""

import os
import subprocess

import monitor
from knlib import emulator, tools
from stage import SOCKET, Failed

BASE = {'x86_64': 0, 'aarch64': emulator.RAM_AARCH64}       # where memory begins


def collect(path):
    """The result, as text."""
    out = path + '.json'
    done = subprocess.run([os.path.join(tools.SCRIPTS, 'kn'), 'collect', path, '-o', out, '--machine', 'm', '--ticks', 'instructions',
                           '--release', 'r', '--configuration', 'c'], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed('kn collect of %s ends with %d' % (os.path.basename(path), done.returncode), done.stderr.splitlines())
    if done.stderr:
        raise Failed('kn collect of %s complains' % os.path.basename(path), done.stderr.splitlines())
    with open(out, encoding='ascii') as file:
        return file.read()


def check(test, directory, console):
    """Raises Failed. console: what the machine has printed."""
    path = os.path.join(directory, 'serial.log')
    with open(path, 'wb') as file:
        file.write(console)
    wanted = collect(path)
    with monitor.connected(os.path.join(directory, SOCKET)) as command:
        command('stop')
        for what in ('stopped', 'reset'):
            path = os.path.join(directory, what + '.bin')
            command('pmemsave', val=BASE[test['arch']], size=test['memory'] << 20, filename=path)
            if collect(path) != wanted:
                raise Failed('the result from memory (%s) is another one than that from the console' % what)
            os.remove(path)
            command('system_reset')

# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's devicetree with changes: `tree` of a boot test is a list of tables, applied in their order.

  { node = "/path", property = "name", cells = [1, 2] }     sets a property to cells of 32 bits
  { node = "/path", property = "name", text = "words" }     ... to a string
  { node = "/path", property = "name" }                     deletes it
  { node = "/path" }                                        deletes the node
  { offset = 4, bytes = "00" }                              overwrites bytes of the finished tree; others go by fdtput
"""

import os
import subprocess

from knlib import emulator, tools
from knlib.errors import KnError, last_line


def run(command, directory):
    done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise KnError('%s: %s' % (command[0], last_line(done.stderr)))


def changed(machine, changes, directory):
    """The bytes of the tree that this machine would get, changed."""
    tools.need('fdtput')
    name = 'qemu.dtb'
    run(emulator.qemu_command(machine) + ['-machine', 'dumpdtb=' + name], directory)
    for change in changes:
        if 'offset' in change:
            continue
        words = ['fdtput']
        if 'property' not in change:
            words += ['-r', name, change['node']]
        elif 'cells' in change:
            words += ['-t', 'x', name, change['node'], change['property'], *('%x' % cell for cell in change['cells'])]
        elif 'text' in change:
            words += ['-t', 's', name, change['node'], change['property'], change['text']]
        else:
            words += ['-d', name, change['node'], change['property']]
        run(words, directory)
    with open(os.path.join(directory, name), 'rb') as file:
        data = bytearray(file.read())
    for change in changes:
        if 'offset' in change:
            new = bytes.fromhex(change['bytes'])
            data[change['offset']:change['offset'] + len(new)] = new
    return data

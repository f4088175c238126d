# SPDX-License-Identifier: GPL-2.0-only
"""Which tools are missing, and the Debian package that brings each (scripts/packages.txt)."""

import os
import shutil
import subprocess

from .errors import ToolMissing

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(SCRIPTS)


def packages():
    """{proof: package}; a proof is a command, a file or py:module."""
    table = {}
    with open(os.path.join(SCRIPTS, 'packages.txt'), encoding='ascii') as lines:
        for line in lines:
            if line.strip() and not line.startswith('#'):
                package, proof, _, _ = (field.strip() for field in line.split('|'))
                table[proof] = package
    return table


def present(proof):
    return os.path.exists(proof) if proof.startswith('/') else shutil.which(proof) is not None


def need(*proofs):
    """Raises ToolMissing for the first command or file that is not there."""
    for proof in proofs:
        if not present(proof):
            package = packages().get(proof)
            hint = 'Debian package %s; run: make deps' % package if package else 'install it'
            raise ToolMissing('%s is not installed (%s)' % (proof, hint))


def missing_module(name):
    package = packages().get('py:' + name, name)
    return ToolMissing('the Python module %s is not installed (Debian package %s; run: make deps)' % (name, package))


def check(who):
    """Names all that `make WHO` misses; returns the exit code."""
    return subprocess.call([os.path.join(SCRIPTS, 'deps'), '--check', who])

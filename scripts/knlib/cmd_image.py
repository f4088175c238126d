# SPDX-License-Identifier: GPL-2.0-only
"""kn image: makes an image with a menu, for a CD or USB stick, or a folder for network boot, from a kernel of each level."""

import re

from . import collect, image
from .errors import OK, UsageError


def main(args):
    pairs = [word.partition('=') for word in args.kernels]
    kernels = {level: path for level, _, path in pairs}
    for level, _, path in pairs:
        if level not in image.LEVELS or not path:
            raise UsageError('%s is not LEVEL=FILE with a level of %s' % (level, ', '.join(image.LEVELS)))
    release = args.release or collect.release()
    for what, name in (('release', release), ('configuration', args.configuration)):
        if not re.fullmatch(r'[\w.+-]+', name):
            raise UsageError('--%s %s: letters, digits and . + - _ only' % (what, name))
    (image.network if args.network else image.make)(args.output, kernels, args.root, release, args.configuration)
    return OK


def add(command):
    sub = command('image', main, 'make an image with a menu, for a CD or USB stick, from a kernel of each level', '''\
  kn image -o bench.iso --root bench.elf --configuration x86_64-gcc none=K0 branch=K1 return=K2 full=K3     make image does this
  kn image --network -o netboot ...                                                                         make netboot does this
''')
    sub.add_argument('kernels', nargs='+', metavar='LEVEL=FILE', help='the kernel built with CFP=LEVEL')
    sub.add_argument('-o', '--output', metavar='FILE.iso', required=True)
    sub.add_argument('--network', action='store_true', help='-o is a folder instead, for a TFTP server')
    sub.add_argument('--root', metavar='FILE', required=True, help='the benchmark root task')
    sub.add_argument('--configuration', metavar='NAME', required=True, help='architecture and compiler, for the results')
    sub.add_argument('--release', metavar='NAME', help='release, for the results (default: scripts/release)')

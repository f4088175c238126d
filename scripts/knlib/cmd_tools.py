# SPDX-License-Identifier: GPL-2.0-only
"""kn tools: names the tools that are missing, with their Debian packages."""

from . import tools


def main(args):
    return tools.check(args.whom)


def add(command):
    sub = command('tools', main, 'name the tools that are missing, with their Debian packages', '''\
  kn tools --for bench
''')
    sub.add_argument('--for', dest='whom', choices=('build', 'bench', 'bench-cet', 'check', 'image'), default='check')

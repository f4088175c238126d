# SPDX-License-Identifier: GPL-2.0-only
"""kn release: records a release's results and its section in CHANGES.md."""

from . import release
from .errors import OK


def main(args):
    release.make(args.version, args.dry_run, lambda text: print(text, flush=True))
    if not args.dry_run:
        print('\nLook at results/%s and CHANGES.md, then:\n' % args.version)
        print("  git add CHANGES.md results/%s && git commit -m 'release: %s' && git tag -a %s -m 'Kilonova %s'" % ((args.version,) * 4))
    return OK


def add(command):
    sub = command('release', main, 'record the results and changes of a release', '''\
  kn release 26.49.0 --dry-run                   what make release VERSION=26.49.0 would do
''')
    sub.add_argument('version', metavar='VERSION', help='year, week and number: 26.49.0')
    sub.add_argument('-n', '--dry-run', action='store_true', help='check the tree, say what is missing, change nothing')

# SPDX-License-Identifier: GPL-2.0-only
"""kn report: one page of HTML with all results of a release."""

import os

from . import report, tools
from .errors import OK, UsageError


def main(args):
    folder = args.folder or report.newest()
    output = args.output or os.path.join(tools.TOP, 'build', 'report', os.path.basename(os.path.abspath(folder)) + '.html')
    if not output.endswith('.html'):
        raise UsageError('-o %s: the name of a page ends in .html' % output)
    report.write(folder, args.more, output)
    print(output)
    return OK


def add(command):
    sub = command('report', main, 'make one page of HTML with all results of a release, both architectures beside their reference', '''\
  kn report                                       the youngest release of results/, to build/report/RELEASE.html
  kn report results/26.48.3 -o page.html          links to the results are relative to the page
  kn report build/results/try --more results/lab/nuc/x86_64-gcc-none.json
''')
    sub.add_argument('folder', nargs='?', metavar='results/RELEASE', help='every MACHINE/CONFIGURATION.json below it (default: the youngest release)')
    sub.add_argument('--more', nargs='+', default=[], metavar='FILE', help='results from elsewhere on the same page')
    sub.add_argument('-o', '--output', metavar='FILE.html', help='default: build/report/RELEASE.html')

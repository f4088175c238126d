# SPDX-License-Identifier: GPL-2.0-only
"""What the programs that run tests have in common: the file for check-total, and the way out."""

import os
import sys

from .errors import KnError


def write_summary(path, passed, failed):
    """"PASSED FAILED", for check-total; no path, no file."""
    if path:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, 'w', encoding='ascii') as file:
            print(passed, failed, file=file)


def leave(name, main):
    """Runs main() and ends the program with what it returns, or with one line that begins with `name`."""
    try:
        sys.exit(main())
    except KnError as problem:
        print('%s: %s' % (name, problem), file=sys.stderr)
        sys.exit(problem.code)
    except KeyboardInterrupt:
        print('%s: interrupted' % name, file=sys.stderr)
        sys.exit(130)

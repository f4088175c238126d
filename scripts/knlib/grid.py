# SPDX-License-Identifier: GPL-2.0-only
"""Tables of text, by rich: aligned columns, sections, in plain characters, as wide as the terminal or 120 columns."""

import io
import shutil
import sys

from . import tools

WIDTH = 120                                                 # where nobody looks: a file, a pipe
PLAIN = ['    ', '    ', ' -- ', '    ', '    ', '    ', '    ', '    ']     # a rule below the heads, an empty line between sections


def width():
    return max(80, shutil.get_terminal_size((WIDTH, 0)).columns) if sys.stdout.isatty() else WIDTH


def draw(heads, sections, left):
    """Lines of a table. The first `left` columns are text, the others are figures; a head may have several lines; a section: a list of rows."""
    try:
        from rich import box, console, table
    except ImportError:
        raise tools.missing_module('rich') from None
    drawn = table.Table(box=box.Box('\n'.join(PLAIN) + '\n'), show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for index, head in enumerate(heads):
        drawn.add_column(head, justify='left' if index < left else 'right', vertical='bottom', no_wrap=True, overflow='ignore')
    for section in sections:
        for row in section:
            drawn.add_row(*row)
        drawn.add_section()
    out = io.StringIO()
    screen = console.Console(file=out, width=10000, color_system=None, markup=False, highlight=False, emoji=False, legacy_windows=False)
    screen.print(drawn)
    return [line.rstrip() for line in out.getvalue().rstrip('\n').split('\n')]


def room(heads, rows, column):
    """How wide a column of text may be for the table to fit, but 20 at least."""
    others = [max(max(map(len, head.split('\n'))) for head in [h] + [row[i] for row in rows]) + 2 for i, h in enumerate(heads) if i != column]
    return max(20, width() - sum(others))

# SPDX-License-Identifier: GPL-2.0-only
"""What goes wrong is one line for the user and an exit code."""

OK, FAILURE, USAGE, TOOL_MISSING = 0, 1, 2, 3


def counted(number, noun):
    """'1 benchmark', '2 benchmarks'"""
    return '%d %s%s' % (number, noun, '' if number == 1 else 's')


def last_line(text):
    """What a tool said last, for a message of one line."""
    return (text.strip().splitlines() or ['no reason given'])[-1]


def few(lines, most=5):
    """The first ones, and how many more there are."""
    more = len(lines) - most
    return lines[:most] + (['and %s more' % counted(more, 'problem')] if more > 0 else [])


class KnError(Exception):
    """One line that names the file, option or package and the fix; `detail` lines follow it indented."""
    code = FAILURE

    def __init__(self, text, detail=()):
        super().__init__(text)
        self.detail = list(detail)


class UsageError(KnError):
    code = USAGE


class ToolMissing(KnError):
    code = TOOL_MISSING

# SPDX-License-Identifier: GPL-2.0-only
"""What goes wrong is one line for the user and an exit code."""

OK, FAILURE, USAGE, TOOL_MISSING = 0, 1, 2, 3


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

# SPDX-License-Identifier: GPL-2.0-only
"""Writes a file whole or not at all."""

import os
import tempfile

from .errors import UsageError


def write(path, text):
    """The file `path`, in folders that are made where they are missing, has this text then, or what it had before."""
    folder = os.path.dirname(os.path.abspath(path))
    made = None
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.NamedTemporaryFile('w', dir=folder, delete=False, encoding='utf-8') as file:
            made = file.name
            file.write(text)
        os.chmod(made, 0o644)
        os.replace(made, path)
    except OSError as error:
        if made:
            os.unlink(made)
        raise UsageError('cannot write %s: %s' % (path, error.strerror)) from None

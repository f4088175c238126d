# SPDX-License-Identifier: GPL-2.0-only
"""The parts of scripts/kn, one concern per module."""

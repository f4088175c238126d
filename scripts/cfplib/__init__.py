# SPDX-License-Identifier: GPL-2.0-only
"""The parts of scripts/cfp: linked kernels, what all architectures check, and what one of them does."""

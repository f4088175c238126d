/* SPDX-License-Identifier: GPL-2.0-only */
/* Control-flow protection is not compiled in yet: its marks are empty words. */
#pragma once

#define INDIRECT_TARGET
#define INDIRECT_NEVER

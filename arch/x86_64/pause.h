/* SPDX-License-Identifier: GPL-2.0-only */
/* Hint inside a spin loop (Intel SDM 2B, PAUSE) */
#pragma once

static inline void pause (void) { __builtin_ia32_pause(); }

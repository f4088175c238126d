/* SPDX-License-Identifier: GPL-2.0-only */
/* Hint inside a spin loop */
#pragma once

static inline void pause (void) { __asm__ volatile ("yield"); }

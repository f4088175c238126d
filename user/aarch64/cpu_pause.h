/* SPDX-License-Identifier: GPL-2.0-only */
/* For loops that wait for another CPU. QEMU with -icount goes on with the next CPU then. */
#pragma once

static inline void cpu_pause (void) { __asm__ volatile ("yield" : : : "memory"); }

/* SPDX-License-Identifier: GPL-2.0-only */
/* STI delays interrupts by one instruction (Intel SDM 2B, STI), so it needs one behind it. */
#pragma once

static inline void preemption_point (void) { __asm__ volatile ("sti; nop; cli" : : : "memory"); }

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt semaphores and what is behind them: the shared interrupts of the GIC, pin n is interrupt ID 32 + n. There are no messages.
 * One entry for each; its lock orders assignment, arrival and deactivation, which may happen on three CPUs at once.
 *
 * An edge is deactivated when it arrives. A level stays active, so that it does not come again, until the next semaphore-down, when the
 * driver has silenced its device, or the next assignment. What a CPU has acknowledged while another one assigns, it handles as the
 * assignment says. Polarity is the board's: a GIC has no choice there.
 */
#pragma once

#include <base/types.h>

/* flags: FLAG_INT_* of abi/syscall.h */
void interrupt_assign (unsigned i, cpu_t, unsigned flags);

/* CPU of the last assignment, 0 before the first */
cpu_t interrupt_cpu (unsigned i);

/* Semaphore-down, before it looks at the counter: lets the next level-triggered interrupt arrive */
void interrupt_deactivate (unsigned i);

/* A shared interrupt has arrived: ends it, and calls interrupt_signal() if somebody wants it */
void interrupt_handle (uint32_t ack);

/* Provided by the semaphores */
void interrupt_signal (unsigned i);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts that somebody is assigned: pins, then messages. One entry for each; its lock orders assignment, arrival and deactivation,
 * which may happen on three CPUs at once.
 *
 * An edge is over when it has arrived. A level is held, so that it does not arrive again, until the next semaphore-down (deactivation),
 * when the driver has silenced its device, or the next assignment. What the races come down to:
 *  - assignment while an interrupt is in flight: whichever takes the lock first. The arrival sees the old or the new configuration as a
 *    whole; with the new one it is signaled once more than the device asked for, never lost. A source that has just been masked (M) is
 *    not signaled any more.
 *  - assignment after an arrival: releases it; when it is level-triggered and still asserted, it arrives again.
 *  - an arrival on a CPU that is not the assigned one (any more) is signaled from there.
 */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

/* The interrupt goes to this CPU, which the interrupt controller calls dest, from now on. flags: FLAG_INT_* of abi/syscall.h */
void interrupt_assign (unsigned i, cpu_t, uint32_t dest, unsigned flags);

/* CPU of the last assignment, 0 before the first */
cpu_t interrupt_cpu (unsigned i);

/* Semaphore-down, before it looks at the counter: lets the next level-triggered interrupt arrive */
void interrupt_deactivate (unsigned i);

/* For the interrupt controller: it has arrived. True: interrupt_signal() is to be called, with no lock held */
MUST_CHECK bool interrupt_accept (unsigned i);

/* Provided by the interrupt controller; all are called under the lock of the source */
void interrupt_configure (unsigned i, uint32_t dest, unsigned flags, bool held);
bool interrupt_hold (unsigned i, bool level, bool held);    /* arrived; level: shall not come again. Returns if it is to be released */
void interrupt_release (unsigned i);                        /* it is held no more                                               */

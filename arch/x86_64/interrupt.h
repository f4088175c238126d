/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt semaphores and the pins behind them. One entry for each pin; its lock orders assignment, arrival and
 * deactivation, which may happen on three CPUs at once.
 *
 * An edge-triggered pin is never masked by its arrival. A level-triggered pin is masked before the EOI and unmasked by the
 * next semaphore-down (deactivation), when the driver has silenced its device. What the races come down to:
 *  - assignment while an interrupt is in flight: whichever takes the lock first. The arrival sees the old or the new
 *    configuration as a whole; with the new one it is signaled once more than the device asked for, never lost. A pin
 *    that has just been masked (M) is not signaled any more.
 *  - assignment after an arrival: releases the pin; when it is level-triggered and still asserted, it arrives again.
 *  - the vector belongs to the pin for good, so an EOI on the old CPU ends the right interrupt.
 *  - an arrival on a CPU that is not the assigned one (any more) is signaled from there.
 */
#pragma once

#include <base/types.h>

/* Boot CPU, after ioapic_init() */
void interrupt_init (void);

unsigned interrupt_pins (void);                         /* INTPIN: pins 0 ... interrupt_pins() - 1              */

/*
 * flags: FLAG_INT_* of abi/syscall.h. Returns false, and changes nothing, when an I/O APIC cannot reach the CPU: its
 * APIC ID has more than 8 bits and there is no interrupt remapping.
 */
bool interrupt_assign (unsigned gsi, cpu_t cpu, uint32_t apic_id, unsigned flags);

/* CPU of the last assignment, 0 before the first */
cpu_t interrupt_cpu (unsigned gsi);

/* Semaphore-down, before it looks at the counter: lets the next level-triggered interrupt arrive */
void interrupt_deactivate (unsigned gsi);

/*
 * All vectors from VEC_PIC_BASE on that have no handler of their own: VEC_GSI_BASE ..., VEC_SPURIOUS, strays. Sends the EOI
 * where one is due, then calls interrupt_signal() for an assigned and unmasked pin. Everything else is only counted.
 */
void interrupt_handle (uint8_t vector);

/* Provided by the semaphores: ups the one of this pin. May be called on any CPU, with no lock held. */
void interrupt_signal (unsigned gsi);

uint64_t interrupt_strays (void);                       /* arrivals that nobody was to be told of               */

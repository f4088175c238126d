/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt semaphores and what is behind them: pins of the I/O APICs, then messages (MSI). One entry for each; its lock
 * orders assignment, arrival and deactivation, which may happen on three CPUs at once.
 *
 * An edge-triggered pin is never masked by its arrival. A level-triggered pin is masked before the EOI and unmasked by the
 * next semaphore-down (deactivation), when the driver has silenced its device. What the races come down to:
 *  - assignment while an interrupt is in flight: whichever takes the lock first. The arrival sees the old or the new
 *    configuration as a whole; with the new one it is signaled once more than the device asked for, never lost. A source
 *    that has just been masked (M) is not signaled any more.
 *  - assignment after an arrival: releases the pin; when it is level-triggered and still asserted, it arrives again.
 *  - the vector belongs to the source for good, so an EOI on the old CPU ends the right interrupt.
 *  - an arrival on a CPU that is not the assigned one (any more) is signaled from there.
 *
 * A message is an edge, and the kernel has no switch between the device and the local APIC: trigger and polarity mean nothing
 * for it, and while it is masked (M), its arrivals are dropped here. An edge of a masked pin is lost in the same way. A
 * driver that must not lose any masks its device. It may program the device for the new CPU long after the assignment: what
 * still goes to the old one is signaled. Messages of one kind that meet in a local APIC are one arrival (SDM 3A, 11.8.4).
 */
#pragma once

#include <base/types.h>

/* Boot CPU, after ioapic_init() */
void interrupt_init (void);

unsigned interrupt_pins (void);                         /* INTPIN: interrupts 0 ... interrupt_pins() - 1        */
unsigned interrupt_msis (void);                         /* INTMSI: those that follow                            */

/*
 * flags: FLAG_INT_* of abi/syscall.h. addr, data: what a device has to send, 0 for a pin. Returns false, and changes nothing,
 * when neither I/O APIC nor message can reach the CPU: there is no interrupt remapping, and its APIC ID is above 254.
 */
bool interrupt_assign (unsigned i, cpu_t cpu, uint32_t apic_id, unsigned flags, uint32_t *addr, uint16_t *data);

/* CPU of the last assignment, 0 before the first */
cpu_t interrupt_cpu (unsigned i);

/* Semaphore-down, before it looks at the counter: lets the next level-triggered interrupt arrive */
void interrupt_deactivate (unsigned i);

/*
 * All vectors from VEC_PIC_BASE on that have no handler of their own: VEC_INT_BASE ..., VEC_SPURIOUS, strays. Sends the EOI
 * where one is due, then calls interrupt_signal() for an assigned and unmasked source. Everything else is only counted.
 */
void interrupt_handle (uint8_t vector);

/* Provided by the semaphores: ups the one of this interrupt. May be called on any CPU, with no lock held. */
void interrupt_signal (unsigned i);

uint64_t interrupt_strays (void);                       /* arrivals that nobody was to be told of               */

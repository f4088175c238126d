/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sources of interrupt semaphores: pins of the I/O APICs, then messages (MSI).
 *
 * An edge-triggered pin is never masked by its arrival. A level-triggered pin that is held is masked; it is masked before the EOI. The
 * vector belongs to the source for good, so an EOI on the old CPU ends the right interrupt.
 *
 * A message is an edge, and the kernel has no switch between the device and the local APIC: trigger and polarity mean nothing
 * for it, and while it is masked (M), its arrivals are dropped here. An edge of a masked pin is lost in the same way. A
 * driver that must not lose any masks its device. It may program the device for the new CPU long after the assignment: what
 * still goes to the old one is signaled. Messages of one kind that meet in a local APIC are one arrival (SDM 3A, 11.8.4).
 */
#pragma once

#include <base/types.h>

unsigned interrupt_pins (void);                         /* INTPIN: interrupts 0 ... interrupt_pins() - 1        */
unsigned interrupt_msis (void);                         /* INTMSI: those that follow                            */

/*
 * flags: FLAG_INT_* of abi/syscall.h. addr, data: what a device has to send, 0 for a pin. Returns false, and changes nothing,
 * when neither I/O APIC nor message can reach the CPU: there is no interrupt remapping, and its APIC ID is above 254.
 */
bool interrupt_route (unsigned i, cpu_t cpu, uint32_t apic_id, unsigned flags, uint32_t *addr, uint16_t *data);

/*
 * All vectors from VEC_PIC_BASE on that have no handler of their own: VEC_INT_BASE ..., VEC_SPURIOUS, strays. Sends the EOI
 * where one is due, then calls interrupt_signal() for an assigned and unmasked source. Everything else is only counted.
 */
void interrupt_handle (uint8_t vector);

uint64_t interrupt_strays (void);                       /* arrivals that nobody was to be told of               */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Local APIC (Intel SDM 3A, 11): identity, end of interrupt, interprocessor interrupts and the one timer of each CPU.
 * Every function acts on the CPU it runs on, with interrupts off.
 *
 * The timer takes absolute TSC values. It may fire before its time when the deadline is further away than the hardware
 * can count; the handler compares clock_now() with the deadline and sets the timer again. It never fires twice for one
 * lapic_timer_set(), and a deadline in the past fires at once, so no deadline is ever lost.
 */
#pragma once

#include <base/types.h>

/*
 * Boot CPU, after cpu_features_init(), clock_init() and cmdline_set(). mmio: kernel mapping of the page at
 * IA32_APIC_BASE (acpi.lapic), uncached; unused in x2APIC mode. Chooses the mode for all CPUs, enables the APIC of this CPU
 * and measures the timer if it is one that counts. Prints one line.
 * Command line: nox2apic, notscdeadline.
 */
void lapic_init (volatile void *mmio);

/* Every CPU, the boot CPU included (lapic_init() does not replace it), before its first interrupt */
void lapic_cpu_init (void);

bool     lapic_x2apic (void);
uint32_t lapic_id (void);
void     lapic_eoi (void);
bool     lapic_in_service (uint8_t vector);             /* does this CPU owe an EOI for the vector?             */
uint32_t lapic_error (void);                            /* reads and clears the error status, 11.5.3            */

/* Fixed-delivery interrupt to one CPU; everything stored before is visible to the handler */
void lapic_ipi (uint32_t apic_id, uint8_t vector);

/*
 * Start of another CPU (9.4.4): INIT, 10 ms, SIPI, 200 us, SIPI; the caller waits in between. page: address >> 12, below
 * 1 MiB.
 */
void lapic_init_ipi (uint32_t apic_id);
void lapic_sipi (uint32_t apic_id, uint8_t page);

/* VEC_TIMER arrives once, when clock_now() has reached the deadline or earlier (see above). UINT64_MAX: never */
void lapic_timer_set (uint64_t tsc_deadline);
bool lapic_timer_deadline (void);                       /* TSC-deadline mode?                                   */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Generic Interrupt Controller, architecture 2 (Arm IHI 0048) and 3 (IHI 0069): the distributor, which routes shared interrupts to CPUs,
 * and the interface of each CPU. The end of an interrupt is split: gic_eoi() lets others in, gic_deactivate() lets the same one in.
 */
#pragma once

#include <base/types.h>

struct platform;

/* Interrupt IDs: from other CPUs (SGI) 0...15, of this CPU (PPI) 16...31, shared (SPI) 32... */
enum { SGI_KICK, SGI_STOP };

#define GIC_SPI_BASE    32
#define GIC_SPECIAL     1020                            /* from here on: nothing was pending                        */

/* Boot CPU. False after a line that says why: without interrupts there is no time, and no kernel. */
bool gic_init (struct platform const *);

/* Every CPU: SGIs and the PPI of the timer arrive from now on; finds out how others call it. False: the CPU has no interface. */
bool gic_cpu_init (unsigned timer_ppi);

unsigned gic_spis (void);

/* target: cpu_local.arch.sgi_target. What was stored before is seen by the one who is interrupted. */
void     gic_sgi (uint64_t target, unsigned sgi);

uint32_t gic_ack (void);                                /* what the other two want to have                          */
static inline unsigned gic_id (uint32_t ack) { return ack & 0x3ff; }
void     gic_eoi (uint32_t ack);
void     gic_deactivate (uint32_t ack);

/*
 * Shared interrupt: off, deactivated if it is active, then with this target and trigger; on unless masked. The caller has its lock.
 * What a CPU has acknowledged stays active until that CPU has handled it: each is deactivated once.
 */
void     gic_spi_configure (unsigned spi, cpu_t, bool masked, bool level, bool active);

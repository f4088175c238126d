/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt vectors (Intel SDM 3A, 6.2 and 11.8.3: bits 7...4 of a vector are its priority class). Shared with assembly.
 *
 *   0x00 - 0x1f  exceptions
 *   0x20 - 0x2f  where the 8259s would deliver, if a masked one still has a spurious interrupt to give
 *   0x30 - 0xdf  interrupt semaphores, pins first, then messages: interrupt n has vector VEC_INT_BASE + n on every CPU for
 *                good. So an EOI never names another interrupt, and one that is rerouted means the same on the old CPU
 *   0xe0 - 0xe3  local APIC
 *   0xf0 - 0xf3  from other CPUs
 *   0xff         spurious; the low four bits of this one must be set on old local APICs (11.9)
 */
#pragma once

#define VEC_EXC_COUNT       0x20

#define VEC_PIC_BASE        0x20
#define VEC_PIC_COUNT       16

#define VEC_INT_BASE        0x30
#define VEC_INT_COUNT       176

#define VEC_GSI_COUNT       160                         /* pins at most: some vectors are left for messages     */

#define VEC_TIMER           0xe0
#define VEC_ERROR           0xe1
#define VEC_PERFM           0xe2
#define VEC_THERM           0xe3

#define VEC_IPI_RKE         0xf0                        /* re-evaluate: look at this CPU's hazards              */
#define VEC_IPI_TLB         0xf2                        /* flush translations                                   */
#define VEC_IPI_HALT        0xf3                        /* stop: panic or power transition elsewhere            */

#define VEC_SPURIOUS        0xff
#define VEC_COUNT           0x100

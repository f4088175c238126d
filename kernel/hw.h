/* SPDX-License-Identifier: GPL-2.0-only */
/* The platform as hypercalls see it. All but hw_sleep() is a contract. */
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>
#include <hw_arch.h>

/* ctrl_hw: S-state transition; does not return when it begins. BAD_FTR; ABORTED: another CPU has begun one. */
enum status hw_sleep (uint64_t desc);

/* Is it a state that the machine has? Then the one CPU that is left enters it. */
bool          hw_sleep_known (uint64_t desc);
NORETURN void hw_sleep_enter (uint64_t desc);

/*
 * Interrupts: pins 0 ... hw_int_pins() - 1, then hw_int_msis() messages. A device that sends the address and data that
 * hw_assign_int() tells for a message raises it on that CPU; both are 0 for a pin. False: the CPU cannot be reached. There are at most
 * HW_INT_MAX of both together.
 */
unsigned hw_int_pins (void);
unsigned hw_int_msis (void);
bool     hw_assign_int (uint32_t interrupt, cpu_t, unsigned flags, uint32_t *addr, uint16_t *data);

/* End of the physical address space */
INDIRECT_NEVER uint64_t phys_end (void);

/* For the hypervisor information page */
paddr_t  hw_rsdp (void);                                /* 0: none                                                  */
uint64_t hw_stc_freq (void);                            /* Hz                                                       */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Contract: the platform as hypercalls see it. */
#pragma once

#include <abi/status.h>
#include <base/types.h>

/* ctrl_hw: S-state transition; does not return when it succeeds with a deep state. BAD_FTR, ABORTED. */
enum status hw_sleep (uint64_t desc);

/* Interrupt pins, 0 ... hw_int_pins() - 1 */
#define  HW_INT_PINS_MAX 160
unsigned hw_int_pins (void);
bool     hw_assign_int (uint32_t pin, cpu_t, unsigned flags);    /* false: the CPU cannot be reached                  */
cpu_t    interrupt_cpu (unsigned pin);
void     interrupt_deactivate (unsigned pin);

/* End of the physical address space */
uint64_t phys_end (void);

/* For the hypervisor information page */
paddr_t  hw_rsdp (void);                                /* 0: none                                                  */
uint64_t hw_stc_freq (void);                            /* Hz                                                       */

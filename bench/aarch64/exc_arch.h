/* SPDX-License-Identifier: GPL-2.0-only */
/* Data aborts on aarch64: what raises one, and how much state goes to the handler and back. */
#pragma once

#include <abi/event_arch.h>
#include <abi/mtd_arch.h>

#define INSN_LOAD           "ldr w9, [x5]"                  /* from aux                                                 */
#define EVENT_PAGE_FAULT    EXC_DABT

/* Where it happened; general registers, too; all that a host EC has, with the syndrome and the address */
#define MTD_STATE_IP        MTD_EL2_ELR_SPSR
#define MTD_STATE_GPR       (MTD_STATE_IP | MTD_GPR)
#define MTD_STATE_ALL       (MTD_STATE_GPR | MTD_EL0_SP | MTD_EL0_IDR | MTD_EL2_ESR_FAR)

/* SPDX-License-Identifier: GPL-2.0-only */
/* Page faults on x86: what raises one, and how much state goes to the handler and back. */
#pragma once

#include <abi/event_arch.h>
#include <abi/mtd_arch.h>

#define INSN_LOAD           "mov (%%rbx), %%ecx"            /* from aux; two bytes, which server_skip skips              */
#define EVENT_PAGE_FAULT    EXC_PF

/* Where it happened; general registers, too; all that a host EC has, with the error code and the address */
#define MTD_STATE_IP        MTD_RIP
#define MTD_STATE_GPR       (MTD_STATE_IP | MTD_GPR_0_7 | MTD_GPR_8_15)
#define MTD_STATE_ALL       (MTD_STATE_GPR | MTD_RFLAGS | MTD_QUAL)

/* SPDX-License-Identifier: GPL-2.0-only */
/* Start of the kernel on the boot CPU and on the others. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

/* From start.S, with its tables: registers of the boot loader, the physical address of the image, and the EL that it was entered at */
NORETURN void init (uint64_t x0, uint64_t x1, uint64_t x2, paddr_t load_addr, unsigned el);

/* Where every other CPU begins on its own stack and tables */
void bootstrap_ap (void);

/* Where start.S has code that takes a CPU to its own tables, whose top-level entry it gets, when the image is at LOAD_ADDR */
extern paddr_t const addr_cpu_enter, addr_cpu_leave;

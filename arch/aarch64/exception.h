/* SPDX-License-Identifier: GPL-2.0-only */
/* C side of the entry code. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct ec;

/* Vectors whose fast paths have trace points. The usual ones are set by start.S. */
extern char const vectors_traced[];

/* From user mode; registers, ESR_EL2 and FAR_EL2 are saved in the EC */
void exception_user (uint64_t esr, struct ec *);

/* An interrupt, from anywhere */
void interrupt_arrived (void);

/* In the kernel: something that must not happen */
NORETURN void exception_kernel (uint64_t esr, uint64_t elr, uint64_t far, uint64_t sp);

NORETURN void run_first (void);

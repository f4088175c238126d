/* SPDX-License-Identifier: GPL-2.0-only */
/* C side of the entry code. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct ec;

/* As pushed by the CPU in 64-bit mode (Intel SDM 3A, 6.14.2), an error code of 0 where there is none */
struct exception_frame { uint64_t error, rip, cs, rflags, rsp, ss; };

/* From user mode; the EC's registers and the error code are saved in it */
INDIRECT_NEVER void exception_user (uint32_t vector, struct ec *);

/* Vectors 0x20...0xff, from anywhere */
INDIRECT_NEVER void interrupt_arrived (uint32_t vector);

/* In the kernel: idle, at a preemption point, or something that must not happen. shadow: top of the shadow stack, null without one */
void interrupt_kernel (uint32_t vector, struct exception_frame const *, uint64_t const *shadow);

/* Entry points and what they need, entry.S */
extern char const idt_stubs[], syscall_entry[], syscall_entry_traced[];
NORETURN void run_first (void);

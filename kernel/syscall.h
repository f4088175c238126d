/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypercalls: the table that the entry code dispatches through. */
#pragma once

#include <abi/syscall.h>
#include <ec.h>

/* p0...p4 as in the registers; returns a status, or SYS_DEFER (ipc.h) */
typedef long (*syscall_t) (uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4, struct ec *self);

/* By flags and number: the lowest byte of p0 is an index of all entries */
extern syscall_t const syscall_table[HYPERCALL_FLAGS][HYPERCALL_COUNT];

/* Continuation: the same hypercall with the same parameters once more */
void syscall_again (struct ec *);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Portal entries without data, for any number of ECs whose stack pointer is their UTCB (pool_bare ()). */
#pragma once

#include <stdint.h>

/* Calls the portal whose selector is the PID, with one word, and replies whatever came of it; PID 0: replies at once.
 * Word 0 of the reply: the first status of the chain that was not SUCCESS, else 0. */
void entry_chain (void);

/* Waits for the semaphore whose selector is the PID, and replies; word 0: the status */
void entry_wait (void);

/* Raises an undefined instruction, again after each reply that does not change the instruction pointer */
void entry_raise (void);

/* Its last instruction is a hypercall, which ends with the page */
extern char const entry_syscall_page[];

/* For ECs made by random hypercalls: replies, so that an EC that raised an event goes on at entry_loop; makes calls */
void entry_reply (void);
void entry_loop (void);
extern uint64_t entry_base;                             /* selectors that entry_loop uses; aligned to 64        */

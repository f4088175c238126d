/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions that may fault: each returns false when it did, and then *fault tells why. Worker and guarded threads only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <portal.h>

enum { NO_VECTOR = ~0u };

struct probe_fault {
    unsigned    vector;
    uint64_t    error, address, ip;
};

extern struct probe_fault probe_fault;

bool probe_read (uint64_t addr, uint64_t *value);       /* 8 bytes                                              */
bool probe_write (uint64_t addr, uint64_t value);
bool probe_exec (uint64_t addr);                        /* calls it                                             */
bool probe_fpu (void);

/* The last probe found a page, but not this permission (PERM_MEM_R, W, XU) */
bool probe_denied (unsigned pmm);

/* First of all in a probe that only one architecture has */
void probe_start (void);

/* In the handler of exceptions: true if a probe did it, which will go on */
bool probe_recover (union utcb *, unsigned vector);

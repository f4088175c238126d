/* SPDX-License-Identifier: GPL-2.0-only */
/* Empties the TLBs of this CPU, and next to nothing else: user mode cannot flush them, so it fills them with other translations. */
#pragma once

#include <bench.h>

/* Once before the first of the others; idempotent */
bool tlb_setup (struct bench_run *);

/* Reads and executes a page of memory at each of 4096 addresses: more than the second-level TLB of any CPU so far has entries */
void tlb_displace (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What .cold benchmarks do before each sample, so that an operation finds its data, code and translations neither in caches nor in TLBs:
 * write through memory, then read and execute one page at thousands of addresses, then execute code that fills first-level caches.
 */
#pragma once

#include <bench.h>

/* Once, by the driver. bytes: of the memory; 0: twice the largest cache, as far as that is known and there is memory. False: no memory. */
bool cold_init (bool exact, size_t bytes);

size_t cold_bytes (void);

/* By the worker, before the first sweep. False after bench_fail (). */
bool cold_setup (struct bench_run *);

void cold_sweep (void);

/* Architecture: executes an instruction in each line of 128 KiB */
void cold_code (void);

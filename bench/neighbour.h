/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A neighbour: an EC that works on another CPU while a benchmark is measured. It streams through memory that is larger than the caches
 * (memory), calls a server on its own CPU (ipc), or maps and unmaps a page of this PD, which makes other CPUs flush their TLBs (map).
 */
#pragma once

#include <bench.h>

/* Once: what neighbours do; false if there is no such thing */
bool neighbour_init (char const *kind);

char const *neighbour_kind (void);

/* Starts one, and sees it work. False after bench_fail (): then there is none. */
bool neighbour_start (struct bench_run *, unsigned cpu);

/* After a start that was good: returns when it has stopped. False after bench_fail (): it may still work. */
bool neighbour_stop (struct bench_run *);

/* What it has done so far: pieces of 64 KiB, calls, pairs of map and unmap */
uint64_t neighbour_rounds (void);

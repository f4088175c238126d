/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a benchmark is measured: overhead, warm-up, number of samples, where they go. doc/bench/method.md has the reasons.
 *
 * Samples are taken until the 95 % confidence interval of the median is no wider than 1/NARROW of the median, but
 *                                      at least    at most
 *   warm                               10,000      40,000
 *   warm, where ticks are exact         1,000      40,000
 *   cold                                  100       1,000
 *   cold, where ticks are exact            10       1,000
 *   control                               200       2,000
 *   batch of another counter                        1,000
 * and no longer than a second (of exact ticks, which take an emulator longer: 50 ms). So many as the command line says instead.
 */
#pragma once

#include <bench.h>

/* Samples on the way to memory: so few that they stay in the first-level cache, in lines that are written again and again */
enum { METHOD_HOT = 64, METHOD_LINE = 64 };

/* Once, by the driver. fixed: number of samples, 0: see above. False: no memory. */
bool method_init (unsigned fixed);

/* Is one tick one instruction? */
bool method_exact (void);

/* By the worker, one after the other. Setup, overhead, warm-up; then the samples, and with them samples, min, median, max, ... */
bool method_prepare (struct bench_run *);
bool method_sample (struct bench_run *);

/* Then a batch for each other counter that this machine has, unless the benchmark measures something else than an operation of TIMED () */
bool method_count (struct bench_run *);

/* Of the last benchmark: its batch b, below run->batches */
struct bench_run const *method_batch (unsigned b);

/* Of stage s of the last benchmark that was split into some: its samples */
int64_t const *method_stage (unsigned s);

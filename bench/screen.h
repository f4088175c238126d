/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Progress and results on the screen, if there is one. Drawn between benchmarks only, by the driver, so that nothing of it is in a
 * sample; what the operator photographs at the end is screen_end ()'s. All may be called without a screen.
 */
#pragma once

struct bench_run;

void screen_begin (unsigned benches);                   /* prints the meta line screen=                         */
void screen_bench (char const *name);                   /* it is measured next                                  */
void screen_result (char const *name, struct bench_run const *);
void screen_end (void);

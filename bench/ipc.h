/* SPDX-License-Identifier: GPL-2.0-only */
/* Round trips for other benchmarks to measure: a caller, and a server of two instructions. */
#pragma once

#include <bench.h>

/* Setup of an ipc_call with as many words as bench->param says, after a check that they travel both ways: in one PD, between two */
bool ipc_setup_same (struct bench_run *);
bool ipc_setup_cross (struct bench_run *);

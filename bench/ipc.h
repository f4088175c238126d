/* SPDX-License-Identifier: GPL-2.0-only */
/* Round trips for other benchmarks to measure: a caller, and a server of two instructions. */
#pragma once

#include <bench.h>

/* First parameter of an ipc_call */
static inline uint64_t ipc_call_id (uint64_t pt) { return hyp_id (HYPERCALL_ipc_call, 0) | abi_put_ipc_call_pt (pt); }

/* Setup of an ipc_call of portal reply, after a check by portal invert, of the same server, that so many words travel both ways */
bool ipc_setup (struct bench_run *, uint64_t reply, uint64_t invert, unsigned words);

/* Setup of an ipc_call with as many words as bench->param says, after a check that they travel both ways: in one PD, between two */
bool ipc_setup_same (struct bench_run *);
bool ipc_setup_cross (struct bench_run *);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel objects to create: how, and out of what. */
#pragma once

#include <bench.h>

enum object {
    OBJECT_PD, OBJECT_OBJ, OBJECT_HST, OBJECT_PIO, OBJECT_EC, OBJECT_EC_FPU, OBJECT_EC_GLOBAL, OBJECT_SC, OBJECT_PT, OBJECT_SM,
    OBJECT_NONE
};

/* Once before the others, idempotent: the EC of portals, and what global ECs do when they get to run: they block for ever */
bool            object_setup (struct bench_run *, enum object);

/* What an object of that kind needs besides: a space needs a PD without one, an SC a global EC without one. OBJECT_NONE: nothing */
enum object     object_parent (enum object);

/* Parameters of its creation. sel: where to, parent: selector of its parent, utcb: address of the UTCB of an EC */
struct hyp_regs object_regs (enum object, uint64_t sel, uint64_t parent, uintptr_t utcb);

/* Until all memory of what was destroyed is back, where the kernel tells. Fails after a second. */
bool            object_settle (struct bench_run *);

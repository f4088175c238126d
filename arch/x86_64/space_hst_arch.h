/* SPDX-License-Identifier: GPL-2.0-only */
/* x86 side of host spaces: what a CPU's top-level table holds besides the user half; loading and flushing are in pcid.h. */
#pragma once

#include <base/types.h>
#include <hpt.h>
#include <pcid.h>

struct space_pio;

/* Page walks of any CPU see the stores before it; on x86 they do anyway (Intel SDM 3A, 4.10.4.3) */
static inline void walk_fence (void) {}

/* Fills the kernel half of a top-level table of a CPU */
void root_init (uint64_t *table, cpu_t cpu, struct space_pio const *pio);

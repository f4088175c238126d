/* SPDX-License-Identifier: GPL-2.0-only */
/* x86 part of a CPU's data */
#pragma once

#include <base/atomic.h>
#include <base/types.h>

struct cpu_arch {
    _Atomic (uint64_t) stale;                           /* bit n: stale_pcid[n] may not be 0. Ordering: set after it; pcid.c, tlb.c */
    uint32_t apic_id;                                   /* fixed                                                    */
    uint32_t nmis;                                      /* arrived so far                                           */
    _Atomic (uint64_t) stale_pcid[64];                  /* PCIDs with translations that are out of date. Ordering: pcid.c, tlb.c */
};

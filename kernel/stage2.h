/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contract: page tables that translate the addresses of guests and devices. A format is an instance of ptab.h; the architecture
 * chooses one of each kind at boot, by what the machine has.
 */
#pragma once

#include <mem_delegate.h>
#include <ptab.h>

struct stage2 {
    struct mem_target target;                           /* its `space` is the root table                            */
    unsigned   (*bits)  (void);                         /* width of the addresses that it translates                */
    unsigned   (*chunk) (void);                         /* order of what one update may map: a bounded number of entries */
    void       (*dead)  (pte_slot_t *root);             /* frees a whole tree step by step after a grace period     */
};

/* Null where the hardware has nothing that would walk such tables (interface specification, 2.1: no spaces of this kind then) */
struct stage2 const *stage2_gst (void);
struct stage2 const *stage2_dma (void);

/* Leaves that one update may write between two preemption points, as an order: with 32 chunks that makes 512 */
#define STAGE2_CHUNK_BITS 4

static inline unsigned stage2_chunk (unsigned leaf_max)
{
    return MIN (leaf_max * PTAB_BPL + STAGE2_CHUNK_BITS, (unsigned)MEM_CHUNK_ORDER_MAX);
}

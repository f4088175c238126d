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
    unsigned   (*root_order) (void);                    /* pages of the root table, binary logarithm; null: one     */
    void       (*dead)  (pte_slot_t *root);             /* frees a whole tree step by step after a grace period     */
};

/* Null where the hardware has nothing that would walk such tables (interface specification, 2.1: no spaces of this kind then) */
struct stage2 const *stage2_gst (void);
struct stage2 const *stage2_dma (void);

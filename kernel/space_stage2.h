/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest spaces and DMA spaces: page tables for what is not a host execution context. Any number of them belong to a PD, which does
 * not know them. Nothing is taken from them: they hold no TAKE permission (interface specification, 4.1.2.3 and 4.1.2.4).
 */
#pragma once

#include <abi/status.h>
#include <kobject.h>
#include <ptab.h>

struct pd;
struct space_hst;
struct stage2;

struct space_stage2 {
    struct kobject       obj;                           /* KOBJECT_GST or KOBJECT_DMA                               */
    struct pd           *pd;                            /* reference                                                */
    struct stage2 const *format;                        /* fixed                                                    */
    pte_slot_t          *root;                          /* fixed; entries as ptab.h says                            */
};

/* Boot */
void        space_stage2_init (void);

/* type: KOBJECT_GST or KOBJECT_DMA. BAD_FTR: the machine has none; BAD_CAP: the PD has just gone; MEM_OBJ. */
enum status space_stage2_create (struct space_stage2 **out, struct pd *, enum kobject_type type) MUST_CHECK;
bool        space_stage2_retire (struct kobject *);

/* Number of selectors: page numbers of guest-physical or DMA-virtual addresses */
uint64_t    space_stage2_pages (struct space_stage2 const *);

/* As space_hst_delegate() */
long        space_stage2_delegate (struct space_stage2 *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                                   unsigned pmm, uint32_t mad, uint64_t *progress) MUST_CHECK;

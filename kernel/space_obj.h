/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Object space: a two-level table from selectors to capabilities. A root page points at leaf pages; where there is none, it
 * points at one read-only leaf of null capabilities, so that a look-up is two loads and no test.
 */
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/macros.h>
#include <cap.h>
#include <kobject.h>

enum {
    SEL_LEAF_BITS   = 9,
    SEL_BITS        = 18,
};

#define SEL_NUM     (UINT64_C (1) << SEL_BITS)

typedef _Atomic (uint64_t) cap_slot_t;                  /* struct cap. Ordering: release on insert, dependency on look-up */

struct space_obj {
    struct kobject       obj;
    struct pd           *pd;                            /* reference; null for the NOVA object space                */
    _Atomic (cap_slot_t *) *root;                       /* a page of 512 leaf pointers                              */
    uint32_t             retire_next;                   /* selector that the retirement has come to                 */
};

extern struct space_obj space_obj_nova;

enum status space_obj_nova_init (void) MUST_CHECK;
enum status space_obj_create (struct space_obj **out, struct pd *) MUST_CHECK;     /* BAD_CAP, MEM_OBJ              */
void        space_obj_unlink (struct kobject *);
bool        space_obj_retire (struct kobject *);

/* Any selector; beyond SEL_NUM it is a null capability */
static inline struct cap cap_lookup (_Atomic (cap_slot_t *) const *root, uint64_t sel)
{
    uint64_t const top = sel >> SEL_LEAF_BITS, low = sel & (BIT (SEL_LEAF_BITS) - 1);

    if (UNLIKELY (top >= SEL_NUM >> SEL_LEAF_BITS))
        return (struct cap) { 0 };

    cap_slot_t *const leaf = dep_load (&root[top]);

    return (struct cap) { dep_load (&leaf[low]) };
}

static inline struct cap space_obj_lookup (struct space_obj const *s, uint64_t sel) { return cap_lookup (s->root, sel); }

/* Puts a new object's capability into an empty slot and takes over the caller's reference. BAD_CAP: slot in use or selector too
 * large; MEM_CAP. On failure the caller keeps its reference. */
INDIRECT_NEVER enum status space_obj_insert (struct space_obj *, uint64_t sel, struct cap) MUST_CHECK;

/* Copies the capability at src:ssb, with permissions masked, over dst:dsb. The overwritten one loses its reference. MEM_CAP. */
INDIRECT_NEVER enum status space_obj_delegate (struct space_obj *dst, struct space_obj const *src, uint64_t dsb, uint64_t ssb,
                                               unsigned pmm) MUST_CHECK;

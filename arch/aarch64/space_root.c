/* SPDX-License-Identifier: GPL-2.0-only */
/* Page tables of host spaces: their top level, which may be several pages in a row. */
#include <space_root.h>

#include <buddy.h>

#define SLOTS_PER_STEP      64                          /* of the retirement                                        */

bool space_root_create (struct space_hst *s)
{
    s->table = buddy_alloc (hpt_root_order, BUDDY_ZERO);

    return s->table;
}

void space_root_abandon (struct space_hst *s) { buddy_free (s->table); }

void space_hst_leave (paddr_t root)
{
    if (rlx_load (&cpu_local.root) == root) {
        space_hst_switch (space_hst_root (&space_hst_nova, NULL, (cpu_t)cpu_local.id));
        isb();                                          /* the tables may go before the next ERET                   */
    }
}

bool space_root_retire (struct space_hst *s)
{
    if (!s->retire_next && !s->tag)                     /* tag_free() drops nothing, and tag 0 is loaded again and again */
        root_flush (root_tagged (kmem_phys (space_hst_nova.table), 0));

    unsigned const slots = PTAB_ENTRIES << hpt_root_order, end = MIN (s->retire_next + SLOTS_PER_STEP, slots);

    for (; s->retire_next < end; s->retire_next++) {

        uint64_t const e = rlx_load (&s->table[s->retire_next]);

        if ((e & HPT_TABLE) == HPT_TABLE)
            hpt_dead (kmem_virt (e & HPT_ADDR), hpt_levels - 2);
    }

    if (end < slots)
        return true;

    buddy_free (s->table);

    return false;
}

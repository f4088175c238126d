/* SPDX-License-Identifier: GPL-2.0-only */
/* Page tables of host spaces: the shared ones below the top level, and top-level tables per CPU. */
#include <space_root.h>

#include <base/assert.h>
#include <buddy.h>
#include <memory.h>
#include <space_pio.h>

#define TABLES_PER_STEP     32                          /* of the retirement                                        */

bool space_root_create (struct space_hst *s)
{
    s->table = buddy_alloc (0, BUDDY_ZERO);

    return s->table;
}

void space_hst_leave (paddr_t root)
{
    if (rlx_load (&cpu_local.root) == root)
        space_hst_switch (kmem_phys (acq_load (&space_hst_nova.cpu_table[cpu_local.id])));
}

/* In steps: what is below the top level, then the tables of the CPUs */
bool space_root_retire (struct space_hst *s)
{
    for (unsigned n = 0; n < TABLES_PER_STEP; n++) {

        unsigned const i = s->retire_next++;

        if (i < USER_SLOTS) {
            uint64_t const e = rlx_load (&s->table[i]);
            if (e)
                hpt_dead (kmem_virt (e & HPT_ADDR), hpt_levels - 2);

        } else if (i < USER_SLOTS + CPU_MAX)
            buddy_free (rlx_load (&s->cpu_table[i - USER_SLOTS]));

        else {
            buddy_free (s->table);
            return false;
        }
    }

    return true;
}

paddr_t space_hst_root (struct space_hst *s, struct space_pio *pio, cpu_t cpu)
{
    uint64_t *table = acq_load (&s->cpu_table[cpu]);

    if (table)
        return root_tagged (kmem_phys (table), s->tag);

    uint64_t *const fresh = buddy_alloc (0, BUDDY_ZERO);

    if (UNLIKELY (!fresh))
        return 0;

    {
        SPIN_GUARD (&s->lock);

        table = rlx_load (&s->cpu_table[cpu]);

        if (!table) {

            for (unsigned i = 0; i < USER_SLOTS; i++)
                fresh[i] = rlx_load (&s->table[i]);

            root_init (fresh, cpu, pio);
            tag_stale (cpu, s->tag);                    /* the CPU may know the tag from its last owner             */
            rel_store (&s->cpu_table[cpu], fresh);

            return root_tagged (kmem_phys (fresh), s->tag);
        }
    }

    buddy_free (fresh);

    return root_tagged (kmem_phys (table), s->tag);
}

pte_slot_t *space_root_extend (struct space_hst *s, uint64_t va)
{
    unsigned const slot = hpt_slot (va);
    pte_slot_t *const table = buddy_alloc (0, BUDDY_ZERO);

    if (UNLIKELY (!table))
        return NULL;

    SPIN_GUARD (&s->lock);

    if (rlx_load (&s->table[slot])) {
        buddy_free (table);
        return space_hst_below_top (s, va);
    }

    uint64_t const e = kmem_phys (table) | HPT_TABLE;

    for (unsigned c = 0; c < CPU_MAX; c++) {
        uint64_t *const t = rlx_load (&s->cpu_table[c]);
        if (t)
            t[slot] = e;
    }

    rel_store (&s->table[slot], e);

    return table;
}

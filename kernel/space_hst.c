/* SPDX-License-Identifier: GPL-2.0-only */
/* Host spaces: tables per CPU, delegation of memory, kernel pages for the user. */
#include <space_hst.h>

#include <abi/perm.h>
#include <base/assert.h>
#include <buddy.h>
#include <mem_delegate.h>
#include <memory.h>
#include <pd.h>
#include <slab.h>
#include <space_pio.h>
#include <tlb.h>

#define TABLES_PER_STEP     32                          /* of the retirement                                        */

static struct slab_cache cache;

struct space_hst space_hst_nova;

static enum status init (struct space_hst *s, struct pd *pd)
{
    s->table = buddy_alloc (0, BUDDY_ZERO);

    if (UNLIKELY (!s->table))
        return STATUS_MEM_OBJ;

    kobject_init (&s->obj, KOBJECT_HST);
    s->pd  = pd;
    s->tag = pd ? tag_alloc() : 0;                      /* nobody runs in the NOVA host space                       */

    return STATUS_SUCCESS;
}

enum status space_hst_nova_init (void)
{
    slab_init (&cache, sizeof (struct space_hst));

    return init (&space_hst_nova, NULL);
}

enum status space_hst_create (struct space_hst **out, struct pd *pd)
{
    struct space_hst *const s = slab_alloc (&cache);

    if (UNLIKELY (!s || init (s, pd) != STATUS_SUCCESS)) {
        slab_free (&cache, s);
        return STATUS_MEM_OBJ;
    }

    if (UNLIKELY (!kobject_try_ref (&pd->obj))) {       /* its last capability has just gone                        */
        tag_free (s->tag);
        buddy_free (s->table);
        slab_free (&cache, s);
        return STATUS_BAD_CAP;
    }

    *out = s;

    return STATUS_SUCCESS;
}

INDIRECT_TARGET void space_hst_unlink (struct kobject *o)
{
    struct space_hst *const s = container_of (o, struct space_hst, obj);

    pd_detach (s->pd, KOBJECT_HST, s);
}

void space_hst_leave (paddr_t root)
{
    if (rlx_load (&cpu_local.root) == root)
        space_hst_switch (kmem_phys (acq_load (&space_hst_nova.cpu_table[cpu_local.id])));
}

/* Its ECs have gone, and each has taken its CPU off the tables: they are loaded nowhere. In steps: what is below the top level, then
 * the tables of the CPUs. */
INDIRECT_TARGET bool space_hst_retire (struct kobject *o)
{
    struct space_hst *const s = container_of (o, struct space_hst, obj);

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
            tag_free (s->tag);
            kobject_unref (&s->pd->obj);
            slab_free (&cache, s);
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

/* Makes the table below a top-level entry: that goes into the master table and into those of the CPUs. Null: no memory. */
static NOINLINE pte_slot_t *make_below_top (struct space_hst *s, uint64_t va)
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

    uint64_t const e = kmem_phys (table) | HPT_P | HPT_W | HPT_U | HPT_A;

    for (unsigned c = 0; c < CPU_MAX; c++) {
        uint64_t *const t = rlx_load (&s->cpu_table[c]);
        if (t)
            t[slot] = e;
    }

    rel_store (&s->table[slot], e);

    return table;
}

static enum status update (struct space_hst *s, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush)
{
    /* The page below the end is never executable: a SYSCALL in its last bytes would return to a non-canonical address. */
    if (UNLIKELY (attr && va + (PAGE_SIZE << order) == USER_END))
        attr |= HPT_NX;

    pte_slot_t *table = space_hst_below_top (s, va);

    if (UNLIKELY (!table)) {

        if (!attr)
            return STATUS_SUCCESS;                      /* nothing to remove                                        */

        table = make_below_top (s, va);
        if (UNLIKELY (!table))
            return STATUS_MEM_CAP;
    }

    return hpt_update (table, hpt_levels - 1, va, pa, order, attr, flush);
}

static enum status target_update (void *s, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush)
{
    return update (s, va, pa, order, attr, flush);
}

static struct mem_target const target = { .from_phys = hpt_attr, .from_host = hpt_restrict, .leaf_max = hpt_leaf_max,
                                          .update = target_update };

INDIRECT_NEVER long space_hst_delegate (struct space_hst *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                         unsigned pmm, uint32_t mad, uint64_t *progress)
{
    bool flush = false;
    long const status = mem_delegate (&target, dst, src, ssb, dsb, ord, pmm, mad, USER_END >> PAGE_BITS, progress, &flush);

    if (flush)
        tlb_shootdown (dst);

    return status;
}

enum status space_hst_map_kernel (struct space_hst *s, uint64_t hva, void *page, bool write)
{
    bool flush = false;
    uint64_t const attr = HPT_P | HPT_U | HPT_A | HPT_D | HPT_NX | HPT_KERNEL | (write ? HPT_W : 0);
    enum status const st = update (s, hva, kmem_phys (page), 0, attr, &flush);

    if (flush)
        tlb_shootdown (s);

    return st;
}

/* The user may have put something else there. Whoever did that may not have flushed the TLBs yet: the page is about to be freed. */
void space_hst_unmap_kernel (struct space_hst *s, uint64_t hva, void const *page)
{
    hpt_remove_kernel (s->table, hva, kmem_phys (page));
    tlb_shootdown (s);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Host spaces: life, delegation of memory, kernel pages for the user. */
#include <space_hst.h>

#include <abi/perm.h>
#include <mem_delegate.h>
#include <memory.h>
#include <pd.h>
#include <slab.h>
#include <tlb.h>

static struct slab_cache cache;

struct space_hst space_hst_nova;

static enum status init (struct space_hst *s, struct pd *pd)
{
    if (UNLIKELY (!space_root_create (s)))
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
        space_root_abandon (s);
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

/* Its ECs have gone, and each has taken its CPU off the tables: they are loaded nowhere. */
INDIRECT_TARGET bool space_hst_retire (struct kobject *o)
{
    struct space_hst *const s = container_of (o, struct space_hst, obj);

    if (space_root_retire (s))
        return true;

    tag_free (s->tag);
    kobject_unref (&s->pd->obj);
    slab_free (&cache, s);

    return false;
}

static long target_update (void *s, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush)
{
    return space_hst_update (s, va, pa, order, attr, flush);
}

static struct mem_target const target = { .from_phys = hpt_attr, .from_host = hpt_restrict, .leaf_max = hpt_leaf_max,
                                          .step = HPT_STEP_ORDER, .update = target_update };

INDIRECT_NEVER long space_hst_delegate (struct space_hst *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                         unsigned pmm, uint32_t mad, uint64_t *progress)
{
    bool flush = false;
    long const status = mem_delegate (&target, dst, src, ssb, dsb, ord, pmm, mad, USER_END >> PAGE_BITS, progress, &flush);

    if (flush)
        tlb_shootdown (dst);
    else
        walk_fence();

    return status;
}

long space_hst_map_kernel (struct space_hst *s, uint64_t hva, void *page, bool write)
{
    bool flush = false;
    long const st = space_hst_update (s, hva, kmem_phys (page), 0, hpt_attr_kernel (write), &flush);

    if (flush)
        tlb_shootdown (s);
    else
        walk_fence();

    if (LIKELY (!ptab_is_met (st)))
        return st;

    preemption_point();

    return SYS_DEFER;
}

/* The user may have put something else there. Whoever did that may not have flushed the TLBs yet: the page is about to be freed. */
void space_hst_unmap_kernel (struct space_hst *s, uint64_t hva, void const *page)
{
    hpt_remove_kernel (s->table, hva, kmem_phys (page));
    tlb_shootdown (s);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest spaces and DMA spaces: life and delegation; the tables themselves are the format's. */
#include <space_stage2.h>

#include <buddy.h>
#include <pd.h>
#include <slab.h>
#include <stage2.h>

static struct slab_cache cache;

void space_stage2_init (void) { slab_init (&cache, sizeof (struct space_stage2)); }

enum status space_stage2_create (struct space_stage2 **out, struct pd *pd, enum kobject_type type)
{
    struct stage2 const *const format = type == KOBJECT_GST ? stage2_gst() : stage2_dma();

    if (UNLIKELY (!format))
        return STATUS_BAD_FTR;

    struct space_stage2 *const s = slab_alloc (&cache);

    if (UNLIKELY (!s || !(s->root = buddy_alloc (format->root_order ? format->root_order() : 0, BUDDY_ZERO)))) {
        slab_free (&cache, s);
        return STATUS_MEM_OBJ;
    }

    if (UNLIKELY (!kobject_try_ref (&pd->obj))) {       /* its last capability has just gone                        */
        buddy_free (s->root);
        slab_free (&cache, s);
        return STATUS_BAD_CAP;
    }

    kobject_init (&s->obj, type);
    s->pd     = pd;
    s->format = format;
    *out      = s;

    return STATUS_SUCCESS;
}

/* Nothing walks the tables of a space that has no reference; a delegation that had borrowed it ended a grace period ago. */
INDIRECT_TARGET bool space_stage2_retire (struct kobject *o)
{
    struct space_stage2 *const s = container_of (o, struct space_stage2, obj);

    s->format->dead (s->root);
    kobject_unref (&s->pd->obj);
    slab_free (&cache, s);

    return false;
}

uint64_t space_stage2_pages (struct space_stage2 const *s) { return BIT64 (s->format->bits() - PAGE_BITS); }

/* No CPU runs a guest and no IOMMU is programmed: nothing caches what these tables said before, so there is nothing to flush. */
long space_stage2_delegate (struct space_stage2 *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                            unsigned pmm, uint32_t mad, uint64_t *progress)
{
    struct stage2 const *const f = dst->format;
    bool flush = false;

    return mem_delegate (&f->target, dst->root, src, ssb, dsb, ord, pmm, mad, 0, progress, &flush);
}

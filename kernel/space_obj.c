/* SPDX-License-Identifier: GPL-2.0-only */
/* Object spaces: selector tables, insertion of new objects, delegation and revocation. */
#include <space_obj.h>

#include <base/assert.h>
#include <buddy.h>
#include <pd.h>
#include <slab.h>

#define LEAF_SLOTS  BIT (SEL_LEAF_BITS)
#define ROOT_SLOTS  BIT (SEL_BITS - SEL_LEAF_BITS)

#define UNREFS_PER_STEP 32                              /* of the retirement                                        */

static cap_slot_t const leaf_null[LEAF_SLOTS] ALIGNED (4096);

static struct slab_cache cache;

struct space_obj space_obj_nova;

static enum status init (struct space_obj *s, struct pd *pd)
{
    s->root = buddy_alloc (0, BUDDY_DIRTY);

    if (UNLIKELY (!s->root))
        return STATUS_MEM_OBJ;

    for (unsigned i = 0; i < ROOT_SLOTS; i++)
        atomic_init (&s->root[i], (cap_slot_t *)(uintptr_t)leaf_null);

    kobject_init (&s->obj, KOBJECT_OBJ);
    s->pd = pd;

    return STATUS_SUCCESS;
}

enum status space_obj_nova_init (void)
{
    slab_init (&cache, sizeof (struct space_obj));

    return init (&space_obj_nova, NULL);
}

enum status space_obj_create (struct space_obj **out, struct pd *pd)
{
    struct space_obj *const s = slab_alloc (&cache);

    if (UNLIKELY (!s || init (s, pd) != STATUS_SUCCESS)) {
        slab_free (&cache, s);
        return STATUS_MEM_OBJ;
    }

    if (UNLIKELY (!kobject_try_ref (&pd->obj))) {       /* its last capability has just gone                        */
        buddy_free (s->root);
        slab_free (&cache, s);
        return STATUS_BAD_CAP;
    }

    *out = s;

    return STATUS_SUCCESS;
}

/* The slot for a store; null when there is no memory for its leaf */
static cap_slot_t *slot (struct space_obj *s, uint64_t sel)
{
    _Atomic (cap_slot_t *) *const r = &s->root[sel >> SEL_LEAF_BITS];
    cap_slot_t *leaf = acq_load (r);

    if (UNLIKELY (leaf == leaf_null)) {

        cap_slot_t *const fresh = buddy_alloc (0, BUDDY_ZERO);

        if (UNLIKELY (!fresh))
            return NULL;

        if (LIKELY (atomic_cas (r, &leaf, fresh)))      /* another CPU may have been faster: then leaf is its page  */
            leaf = fresh;
        else
            buddy_free (fresh);
    }

    return &leaf[sel & (LEAF_SLOTS - 1)];
}

INDIRECT_NEVER enum status space_obj_insert (struct space_obj *s, uint64_t sel, struct cap c)
{
    if (UNLIKELY (sel >= SEL_NUM || !cap_is_null (space_obj_lookup (s, sel))))
        return STATUS_BAD_CAP;

    cap_slot_t *const p = slot (s, sel);

    if (UNLIKELY (!p))
        return STATUS_MEM_CAP;

    uint64_t empty = 0;

    return LIKELY (atomic_cas (p, &empty, c.word)) ? STATUS_SUCCESS : STATUS_BAD_CAP;
}

INDIRECT_NEVER enum status space_obj_delegate (struct space_obj *dst, struct space_obj const *src, uint64_t dsb, uint64_t ssb, unsigned pmm)
{
    struct cap c = space_obj_lookup (src, ssb);

    if (!cap_is_null (c))
        c = cap_make (cap_object (c), cap_type (c), cap_perm (c) & pmm);

    if (cap_is_null (c) && rlx_load (&dst->root[dsb >> SEL_LEAF_BITS]) == leaf_null)
        return STATUS_SUCCESS;                          /* nothing to store and nothing to overwrite                */

    if (!cap_is_null (c) && UNLIKELY (!kobject_try_ref (cap_object (c))))
        c = (struct cap) { 0 };                         /* it is going away: the source slot is being overwritten   */

    cap_slot_t *const p = slot (dst, dsb);

    if (UNLIKELY (!p)) {
        if (!cap_is_null (c))
            kobject_unref (cap_object (c));
        return STATUS_MEM_CAP;
    }

    struct cap const old = { atomic_swap (p, c.word) };

    if (!cap_is_null (old))
        kobject_unref (cap_object (old));

    return STATUS_SUCCESS;
}

INDIRECT_TARGET void space_obj_unlink (struct kobject *o)
{
    struct space_obj *const s = container_of (o, struct space_obj, obj);

    pd_detach (s->pd, KOBJECT_OBJ, s);
}

/* In steps: a leaf that is not full, or some of its references */
INDIRECT_TARGET bool space_obj_retire (struct kobject *o)
{
    struct space_obj *const s = container_of (o, struct space_obj, obj);

    while (s->retire_next < SEL_NUM) {

        cap_slot_t *const leaf = rlx_load (&s->root[s->retire_next >> SEL_LEAF_BITS]);

        if (leaf == leaf_null) {
            s->retire_next += LEAF_SLOTS;
            continue;
        }

        for (unsigned n = 0; n < UNREFS_PER_STEP; ) {

            struct cap const c = { rlx_load (&leaf[s->retire_next & (LEAF_SLOTS - 1)]) };

            if (!cap_is_null (c)) {
                kobject_unref (cap_object (c));
                n++;
            }

            if (!(++s->retire_next & (LEAF_SLOTS - 1))) {
                buddy_free (leaf);
                break;
            }
        }

        return true;
    }

    if (s->pd)
        kobject_unref (&s->pd->obj);
    buddy_free (s->root);
    slab_free (&cache, s);

    return false;
}

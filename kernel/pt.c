/* SPDX-License-Identifier: GPL-2.0-only */
/* Portals. */
#include <pt.h>

#include <ec.h>
#include <memory.h>
#include <slab.h>

static struct slab_cache cache;

void pt_init (void) { slab_init (&cache, sizeof (struct pt)); }

enum status pt_create (struct pt **out, struct ec *ec, uint64_t ip)
{
    struct pt *const pt = slab_alloc (&cache);

    if (UNLIKELY (!pt))
        return STATUS_MEM_OBJ;

    if (UNLIKELY (!kobject_try_ref (&ec->obj))) {       /* its last capability has just gone                        */
        slab_free (&cache, pt);
        return STATUS_BAD_CAP;
    }

    kobject_init (&pt->obj, KOBJECT_PT);
    pt->ec   = ec;
    pt->fast = ip < USER_END ? ec : &ec_nobody;
    pt->ip   = ip;

    *out = pt;

    return STATUS_SUCCESS;
}

INDIRECT_TARGET bool pt_retire (struct kobject *o)
{
    struct pt *const pt = container_of (o, struct pt, obj);

    kobject_unref (&pt->ec->obj);
    slab_free (&cache, pt);

    return false;
}

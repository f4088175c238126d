/* SPDX-License-Identifier: GPL-2.0-only */
/* Protection domains. */
#include <pd.h>

#include <slab.h>

static struct slab_cache cache;
static char busy;

#define PD_SPACE_BUSY ((void *)&busy)

struct pd *pd_root;

void pd_init (void) { slab_init (&cache, sizeof (struct pd)); }

enum status pd_create (struct pd **out)
{
    struct pd *const pd = slab_alloc (&cache);

    if (UNLIKELY (!pd))
        return STATUS_MEM_OBJ;

    kobject_init (&pd->obj, KOBJECT_PD);
    *out = pd;

    return STATUS_SUCCESS;
}

INDIRECT_TARGET bool pd_retire (struct kobject *o)
{
    slab_free (&cache, container_of (o, struct pd, obj));

    return false;
}

bool pd_reserve (struct pd *pd, enum kobject_type type)
{
    void *none = NULL;

    return atomic_cas (&pd->space[type], &none, PD_SPACE_BUSY);
}

void pd_attach (struct pd *pd, enum kobject_type type, void *space)
{
    rel_store (&pd->space[type], space);
}

void pd_detach (struct pd *pd, enum kobject_type type, void const *space)
{
    if (pd && rlx_load (&pd->space[type]) == space)
        rel_store (&pd->space[type], NULL);
}

void *pd_space (struct pd *pd, enum kobject_type type)
{
    void *const s = acq_load (&pd->space[type]);

    return s && s != PD_SPACE_BUSY && kobject_try_ref (s) ? s : NULL;
}

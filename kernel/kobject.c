/* SPDX-License-Identifier: GPL-2.0-only */
/* Reference counts of kernel objects and the way from the last reference to the retirement of the object. */
#include <kobject.h>

#include <base/assert.h>
#include <ec.h>
#include <pd.h>
#include <pt.h>
#include <sc.h>
#include <sm.h>
#include <space_hst.h>
#include <space_msr.h>
#include <space_obj.h>
#include <space_pio.h>
#include <space_stage2.h>

kobject_retire_t const kobject_retire[KOBJECT_TYPES] = {
    [KOBJECT_PD]  = pd_retire,
    [KOBJECT_OBJ] = space_obj_retire,
    [KOBJECT_HST] = space_hst_retire,
    [KOBJECT_GST] = space_stage2_retire,
    [KOBJECT_DMA] = space_stage2_retire,
    [KOBJECT_PIO] = space_pio_retire,
    [KOBJECT_MSR] = space_msr_retire,
    [KOBJECT_EC]  = ec_retire,
    [KOBJECT_SC]  = sc_retire,
    [KOBJECT_PT]  = pt_retire,
    [KOBJECT_SM]  = sm_retire,
    [KOBJECT_SM_INT] = sm_retire,
};

kobject_unlink_t const kobject_unlink[KOBJECT_TYPES] = {
    [KOBJECT_OBJ] = space_obj_unlink,
    [KOBJECT_HST] = space_hst_unlink,
    [KOBJECT_PIO] = space_pio_unlink,
};

INDIRECT_NEVER bool kobject_try_ref (struct kobject *o)
{
    uint32_t refs = rlx_load (&o->refs);

    while (refs)
        if (atomic_cas (&o->refs, &refs, refs + 1))
            return true;

    return false;
}

static INDIRECT_TARGET bool retire (struct rcu_head *h)
{
    struct kobject *const o = container_of (h, struct kobject, rcu);

    return kobject_retire[o->type] (o);
}

INDIRECT_NEVER void kobject_unref (struct kobject *o)
{
    if (!o)
        return;

    uint32_t const refs = atomic_sub (&o->refs, 1);
    assert (refs);

    if (LIKELY (refs != 1))
        return;

    if (kobject_unlink[o->type])
        kobject_unlink[o->type] (o);

    rcu_call (&o->rcu, retire);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduling contexts: creation, retirement, time accounting. */
#include <sc.h>

#include <cpu.h>
#include <cpu_local.h>
#include <ec.h>
#include <scheduler_hot.h>
#include <slab.h>
#include <timer.h>

static struct slab_cache cache;

void sc_init (void) { slab_init (&cache, sizeof (struct sc)); }

enum status sc_create (struct sc **out, struct ec *ec, uint16_t budget_ms, uint8_t prio, uint16_t cos)
{
    struct sc *const sc = slab_alloc (&cache);

    if (UNLIKELY (!sc))
        return STATUS_MEM_OBJ;

    if (UNLIKELY (!kobject_try_ref (&ec->obj))) {       /* its last capability has just gone                        */
        slab_free (&cache, sc);
        return STATUS_BAD_CAP;
    }

    kobject_init (&sc->obj, KOBJECT_SC);
    list_init (&sc->link);
    sc->ec     = ec;
    sc->cpu    = ec->cpu;
    sc->prio   = prio;
    sc->cos    = cos;
    sc->queue  = &cpu_local.sched.ready[prio];
    sc->word   = &cpu_local.sched.bitmap[prio / 64];
    sc->mask   = BIT64 (prio % 64);
    sc->budget = sc->limit = prio ? (int64_t)timer_ms_to_ticks (budget_ms) : SLICE_NEVER;

    *out = sc;

    return STATUS_SUCCESS;
}

INDIRECT_TARGET bool sc_retire (struct kobject *o)
{
    struct sc *const sc = container_of (o, struct sc, obj);

    if (sc->cpu != cpu_local.id) {                      /* only its CPU may touch its queues                        */
        cpu_defer (sc->cpu, &o->rcu);
        return false;
    }

    scheduler_remove (sc);
    ec_unbind_sc (sc->ec);
    kobject_unref (&sc->ec->obj);
    slab_free (&cache, sc);

    return false;
}

uint64_t sc_time (struct sc const *sc)
{
    int64_t const used = rlx_load (&sc->used);

    return (uint64_t)used + (used < 0 ? timer_now() : 0);
}

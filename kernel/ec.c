/* SPDX-License-Identifier: GPL-2.0-only */
/* Execution contexts: creation, blocking and waking, death and retirement. Running them is run.c. */
#include <ec.h>

#include <abi/event_arch.h>
#include <base/assert.h>
#include <buddy.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_local.h>
#include <fpu.h>
#include <ipc.h>
#include <pd.h>
#include <preempt.h>
#include <sc.h>
#include <scheduler_hot.h>
#include <slab.h>
#include <sm.h>
#include <space_hst.h>
#include <space_pio.h>

#define LINKS_PER_POINT 512                             /* of a call chain, between two preemption points           */

static struct slab_cache cache, fpu_cache;

/* Stands for the missing caller of an EC, so that the reply path needs no test for null */
struct ec ec_nobody;

void ec_init (void)
{
    slab_init (&cache, sizeof (struct ec));
    slab_init (&fpu_cache, fpu_size());
}

static INDIRECT_TARGET void startup (struct ec *ec)
{
    ec->cont = NULL;
    ec_arch_event (ec, EVENT_HST_ARCH + EVENT_STARTUP);
    ipc_event (ec);
}

static void init (struct ec *ec, enum ec_kind kind, cpu_t cpu)
{
    kobject_init (&ec->obj, KOBJECT_EC);
    ec->kind   = kind;
    ec->cpu    = cpu;
    ec->caller = &ec_nobody;
    ec->cont   = kind == EC_GLOBAL ? startup : NULL;
    ec->recv   = kind == EC_LOCAL ? cpu + 1U : 0;
    ec->timeout.fire = sm_timeout;
    list_init (&ec->waiting);
    list_init (&ec->sm_link);
}

static void release (struct ec *ec)
{
    if (ec->space_pio)
        kobject_unref (&ec->space_pio->obj);
    if (ec->space_hst)
        kobject_unref (&ec->space_hst->obj);
    if (ec->space_obj)
        kobject_unref (&ec->space_obj->obj);

    buddy_free (ec->utcb);
    slab_free (&fpu_cache, ec->fpu);
    slab_free (&cache, ec);
}

/* All that can fail: references on the spaces, memory, page tables, the mapping of the UTCB */
static long acquire (struct ec *ec, struct ec_args const *a)
{
    ec->space_obj = pd_space (a->pd, KOBJECT_OBJ);
    ec->space_hst = pd_space (a->pd, KOBJECT_HST);
    ec->space_pio = pd_space (a->pd, KOBJECT_PIO);

    if (UNLIKELY (!ec->space_obj || !ec->space_hst || (SPACE_PIO_REQUIRED && !ec->space_pio)))
        return STATUS_ABORTED;

    ec->utcb = buddy_alloc (0, BUDDY_ZERO);

    if (a->fpu)
        ec->fpu = slab_alloc (&fpu_cache);

    if (UNLIKELY (!ec->utcb || (a->fpu && !ec->fpu)))
        return STATUS_MEM_OBJ;

    ec->root = space_hst_root (ec->space_hst, ec->space_pio, a->cpu);

    if (UNLIKELY (!ec->root))
        return STATUS_MEM_OBJ;

    long const s = space_hst_map_kernel (ec->space_hst, a->hva, ec->utcb, true);

    return UNLIKELY (s == STATUS_MEM_CAP) ? STATUS_MEM_OBJ : s;
}

long ec_create (struct ec **out, struct ec_args const *a)
{
    struct ec *const ec = slab_alloc (&cache);

    if (UNLIKELY (!ec))
        return STATUS_MEM_OBJ;

    init (ec, a->kind, a->cpu);

    long const s = acquire (ec, a);

    if (UNLIKELY (s != STATUS_SUCCESS)) {
        release (ec);
        return s;
    }

    if (ec->fpu)
        fpu_reset (ec->fpu);

    ec->obj_root = ec->space_obj->root;
    ec->evt      = a->evt;
    ec->utcb_hva = a->hva;
    ec_arch_init_regs (ec, a->sp);

    *out = ec;

    return STATUS_SUCCESS;
}

static INDIRECT_TARGET void idle (struct ec *ec)
{
    (void)ec;

    if (cpu_local.hazard & ~(HAZARD_FPU | HAZARD_RCU) || rcu_ready() || ec_dying())
        preemption_point();
    else
        cpu_idle();
}

struct ec *ec_create_idle (cpu_t cpu)
{
    struct ec *const ec = slab_alloc (&cache);

    if (UNLIKELY (!ec))
        return NULL;

    init (ec, EC_IDLE, cpu);
    ec->root      = space_hst_root (&space_hst_nova, NULL, cpu);
    ec->space_obj = &space_obj_nova;
    ec->space_hst = &space_hst_nova;
    ec->cont      = idle;

    return ec;
}

/* Retirement takes two grace periods: the first one lets everyone forget the EC, then it is taken out of the queues in which
 * others might still find it, and after the second one nobody does. */
INDIRECT_TARGET bool ec_retire (struct kobject *o)
{
    struct ec *const ec = container_of (o, struct ec, obj);

    if (ec->cpu != cpu_local.id) {
        cpu_defer (ec->cpu, &o->rcu);
        return false;
    }

    if (!ec->retire_step) {
        ec->retire_step = 1;
        sm_cancel (ec);
        ec_kill (ec, NULL);
        rcu_call (&o->rcu, o->rcu.func);
        return false;
    }

    if (ec_wake_pending() || ec->dying)                 /* a late wake-up from another CPU may name it              */
        return true;

    timeout_remove (&ec->timeout);

    if (cpu_local.fpu_owner == ec)
        cpu_local.fpu_owner = NULL;                     /* HAZARD_FPU of the CPU, if set, switches it off           */
    if (cpu_local.current == ec)
        cpu_local.current = cpu_local.idle;

    space_hst_unmap_kernel (ec->space_hst, ec->utcb_hva, ec->utcb);
    space_hst_leave (ec->root);                         /* before the reference goes that keeps the tables          */
    release (ec);

    return false;
}

bool ec_bind_sc (struct ec *ec) { return !atomic_swap (&ec->sc_bound, true); }

void ec_unbind_sc (struct ec *ec) { rel_store (&ec->sc_bound, false); }

void ec_mark_dead (struct ec *ec, char const *reason)
{
    if (reason && !ec->dead)
        print ("EC:%p on CPU %u killed: %s (event %#lx, IP %#lx)", (void *)ec, ec->cpu, reason, ec->regs.event, REGS_IP (&ec->regs));

    ec->dead    = true;
    ec->blocked = true;
    ec->recv    = 0;
    timeout_remove (&ec->timeout);

    if (ec->callee) {                                   /* that one goes on and finds nobody to reply to            */
        ec->callee->caller = &ec_nobody;
        ec->callee = NULL;
    }
}

static inline void release_waiting (struct ec *ec)
{
    struct link *const l = ec->waiting.next;

    if (UNLIKELY (l->next != &ec->waiting))             /* more than one                                            */
        scheduler_release (&ec->waiting);

    else if (LIKELY (l != &ec->waiting)) {
        list_init (&ec->waiting);
        scheduler_ready (container_of (l, struct sc, link));
    }
}

struct ec *ec_chain_end_far (struct ec *ec)
{
    for (unsigned n = 1; ec->callee; n++) {
        ec = ec->callee;
        if (n % LINKS_PER_POINT == 0)
            preemption_point();
    }

    return ec;
}

/* Its caller goes on with ABORTED, or, if it waits with an event, dies in the next step. */
static void abort_caller (struct ec *ec)
{
    struct ec *const caller = ipc_abort_caller (ec);

    if (!caller)
        return;

    ec_mark_dead (caller, "event handler died");
    caller->dying = true;
    caller->sm_link.next = cpu_local.dying;             /* it waited for a reply, in no semaphore                   */
    cpu_local.dying = &caller->sm_link;
    cpu_local.hazard |= HAZARD_RCU;
}

/* Those whose chains came through here wait at its end: they decide again, and run the last EC of their chain that lives. */
void ec_kill (struct ec *ec, char const *reason)
{
    struct ec *const end = ec_chain_end (ec);

    abort_caller (ec);
    ec_mark_dead (ec, reason);
    release_waiting (end);
    cpu_local.next = NULL;
}

bool ec_dying (void) { return cpu_local.dying; }

void ec_bury (void)
{
    if (LIKELY (!ec_dying()))
        return;

    struct ec *const ec = container_of (cpu_local.dying, struct ec, sm_link);

    cpu_local.dying = ec->sm_link.next;
    ec->dying = false;
    abort_caller (ec);
    release_waiting (ec);                               /* chains that came through it ended here until now         */

    if (ec_dying())
        cpu_local.hazard |= HAZARD_RCU;
}

INDIRECT_NEVER void ec_wake_local (struct ec *ec)
{
    if (UNLIKELY (timeout_queued (&ec->timeout)))
        timeout_remove (&ec->timeout);

    if (UNLIKELY (ec->dead))
        return;

    ec->blocked = false;
    release_waiting (ec);
}

void ec_wake_remote (struct ec *ec)
{
    if (inbox_push (&cpu_remote[ec->cpu]->wake, &ec->wake_link))
        cpu_kick (ec->cpu);
}

INDIRECT_NEVER void ec_wake (struct ec *ec)
{
    if (LIKELY (ec->cpu == cpu_local.id))
        ec_wake_local (ec);
    else
        ec_wake_remote (ec);
}

bool ec_wake_pending (void)
{
    unsigned touch = INBOX_STEP;

    for (struct inbox_link *l; (l = inbox_next (&cpu_local.wake, &touch)); )
        ec_wake_local (container_of (l, struct ec, wake_link));

    return !inbox_empty (&cpu_local.wake);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What runs next: hazards, scheduling and continuations, until an EC is ready to return to user mode. */
#include <ec.h>

#include <abi/event_arch.h>
#include <console_sm.h>
#include <cpu.h>
#include <cpu_local.h>
#include <ec_fpu.h>
#include <ipc.h>
#include <preempt.h>
#include <scheduler_hot.h>
#include <space_hst.h>

#define RCU_PASSES      4                               /* of reclamation in one go                                 */
#define RCU_PAUSE_MS    1                               /* until it goes on, if the EC does not enter the kernel before */

static void deliver_recall (struct ec *ec)
{
    atomic_and (&ec->hazard, ~(uint32_t)HAZARD_RECALL);
    ec_arch_full_exit (ec);
    ec_arch_event (ec, EVENT_HST_ARCH + EVENT_RECALL);
    ipc_event (ec);
}

/* Work of the CPU that does not depend on what runs next, but may change it */
static NOINLINE void cpu_hazards (void)
{
    /* All of it before anyone is chosen: some of these may have the highest priority */
    while (cpu_local.hazard & HAZARD_READY) {
        cpu_ready_step();
        preemption_point();
    }

    /* What retires here cannot be cpu_local.next: an EC is killed first, which clears that, and an SC leaves the scheduler. */
    if (cpu_local.hazard & HAZARD_RCU)
        for (unsigned n = 0; n < RCU_PASSES; n++) {

            bool const more = rcu_quiescent();

            ec_bury();
            preemption_point();

            if ((!more && !ec_dying()) || cpu_local.hazard & HAZARD_PREEMPT)
                break;
        }

    if (cpu_local.hazard & HAZARD_CONSOLE) {            /* last: deaths print lines                                 */
        cpu_local.hazard &= ~HAZARD_CONSOLE;
        console_sm_signal();
    }
}

/* What keeps the chosen EC from user mode. Returns false if another one may have to run now. */
static NOINLINE bool ec_hazards (struct ec *ec)
{
    if (rlx_load (&ec->hazard) & HAZARD_RECALL) {
        deliver_recall (ec);
        return false;
    }

    ec_fpu_switch (ec);

    /* What RCU has left waits for other CPUs, or goes on in a moment: it must not hold up this EC, nor wait for its next call. But
     * others wait for this CPU if it was told so after its last pass, at a preemption point. */
    if (!cpu_local.rcu.kicked && !((cpu_local.hazard ^ rlx_load (&ec->hazard)) & ~(uint32_t)HAZARD_RCU)) {

        if (rcu_ready() || ec_dying())
            timeout_soon (RCU_PAUSE_MS);

        return true;
    }

    cpu_local.next = ec;                                /* one more pass, then this EC                              */

    return false;
}

/* In general */
static NOINLINE struct ec *run (void)
{
    for (;;) {

        if (UNLIKELY (cpu_local.hazard & (HAZARD_CONSOLE | HAZARD_RCU | HAZARD_READY)))
            cpu_hazards();

        struct ec *ec = cpu_local.next;
        cpu_local.next = NULL;

        if (!ec || UNLIKELY (cpu_local.hazard & HAZARD_SCHED))
            ec = scheduler_select();

        cpu_local.current = ec;
        space_hst_switch (ec->root);

        if (UNLIKELY (ec->cont))
            ec->cont (ec);

        else if (LIKELY (cpu_local.hazard == rlx_load (&ec->hazard)) || ec_hazards (ec))
            return ec;

        preemption_point();                             /* thousands may come here one after the other              */
    }
}

/* The SC has begun, and its slice ends before what the hardware timer is set to */
static NOINLINE COLD struct ec *run_armed (void)
{
    timeout_arm();

    return run();
}

/* It was going to user mode, and nothing has to be done first. */
static inline bool plain (struct ec const *ec, uint32_t hazard) { return !ec->cont && rlx_load (&ec->hazard) == hazard; }

/*
 * Mostly nothing is to be done but the switch: no hazards, and an EC that was going to user mode, the first or second of its chain. What
 * goes beyond that begins again in run().
 */
INDIRECT_NEVER struct ec *ec_run (void)
{
    struct scheduler *const s = &cpu_local.sched;
    uint32_t const hazard = cpu_local.hazard;

    if (UNLIKELY (hazard & (HAZARD_SCHED | HAZARD_CONSOLE | HAZARD_RCU | HAZARD_READY)))
        return run();

    struct ec *ec = cpu_local.next;

    if (!ec) {

        struct sc *sc = s->current;

        if (!sc) {
            sc = scheduler_take_best (s);
            if (UNLIKELY (scheduler_begin (s, sc)))
                return run_armed();
        }

        ec = sc->ec;

        if (UNLIKELY (ec->callee))
            ec = ec->callee;

        if (UNLIKELY (ec->callee || ec->blocked || !plain (ec, hazard)))
            return run();

    } else {

        if (UNLIKELY (!plain (ec, hazard)))
            return run();

        cpu_local.next = NULL;
    }

    cpu_local.current = ec;
    space_hst_switch (ec->root);

    return ec;
}

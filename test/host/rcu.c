/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grace periods on several CPUs: every short interleaving of two, and long random ones of four. A CPU passes a quiescent state
 * when it has been interrupted or has work of its own, as in the kernel, and sometimes without a reason.
 */
#include <ec.h>
#include <rcu.h>
#include <recall.h>
#include <scheduler.h>

#include <core.h>
#include <cpu.h>
#include <hazard.h>

#define CALLS 64

static struct call {
    struct rcu_head head;
    bool            pending;
    uint64_t        passed;                             /* CPUs that passed a quiescent state since the call        */
    unsigned        cpu;                                /* where it must run                                        */
    unsigned        again;                              /* how often it wants to be called again                    */
    unsigned        deferred;                           /* 1: under way to cpu                                      */
} call[CALLS];

static uint64_t seed = 5, online, runs;
static unsigned cpus, pending, runs_of_pass;
static bool recalls;                                    /* functions make calls                                     */

static bool run (struct rcu_head *);

static void make (struct call *c, unsigned again)
{
    assert_false (c->pending);
    c->pending  = true;
    c->passed   = 0;
    c->cpu      = cpu_local.id;
    c->again    = again;
    pending++;
    rcu_call (&c->head, run);
    assert_true (cpu_local.hazard & HAZARD_RCU);
}

static bool run (struct rcu_head *h)
{
    struct call *const c = container_of (h, struct call, head);

    assert_true (c->pending);
    assert_int_equal (c->cpu, cpu_local.id);
    assert_int_equal (c->passed & online, online);
    assert_true (++runs_of_pass <= 8);

    if (c->again) {
        c->again--;
        return true;
    }

    runs++;
    c->pending = false;
    pending--;

    if (recalls && host_random (&seed) % 3 == 0)        /* the second grace period of an object                     */
        make (c, 0);

    return false;
}

/* This CPU enters the kernel or leaves it: it holds no borrowed pointer. */
static bool quiescent (void)
{
    for (unsigned i = 0; i < CALLS; i++)
        call[i].passed |= BIT64 (cpu_local.id);

    runs_of_pass = 0;

    bool const kicked = cpuset_test (&core_kicked, (cpu_t)cpu_local.id), again = rcu_quiescent();

    if (!core_preempt)                                  /* no CPU interrupts itself                                 */
        assert_true (kicked || !cpuset_test (&core_kicked, (cpu_t)cpu_local.id));

    return again;
}

/* Other things that a kicked CPU does */
void recall_serve (void) { }
bool ec_wake_pending (void) { return false; }
bool scheduler_admit_pending (void) { return false; }
bool scheduler_release_pending (void) { return false; }

static void notice (void)
{
    if (!cpuset_test (&core_kicked, (cpu_t)cpu_local.id))
        return;

    cpuset_clear (&core_kicked, (cpu_t)cpu_local.id);

    for (unsigned i = 0; i < CALLS; i++)
        if (call[i].deferred && call[i].cpu == cpu_local.id) {
            call[i].deferred = 0;
            call[i].passed = 0;                         /* a grace period that begins on that CPU                   */
        }

    cpu_kicked();
    assert_true (rcu_ready() || !rlx_load (&rcu_outstanding));  /* it must not go idle while anybody may wait for it */
}

/* As the way out of the kernel does: nothing without a hazard */
static void leave (void)
{
    notice();
    if (cpu_local.hazard & HAZARD_RCU)
        for (unsigned n = 0; n < 4 && quiescent(); n++) ;
}

static void drain (void)
{
    for (unsigned n = 0; pending; n++) {
        assert_true (n < 500);
        for (unsigned c = 0; c < cpus; c++) {
            core_cpu (c);
            leave();
        }
    }

    for (unsigned n = 0; n < 4; n++)
        for (unsigned c = 0; c < cpus; c++) {
            core_cpu (c);
            leave();
        }

    for (unsigned c = 0; c < cpus; c++) {               /* no CPU has work that it does not know of, or thinks so   */
        core_cpu (c);
        assert_false (cpu_local.hazard & HAZARD_RCU);
        assert_false (cpu_local.rcu.next.head || cpu_local.rcu.curr.head || cpu_local.rcu.done.head);
    }

    assert_true (cpuset_empty (&core_kicked));
    core_cpu (0);
}

static void setup (unsigned n)
{
    cpus   = n;
    online = BIT64 (n) - 1;
    cpus_online.bits = online;
}

static void step (unsigned s)
{
    core_cpu (s & 1);

    switch (s >> 1) {
        case 0: quiescent(); break;
        case 1: leave(); break;
        case 2:
            for (unsigned i = 0; i < CALLS; i++)
                if (!call[i].pending) {
                    make (&call[i], 0);
                    break;
                }
    }
}

/* Behind each call: meanwhile another CPU did something, and its interrupt comes in now */
static void others (void)
{
    static bool inside;
    unsigned const self = cpu_local.id, ran = runs_of_pass;
    uint64_t const r = host_random (&seed);

    if (inside)
        return;

    inside = true;

    if (cpus > 1 && r % 3) {
        core_cpu ((self + 1 + (unsigned)(r >> 8) % (cpus - 1)) % cpus);
        r & 1 << 30 ? leave() : (void)quiescent();
        core_cpu (self);
    }

    if (r % 4)
        notice();

    runs_of_pass = ran;
    inside = false;
}

static void exhaustive (void **state)
{
    (void)state;

    setup (2);

    for (unsigned len = 1; len <= 7; len++) {

        core_preempt = len & 1 ? NULL : others;

        unsigned n = 1;
        for (unsigned i = 0; i < len; i++)
            n *= 6;

        for (unsigned s = 0; s < n; s++) {
            unsigned r = s;
            for (unsigned i = 0; i < len; i++, r /= 6)
                step (r % 6);
            drain();
        }
    }

    core_preempt = NULL;
}

static void random_cpus (void **state)
{
    (void)state;

    for (unsigned n = 1; n <= 4; n++)
        for (unsigned round = 0; round < 200; round++) {

            setup (n);
            recalls = round & 1;
            core_preempt = round & 2 ? others : NULL;

            for (unsigned i = 0; i < 400; i++) {

                uint64_t const r = host_random (&seed);
                struct call *const c = &call[(r >> 8) % CALLS];

                core_cpu ((unsigned)(r >> 32) % n);

                switch (r % 8) {
                    case 0: case 1: case 2:
                        if (!c->pending)
                            make (c, (r >> 16) % 8 ? 0 : 3);
                        break;
                    case 3:                             /* handed over to another CPU                               */
                        if (!c->pending) {
                            c->cpu      = (unsigned)(r >> 40) % n;
                            if (c->cpu == cpu_local.id)
                                break;
                            c->pending  = true;
                            c->deferred = 1;
                            c->again    = 0;
                            c->head.func = run;
                            pending++;
                            cpu_defer ((cpu_t)c->cpu, &c->head);
                            assert_true (cpuset_test (&core_kicked, (cpu_t)c->cpu));
                        }
                        break;
                    case 4: quiescent(); break;
                    case 5: notice(); break;
                    default: leave(); break;
                }
            }

            recalls = false;
            drain();
        }

    core_preempt = NULL;
    assert_true (runs > 50000);
}

/* Bounded work in a pass, order kept, and a CPU that does not answer holds up everything */
static void bounded (void **state)
{
    (void)state;

    setup (2);
    core_cpu (0);

    for (unsigned i = 0; i < 40; i++)
        make (&call[i], 0);

    for (unsigned i = 0; i < 10; i++)
        assert_false (quiescent());                     /* CPU 1 is silent                                          */

    assert_int_equal (pending, 40);
    assert_true (cpuset_test (&core_kicked, 1));
    assert_true (cpu_local.hazard & HAZARD_RCU);

    core_cpu (1);
    leave();
    core_cpu (0);

    for (unsigned left = 40; left; left -= 8) {
        assert_int_equal (pending, left);
        for (unsigned i = 0; i < 40; i++)
            assert_int_equal (call[i].pending, i >= 40 - left);
        assert_int_equal (quiescent(), left > 8);
    }

    assert_int_equal (pending, 0);
    drain();

    make (&call[0], 1000000);                           /* never finished: others run all the same                  */
    for (unsigned i = 1; i < 20; i++)
        make (&call[i], 0);
    for (unsigned i = 0; i < 20; i++) {
        core_cpu (0);
        quiescent();
        core_cpu (1);
        quiescent();
    }
    assert_int_equal (pending, 1);
    call[0].again = 0;
    drain();
}

/* Calls that keep coming do not hold up the earlier ones */
static void not_starved (void **state)
{
    (void)state;

    setup (2);
    core_cpu (0);
    make (&call[CALLS - 1], 0);

    for (unsigned i = 0; i < 8; i++) {
        core_cpu (0);
        make (&call[i], 0);
        quiescent();
        core_cpu (1);
        quiescent();
    }

    assert_false (call[CALLS - 1].pending);
    assert_false (call[0].pending);
    drain();
}

static unsigned points;

static void point (void)
{
    points++;
    if (points % 5 == 0)
        cpu_local.hazard |= HAZARD_SCHED;
}

/* Interrupts come in behind each call; when somebody else may have to run, the rest waits for the next pass, which makes one at least. */
static void preempted (void **state)
{
    (void)state;

    setup (1);
    core_cpu (0);
    points = 0;
    core_preempt = point;

    for (unsigned i = 0; i < 40; i++)
        make (&call[i], 0);

    for (unsigned passes = 0; pending; passes++) {
        unsigned const before = pending;
        bool const more = quiescent();
        assert_int_equal (more, pending > 0);
        assert_int_equal (before - pending, 5);
        assert_int_equal (points, 40 - pending);
        assert_int_equal (cpu_local.hazard & HAZARD_SCHED, HAZARD_SCHED);
        cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
        assert_true (passes < 8);
    }

    for (unsigned i = 0; i < 10; i++)
        make (&call[i], 0);
    for (unsigned left = 10; left; left--) {            /* it may stay so for long                                  */
        cpu_local.hazard |= HAZARD_SCHED;
        assert_int_equal (pending, left);
        quiescent();
    }

    core_preempt = NULL;
    cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
    assert_int_equal (pending, 0);
    drain();
}

static int group (void **state)
{
    (void)state;

    cpu_local.token = 1;
    cpu_remote[0] = &cpu_local;

    for (unsigned c = CORE_CPUS; c--; ) {
        core_cpu (c);
        rcu_cpu_init();
    }

    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (bounded),
        cmocka_unit_test (not_starved),
        cmocka_unit_test (preempted),
        cmocka_unit_test (exhaustive),
        cmocka_unit_test (random_cpus),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}

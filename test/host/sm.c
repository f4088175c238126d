/* SPDX-License-Identifier: GPL-2.0-only */
/* Semaphores on two CPUs, with real threads' worth of ECs: order, overflow, timeouts against releases, retirement. */
#include <sm.h>

#include <core.h>
#include <ec.h>
#include <ipc.h>
#include <pd.h>
#include <sc.h>
#include <scheduler_hot.h>
#include <space_hst.h>
#include <space_obj.h>
#include <space_pio.h>

#define ECS 24

static struct pd *pd;
static struct { struct space_obj *obj; struct space_hst *hst; struct space_pio *pio; } space;
static struct ec *ec[ECS];
static struct sc *sc[ECS];
static size_t pages;
static uint64_t seed = 23;

static struct sm *sem (uint64_t count)
{
    struct sm *s;
    assert_int_equal (sm_create (&s, count, SM_NO_INT), STATUS_SUCCESS);
    return s;
}

static void drop (struct kobject *o)
{
    kobject_unref (o);
    core_settle();
}

static void no_event (struct ec *e) { (void)e; fail(); }

static void idle (unsigned cpu)
{
    struct sc *s;

    core_cpu (cpu);
    cpu_local.idle = cpu_local.current = ec_create_idle ((cpu_t)cpu);
    assert_non_null (cpu_local.idle);
    assert_int_equal (sc_create (&s, cpu_local.idle, 1000, 0, 0), STATUS_SUCCESS);
    scheduler_ready (s);
}

static void notice (unsigned c)
{
    unsigned const old = cpu_local.id;

    core_cpu (c);
    core_notice();
    cpu_local.hazard &= ~(uint32_t)HAZARD_RCU;
    core_cpu (old);
}

/* Even ones on CPU 0, odd ones on CPU 1; ready */
static void make (unsigned i)
{
    struct ec_args const args = { .pd = pd, .kind = EC_GLOBAL, .cpu = i % 2, .hva = 0x1000 * (i + 1) };

    assert_int_equal (ec_create (&ec[i], &args), STATUS_SUCCESS);
    ec[i]->cont = no_event;
    REGS_P0 (&ec[i]->regs) = 0x77;
    assert_true (ec_bind_sc (ec[i]));
    assert_false (ec_bind_sc (ec[i]));
    assert_int_equal (sc_create (&sc[i], ec[i], 10, 5, 0), STATUS_SUCCESS);
    scheduler_admit (sc[i]);
    notice (i % 2);
    assert_false (ec[i]->blocked);
}

static int setup (void **state)
{
    (void)state;

    for (unsigned i = 0; i < ECS; i++)
        make (i);

    return 0;
}

/* Every EC and SC goes, whatever it waits for */
static int teardown (void **state)
{
    (void)state;

    for (unsigned c = 2; c--; ) {                       /* they ran last                                            */
        core_cpu (c);
        rlx_store (&cpu_local.root, ec[c]->root);
    }

    for (unsigned i = 0; i < ECS; i++) {
        kobject_unref (&sc[i]->obj);
        kobject_unref (&ec[i]->obj);
    }

    core_settle();
    assert_true (core_pages() + 20 > pages);            /* tables of the space stay                                 */

    for (unsigned c = 0; c < 2; c++) {
        core_cpu (c);
        assert_int_equal (rlx_load (&cpu_local.root), cpu_local.idle->root);    /* the space may go at any time now */
        assert_null (cpu_local.timeouts.root);
        assert_true (inbox_empty (&cpu_local.wake));
        for (unsigned p = 1; p < PRIORITIES; p++)
            assert_true (list_empty (&cpu_local.sched.ready[p]));
    }

    core_cpu (0);

    return 0;
}

/* The EC runs, on its own CPU, in a hypercall */
static long down (unsigned i, struct sm *sm, bool zero, uint64_t timeout)
{
    core_cpu (i % 2);

    struct scheduler *const s = &cpu_local.sched;

    if (s->current)
        scheduler_preempt();

    scheduler_remove (sc[i]);                           /* from wherever it is ready                                */
    scheduler_start (s, sc[i]);

    long const r = sm_down (sm, ec[i], zero, timeout);

    assert_int_equal (ec[i]->blocked, r == SYS_DEFER);

    if (r != SYS_DEFER) {
        scheduler_stop (s, sc[i]);
        list_init (&sc[i]->link);
    } else
        assert_ptr_equal (ec[i]->waiting.next, &sc[i]->link);

    core_cpu (0);

    return r;
}

/* Goes on, with this status */
static void assert_woken (unsigned i, enum status st)
{
    notice (i % 2);
    assert_false (ec[i]->blocked);
    assert_int_equal (REGS_P0 (&ec[i]->regs), st);
    assert_null (rlx_load (&ec[i]->sm));
    assert_false (timeout_queued (&ec[i]->timeout));
    assert_true (list_empty (&ec[i]->waiting));
    REGS_P0 (&ec[i]->regs) = 0x77;
}

static void assert_blocked (unsigned i, struct sm *sm)
{
    notice (i % 2);
    assert_true (ec[i]->blocked);
    assert_ptr_equal (rlx_load (&ec[i]->sm), sm);
}

static void counting (void **state)
{
    (void)state;

    struct sm *const a = sem (0), *const b = sem (3), *const c = sem (~UINT64_C (0) - 1);

    assert_int_equal (sm_up (a, NULL), STATUS_SUCCESS);
    assert_int_equal (a->count, 1);
    assert_int_equal (down (0, a, false, 0), STATUS_SUCCESS);
    assert_int_equal (a->count, 0);

    assert_int_equal (down (0, b, false, 0), STATUS_SUCCESS);
    assert_int_equal (b->count, 2);
    assert_int_equal (down (0, b, true, 0), STATUS_SUCCESS);
    assert_int_equal (b->count, 0);
    assert_int_equal (sm_up (b, NULL), STATUS_SUCCESS);
    assert_int_equal (down (0, b, true, 0), STATUS_SUCCESS);
    assert_int_equal (b->count, 0);

    assert_int_equal (sm_up (c, NULL), STATUS_SUCCESS);
    assert_int_equal (sm_up (c, NULL), STATUS_OVRFLOW);
    assert_int_equal (sm_up (c, NULL), STATUS_OVRFLOW);
    assert_int_equal (c->count, ~UINT64_C (0));
    assert_int_equal (down (0, c, false, 0), STATUS_SUCCESS);
    assert_int_equal (c->count, ~UINT64_C (0) - 1);
    assert_int_equal (down (0, c, true, 0), STATUS_SUCCESS);
    assert_int_equal (c->count, 0);

    assert_int_equal (down (0, c, true, 0), SYS_DEFER);
    assert_blocked (0, c);
    assert_int_equal (sm_up (c, NULL), STATUS_SUCCESS);
    assert_woken (0, STATUS_SUCCESS);
    assert_int_equal (c->count, 0);                     /* not counted twice                                        */

    drop (&a->obj), drop (&b->obj), drop (&c->obj);
}

static void fifo (void **state)
{
    (void)state;

    struct sm *const s = sem (0);

    for (unsigned round = 0; round < 3; round++) {

        for (unsigned i = 0; i < ECS; i++)
            assert_int_equal (down ((i * 7 + round) % ECS, s, i & 1, 0), SYS_DEFER);

        for (unsigned i = 0; i < ECS; i++) {
            assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
            assert_woken ((i * 7 + round) % ECS, STATUS_SUCCESS);
            for (unsigned j = i + 1; j < ECS; j++)
                assert_blocked ((j * 7 + round) % ECS, s);
            assert_int_equal (s->count, 0);
        }
    }

    drop (&s->obj);
}

/* A remote CPU releases several before the CPU notices: they become ready in the order of release, last of their priority */
static void remote_order (void **state)
{
    (void)state;

    struct sm *const s = sem (0);

    for (unsigned i = 1; i < ECS; i += 2)
        assert_int_equal (down (i, s, false, 0), SYS_DEFER);

    core_kicked.bits = 0;
    for (unsigned i = 1; i < ECS; i += 2) {
        assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
        assert_true (ec[i]->blocked);                   /* only its CPU lets it run                                 */
        assert_true (cpuset_test (&core_kicked, 1));
    }

    core_cpu (1);
    core_notice();

    struct link *l = cpu_local.sched.ready[5].next;
    for (unsigned i = 1; i < ECS; i += 2, l = l->next)
        assert_ptr_equal (l, &sc[i]->link);
    assert_ptr_equal (l, &cpu_local.sched.ready[5]);

    core_cpu (0);
    drop (&s->obj);
}

static void at (uint64_t time, unsigned cpu)
{
    core_cpu (cpu);
    core_time = time;
    timeout_interrupt();
    core_cpu (0);
}

static void timeouts (void **state)
{
    (void)state;

    struct sm *const s = sem (0);

    for (unsigned i = 0; i < 2; i++) {                  /* on either CPU                                            */

        uint64_t const t = core_time;

        assert_int_equal (down (i, s, false, t + 100), SYS_DEFER);
        at (t + 99, i);
        assert_blocked (i, s);
        at (t + 100, i);
        assert_woken (i, STATUS_TIMEOUT);
        assert_true (list_empty (&s->queue));
        assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
        assert_int_equal (s->count, 1);
        assert_int_equal (down (i, s, false, core_time + 5), STATUS_SUCCESS);       /* no timeout when not blocked  */
        assert_false (timeout_queued (&ec[i]->timeout));

        assert_int_equal (down (i, s, false, t + 200), SYS_DEFER);      /* released in time                         */
        assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
        assert_woken (i, STATUS_SUCCESS);
        at (t + 300, i);
        assert_int_equal (REGS_P0 (&ec[i]->regs), 0x77);
        assert_int_equal (s->count, 0);

        assert_int_equal (down (i, s, false, t), SYS_DEFER);            /* in the past: at once                     */
        at (core_time, i);
        assert_woken (i, STATUS_TIMEOUT);
    }

    drop (&s->obj);
}

/* Released by another CPU and timed out before its own CPU notices, or the other way round: one of them wins, once */
static void races (void **state)
{
    (void)state;

    struct sm *const s = sem (0);
    uint64_t t = core_time;

    assert_int_equal (down (1, s, false, t + 100), SYS_DEFER);
    assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS); /* CPU 0                                                    */
    at (t + 100, 1);                                    /* CPU 1: the timeout finds it taken                        */
    assert_int_equal (REGS_P0 (&ec[1]->regs), STATUS_SUCCESS);
    assert_true (ec[1]->blocked);
    assert_woken (1, STATUS_SUCCESS);
    assert_int_equal (s->count, 0);

    t = core_time;
    assert_int_equal (down (1, s, false, t + 100), SYS_DEFER);
    at (t + 100, 1);
    assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS); /* nobody waits any more                                    */
    assert_woken (1, STATUS_TIMEOUT);
    assert_int_equal (s->count, 1);
    assert_int_equal (down (1, s, true, 0), STATUS_SUCCESS);

    /* The third in the queue times out, the others keep their order */
    t = core_time;
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal (down (i, s, false, i == 2 ? t + 10 : t + 1000), SYS_DEFER);
    at (t + 10, 0);
    assert_woken (2, STATUS_TIMEOUT);
    static unsigned const order[] = { 0, 1, 3, 4, 5 };
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
        assert_woken (order[i], STATUS_SUCCESS);
    }

    /* Waits again at once, released before it runs: the wake-up belongs to the right wait */
    assert_int_equal (down (1, s, false, 0), SYS_DEFER);
    assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
    assert_woken (1, STATUS_SUCCESS);
    assert_int_equal (down (1, s, false, 0), SYS_DEFER);
    notice (1);
    assert_blocked (1, s);
    assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
    assert_woken (1, STATUS_SUCCESS);

    drop (&s->obj);
}

static void retirement (void **state)
{
    (void)state;

    for (unsigned n = 0; n <= ECS; n++)                 /* more than one step's worth                               */
        for (unsigned timed = 0; timed < 2; timed++) {

            size_t const before = core_pages();
            struct sm *const s = sem (0);
            uint64_t const t = core_time;

            for (unsigned i = 0; i < n; i++)
                assert_int_equal (down (i, s, false, timed ? t + 100 + i : 0), SYS_DEFER);

            kobject_unref (&s->obj);
            for (unsigned i = 0; i < n; i++)
                assert_true (ec[i]->blocked);           /* a grace period first                                     */
            core_settle();

            for (unsigned i = 0; i < n; i++)
                assert_woken (i, STATUS_ABORTED);
            at (t + 1000, 0);
            at (t + 1000, 1);
            for (unsigned i = 0; i < ECS; i++)
                assert_int_equal (REGS_P0 (&ec[i]->regs), 0x77);
            assert_true (core_pages() == before || core_pages() == before + 1);
        }
}

static void pass_all (void)
{
    for (unsigned n = 0; n < 4; n++)
        for (unsigned c = 0; c < 2; c++) {
            core_cpu (c);
            core_notice();
            rcu_quiescent();
        }

    core_cpu (0);
}

/* A CPU may have found the semaphore through a waiter when that was released: a second grace period covers that CPU. */
static void second_grace_period (void **state)
{
    (void)state;

    size_t const before = core_pages();

    for (unsigned waiters = 0; waiters < 2; waiters++) {

        struct sm *const s = sem (0);

        assert_int_equal (core_pages(), before - 1);
        if (waiters)
            assert_int_equal (down (0, s, false, 0), SYS_DEFER);
        kobject_unref (&s->obj);

        for (unsigned n = 0; n < 8; n++) {              /* CPU 1 stays where it is                                  */
            core_notice();
            rcu_quiescent();
        }

        assert_true (!waiters || ec[0]->blocked);

        while (waiters && ec[0]->blocked) {
            core_cpu (1);
            core_notice();
            rcu_quiescent();
            core_cpu (0);
            core_notice();
            rcu_quiescent();
        }

        if (waiters) {
            assert_woken (0, STATUS_ABORTED);
            for (unsigned n = 0; n < 8; n++) {
                core_notice();
                rcu_quiescent();
            }
            assert_int_equal (core_pages(), before - 1);
        }

        pass_all();
        assert_int_equal (core_pages(), before);
    }
}

/* ECs that wait go away themselves: the queue forgets them, and a later up does not find them */
static void dying_waiters (void **state)
{
    (void)state;

    struct sm *const s = sem (0);

    for (unsigned i = 0; i < 6; i++)
        assert_int_equal (down (i, s, false, i < 2 ? core_time + 50 : 0), SYS_DEFER);

    for (unsigned i = 0; i < 6; i++)
        if (i != 3) {
            kobject_unref (&sc[i]->obj);
            kobject_unref (&ec[i]->obj);
        }

    core_settle();
    assert_ptr_equal (s->queue.next, &ec[3]->sm_link);
    assert_ptr_equal (s->queue.prev, &ec[3]->sm_link);
    assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
    assert_woken (3, STATUS_SUCCESS);
    assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
    assert_int_equal (s->count, 1);
    at (core_time + 100, 0);
    at (core_time + 100, 1);
    drop (&s->obj);

    for (unsigned i = 0; i < 6; i++)
        if (i != 3)
            make (i);                                   /* for the teardown                                         */
}

/* Against a model: a counter and a queue */
static void random_model (void **state)
{
    (void)state;

    struct sm *s = sem (0);
    unsigned queue[ECS], n = 0;
    uint64_t count = 0, deadline[ECS] = { 0 };
    bool waits[ECS] = { 0 };

    for (unsigned k = 0; k < 30000; k++) {

        uint64_t const r = host_random (&seed);
        unsigned const i = (unsigned)(r >> 8) % ECS;

        switch (r % 8) {

            case 0: case 1: case 2:
                if (waits[i])
                    break;
                notice (i % 2);
                {
                    bool const zero = r >> 20 & 1;
                    uint64_t const t = r >> 21 & 1 ? core_time + 1 + (r >> 24) % 60 : 0;
                    long const st = down (i, s, zero, t);
                    assert_int_equal (st, count ? STATUS_SUCCESS : SYS_DEFER);
                    if (count)
                        count = zero ? 0 : count - 1;
                    else {
                        queue[n++]  = i;
                        waits[i]    = true;
                        deadline[i] = t;
                    }
                }
                break;

            case 3: case 4: case 5:
                core_cpu (r >> 20 & 1);
                assert_int_equal (sm_up (s, NULL), STATUS_SUCCESS);
                core_cpu (0);
                if (n) {
                    unsigned const w = queue[0];
                    memmove (queue, queue + 1, --n * sizeof *queue);
                    waits[w] = false;
                    if (r >> 21 & 1)
                        assert_woken (w, STATUS_SUCCESS);
                    else
                        assert_int_equal (REGS_P0 (&ec[w]->regs), STATUS_SUCCESS);
                } else
                    count++;
                break;

            case 6: {
                core_time += (r >> 24) % 30;
                for (unsigned c = 0; c < 2; c++)
                    at (core_time, c);
                unsigned keep = 0;
                for (unsigned j = 0; j < n; j++) {
                    unsigned const w = queue[j];
                    if (deadline[w] && deadline[w] <= core_time) {
                        assert_woken (w, STATUS_TIMEOUT);
                        waits[w] = false;
                    } else
                        queue[keep++] = w;
                }
                n = keep;
                break;
            }

            case 7:
                notice (i % 2);
                if (r >> 40 & 0xff)
                    break;
                drop (&s->obj);
                for (unsigned j = 0; j < n; j++) {
                    assert_woken (queue[j], STATUS_ABORTED);
                    waits[queue[j]] = false;
                }
                n = 0;
                count = r >> 50 & 3;
                s = sem (count);
                break;
        }

        assert_int_equal (s->count, count);

        unsigned j = 0;
        for (struct link const *l = s->queue.next; l != &s->queue; l = l->next)
            assert_ptr_equal (container_of (l, struct ec, sm_link), ec[queue[j++]]);
        assert_int_equal (j, n);
    }

    drop (&s->obj);
}

static int group (void **state)
{
    (void)state;

    core_init (2);
    idle (1);
    idle (0);

    assert_int_equal (pd_create (&pd), STATUS_SUCCESS);
    assert_true (pd_reserve (pd, KOBJECT_OBJ) && pd_reserve (pd, KOBJECT_HST) && pd_reserve (pd, KOBJECT_PIO));
    assert_int_equal (space_obj_create (&space.obj, pd), STATUS_SUCCESS);
    assert_int_equal (space_hst_create (&space.hst, pd), STATUS_SUCCESS);
    assert_int_equal (space_pio_create (&space.pio, pd), STATUS_SUCCESS);
    pd_attach (pd, KOBJECT_OBJ, space.obj);
    pd_attach (pd, KOBJECT_HST, space.hst);
    pd_attach (pd, KOBJECT_PIO, space.pio);
    pages = core_pages();

    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown (f, setup, teardown)

int main (void)
{
    struct CMUnitTest const tests[] = {
        TEST (counting),
        TEST (fifo),
        TEST (remote_order),
        TEST (timeouts),
        TEST (races),
        TEST (retirement),
        TEST (second_grace_period),
        TEST (dying_waiters),
        TEST (random_model),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Work that user space can make as long as it likes is done in steps of a bounded size, in the right order, to its end. */
#include <core.h>
#include <cpu.h>
#include <ec.h>
#include <hazard.h>
#include <ipc.h>
#include <memory.h>
#include <pd.h>
#include <sc.h>
#include <scheduler_hot.h>
#include <space_hst.h>

#define MS 2

static struct pd *pd;
static struct ec idle_ec;
static unsigned points;

static void point (void) { points++; }

/* A CPU with its idle SC alone */
static void begin (void)
{
    struct sc *idle;

    memset (&cpu_local.sched, 0, sizeof cpu_local.sched);
    core_timer[0] = ~UINT64_C (0);
    timeout_cpu_init();
    scheduler_cpu_init();
    cpu_local.hazard = 0;

    idle_ec = (struct ec) { .kind = EC_IDLE };
    kobject_init (&idle_ec.obj, KOBJECT_EC);
    list_init (&idle_ec.waiting);
    assert_int_equal (sc_create (&idle, &idle_ec, MS, 0, 0), STATUS_SUCCESS);
    scheduler_ready (idle);
    assert_ptr_equal (scheduler_select(), &idle_ec);
}

enum { CROWD = 200 };

static struct ec crowd_ec[CROWD];
static struct sc *crowd[CROWD];

/* SCs that wait at the end of a chain, in the order of their numbers; two priorities take turns */
static void crowd_wait (struct ec *server, struct ec const *end)
{
    for (unsigned i = 0; i < CROWD; i++) {
        crowd_ec[i] = (struct ec) { .kind = EC_GLOBAL };
        kobject_init (&crowd_ec[i].obj, KOBJECT_EC);
        list_init (&crowd_ec[i].waiting);
        assert_int_equal (sc_create (&crowd[i], &crowd_ec[i], MS, 5 + i % 2, 0), STATUS_SUCCESS);
        crowd_ec[i].callee = server;
        scheduler_admit (crowd[i]);
        assert_ptr_equal (scheduler_select(), &idle_ec);
        assert_ptr_equal (end->waiting.prev, &crowd[i]->link);
    }
}

/* Too many for one step: the rest follows in steps, in order; one may go meanwhile, and others may be released. */
static void released (void **state)
{
    (void)state;

    static struct ec server, other;
    unsigned steps = 0;

    begin();
    server = (struct ec) { .kind = EC_LOCAL, .blocked = true };
    other  = (struct ec) { .kind = EC_LOCAL, .blocked = true };
    list_init (&server.waiting);
    list_init (&other.waiting);
    crowd_wait (&server, &server);
    list_remove (&crowd[CROWD - 1]->link);
    list_append (&other.waiting, &crowd[CROWD - 1]->link);
    list_remove (&crowd[CROWD - 2]->link);
    list_append (&other.waiting, &crowd[CROWD - 2]->link);

    ec_wake (&server);
    assert_true (list_empty (&server.waiting));
    assert_true (cpu_local.hazard & HAZARD_READY && cpu_local.hazard & HAZARD_SCHED);
    assert_false (list_empty (&cpu_local.sched.released));
    ec_wake (&other);                                   /* behind those                                             */
    assert_true (list_empty (&other.waiting));

    for (; cpu_local.hazard & HAZARD_READY; steps++) {

        struct link *const first = cpu_local.sched.released.next;

        if (!steps) {                                   /* one goes on its way from one place to the other          */
            scheduler_remove (crowd[100]);
            list_init (&crowd[100]->link);
        }

        assert_true (!steps || first == &crowd[32 + steps * 32 + (32 + steps * 32 > 100)]->link);
        cpu_ready_step();
    }

    assert_int_equal (steps, (CROWD - 1 - 32 + 31) / 32);
    assert_true (list_empty (&cpu_local.sched.released));

    for (unsigned p = 0; p < 2; p++) {
        struct link *l = cpu_local.sched.ready[5 + p].next;
        for (unsigned i = p; i < CROWD; i += 2)
            if (i != 100) {
                assert_ptr_equal (l, &crowd[i]->link);
                l = l->next;
            }
        assert_ptr_equal (l, &cpu_local.sched.ready[5 + p]);
    }

    for (unsigned i = 0; i < CROWD; i++)
        kobject_unref (&crowd[i]->obj);
    core_settle();
}

/* A chain is as long as user space likes: interrupts come in on the way to its end. */
static void far_end (void **state)
{
    (void)state;

    enum { FAR = 5000 };

    static struct ec link[FAR];

    for (unsigned n = 1; n <= FAR; n = n < 8 ? n + 1 : n * 3 > FAR && n < FAR ? FAR : n * 3) {

        for (unsigned i = 0; i < n; i++)
            link[i] = (struct ec) { .callee = i + 1 < n ? &link[i + 1] : NULL };

        points = 0;
        core_preempt = point;
        assert_ptr_equal (ec_chain_end (&link[0]), &link[n - 1]);
        core_preempt = NULL;
        assert_true (points <= n / 512 && points + 1 >= n / 512);
    }
}

/* The end of a chain of events dies, and the others in one step each; SCs that wait on the way decide again. */
static void deaths (void **state)
{
    (void)state;

    enum { LENGTH = 50 };

    static struct ec link[LENGTH];

    begin();

    for (unsigned i = 0; i < LENGTH; i++) {
        link[i] = (struct ec) { .callee = i + 1 < LENGTH ? &link[i + 1] : NULL, .caller = i ? &link[i - 1] : &ec_nobody,
                                .reply = i + 1 == LENGTH ? REPLY_NONE : i == 9 ? REPLY_CALL : REPLY_EVENT };
        list_init (&link[i].waiting);
    }

    link[LENGTH - 1].blocked = true;
    crowd_wait (&link[0], &link[LENGTH - 1]);
    crowd_ec[3].callee = &link[20];

    host_lines_reset();
    ec_kill (&link[LENGTH - 1], NULL);
    assert_true (ec_dying() && cpu_local.hazard & HAZARD_RCU);

    for (unsigned i = LENGTH - 2; i > 9; i--) {

        assert_true (ec_dying() && link[i].dead && link[i].dying && link[i].blocked);
        assert_false (i > 0 && link[i - 1].dead);
        assert_true (list_empty (&link[i + 1].waiting));

        while (cpu_local.hazard & HAZARD_READY)
            cpu_ready_step();

        assert_ptr_equal (scheduler_select(), &idle_ec);  /* all of them find the EC that has just died               */
        assert_true (i <= 20 || !list_empty (&link[i].waiting));
        cpu_local.hazard &= ~(uint32_t)HAZARD_RCU;
        ec_bury();
        assert_false (link[i].dying);
    }

    assert_false (ec_dying());                          /* number 9 waited with a call: it goes on                  */
    assert_false (link[9].dead || link[9].callee);
    for (unsigned i = 0; i < 9; i++)
        assert_true (!link[i].dead && link[i].callee == &link[i + 1]);

    while (cpu_local.hazard & HAZARD_READY)
        cpu_ready_step();
    assert_ptr_equal (scheduler_select(), &link[9]);

    host_lines_reset();
    for (unsigned i = 0; i < CROWD; i++)
        kobject_unref (&crowd[i]->obj);
    core_settle();
}

static void put (struct space_hst *s, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm)
{
    uint64_t progress = 0;
    long st;

    while ((st = space_hst_delegate (s, &space_hst_nova, ssb, dsb, ord, pmm, 0, &progress)) == SYS_DEFER)
        core_settle();

    assert_int_equal (st, STATUS_SUCCESS);
}

/* Points while one area is delegated */
static unsigned points_of (struct space_hst *s, uint64_t dsb, unsigned ord, unsigned pmm)
{
    core_settle();
    points = 0;
    core_preempt = point;
    uint64_t progress = 0;
    cpu_local.hazard = 0;
    long const st = space_hst_delegate (s, &space_hst_nova, 0x4000000000 >> 12, dsb, ord, pmm, 0, &progress);
    core_preempt = NULL;
    assert_int_equal (st, STATUS_SUCCESS);

    return points;
}

static unsigned calls (void)
{
    for (unsigned c = CORE_CPUS; c--; ) {               /* CPU 0 last                                               */
        core_cpu (c);
        if (c)
            rcu_quiescent();
    }

    cpu_local.hazard |= HAZARD_SCHED;                   /* one call a pass                                          */
    uint32_t const before = rlx_load (&rcu_outstanding);
    rcu_quiescent();
    uint32_t const after = rlx_load (&rcu_outstanding);
    return after > before ? after - before : 0;
}

/* At most 64 entries between two points, a revocation takes what is there in one go, and dead tables and spaces go in steps. */
static void spaces (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_hst *s;
    unsigned most = 0;

    assert_int_equal (space_hst_create (&s, pd), STATUS_SUCCESS);

    for (unsigned one_g = 0; one_g < 2; one_g++) {
        core_1g = one_g;
        for (unsigned ord = 0; ord <= 18; ord++) {
            unsigned const entries = ord < 9 ? 1U << ord : ord < 18 ? 1U << (ord - 9) : one_g ? 1 : 512;
            assert_int_equal (points_of (s, BIT64 (20), ord, 7), entries > 64 ? entries / 64 - 1 : 0);
        }
        put (s, 0, BIT64 (20), 20, 0);
    }

    /* 512 tables side by side: cut off 64 at a time, or as a tree, which then has as many calls in a step */
    for (unsigned tree = 0; tree < 2; tree++) {

        for (unsigned i = 0; i < 512; i++)
            put (s, 0x10000, BIT64 (20) + i * 512, 0, 7);

        assert_int_equal (points_of (s, BIT64 (20), tree ? 18 : 17, 0), tree ? 0 : 3);
    }

    for (unsigned idle = 0; idle < 3; ) {
        unsigned const n = calls();
        most = MAX (most, n);
        idle = rlx_load (&rcu_outstanding) ? 0 : idle + 1;
    }
    assert_int_equal (most, 64);

    for (unsigned i = 0; i < USER_SLOTS; i++)           /* a table in each slot                                     */
        put (s, 0x10000, (uint64_t)i << 27, 0, 7);

    core_settle();
    kobject_unref (&s->obj);
    most = 0;
    for (unsigned idle = 0; idle < 3; ) {
        unsigned const n = calls();
        most = MAX (most, n);
        idle = rlx_load (&rcu_outstanding) ? 0 : idle + 1;
    }
    assert_int_equal (most, 32);

    cpu_local.hazard = 0;
    core_settle();
    assert_int_equal (core_pages(), base);
}

static int group (void **state)
{
    (void)state;

    core_init (CORE_CPUS);

    return pd_create (&pd) != STATUS_SUCCESS;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (released),
        cmocka_unit_test (far_end),
        cmocka_unit_test (deaths),
        cmocka_unit_test (spaces),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}

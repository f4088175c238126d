/* SPDX-License-Identifier: GPL-2.0-only */
/* The scheduler of one CPU against a model: queues, budgets, times. The hardware timer interrupts as it was set. */
#include <scheduler.h>

#include <core.h>
#include <ec.h>
#include <sc.h>
#include <scheduler_hot.h>

#define SCS     40
#define BUDGET  (MS * 1000)
#define MS      2

enum state { NONE, READY, CURRENT, WAITING };

static struct ec ec[SCS];
static struct sc *sc[SCS];

/* Number 0 is the idle one */
static struct model {
    enum state state;
    unsigned   prio;
    uint64_t   left, used, start, end;
    bool       blocked;
} m[SCS];

static unsigned queue[PRIORITIES][SCS], length[PRIORITIES];
static int      current;
static bool     resched;
static uint64_t last, gone, began;                      /* gone: used by those that are no more                     */
static uint64_t seed = 41;

static void m_append (unsigned i)
{
    queue[m[i].prio][length[m[i].prio]++] = i;
    m[i].state = READY;
}

static void m_take (unsigned i)
{
    unsigned *const q = queue[m[i].prio], n = length[m[i].prio]--;
    unsigned k = 0;

    while (q[k] != i)
        k++;
    memmove (q + k, q + k + 1, (n - k - 1) * sizeof *q);
}

static void m_ready (unsigned i)
{
    m_append (i);
    if (current < 0 || m[i].prio > m[current].prio)
        resched = true;
}

static bool m_stop (void)
{
    struct model *const c = &m[current];
    bool const empty = c->prio && core_time >= c->end;

    c->used += core_time - c->start;
    c->left  = empty ? BUDGET : c->end - core_time;
    last     = core_time;
    current  = -1;

    return empty;
}

static unsigned m_select (void)
{
    if (resched && current >= 0) {
        unsigned const i = (unsigned)current, p = m[i].prio;
        bool const empty = m_stop();
        m_append (i);
        if (!empty) {                                   /* back to the front                                        */
            memmove (&queue[p][1], &queue[p][0], (length[p] - 1) * sizeof queue[p][0]);
            queue[p][0] = i;
        }
    }

    resched = false;

    for (;;) {

        if (current < 0) {
            unsigned p = PRIORITIES;
            while (!length[--p]) ;
            current = (int)queue[p][0];
            m_take ((unsigned)current);
            m[current].state = CURRENT;
            m[current].start = last;
            m[current].end   = last + m[current].left;
        }

        if (!m[current].blocked)
            return (unsigned)current;

        m[current].state = WAITING;
        m_stop();
    }
}

static void check (void)
{
    struct scheduler *const s = &cpu_local.sched;
    uint64_t sum = gone;

    assert_ptr_equal (s->current, current < 0 ? NULL : sc[current]);

    for (unsigned p = 0; p < PRIORITIES; p++) {

        unsigned n = 0;

        for (struct link const *l = s->ready[p].next; l != &s->ready[p]; l = l->next, n++) {
            assert_true (n < length[p]);
            assert_ptr_equal (container_of (l, struct sc, link), sc[queue[p][n]]);
            assert_ptr_equal (l->next->prev, l);
        }

        assert_int_equal (n, length[p]);
        assert_int_equal (s->bitmap[p / 64] >> p % 64 & 1, n != 0);
    }

    for (unsigned i = 0; i < SCS; i++) {

        if (m[i].state == NONE)
            continue;

        uint64_t const used = m[i].used + ((int)i == current ? core_time - m[i].start : 0);

        assert_int_equal (sc_time (sc[i]), used);
        sum += used;
        if (i && (int)i != current)
            assert_int_equal (sc[i]->limit - rlx_load (&sc[i]->used), m[i].left);
        assert_true ((m[i].state == WAITING) == (!list_empty (&ec[i].waiting)));
    }

    if (current >= 0)                                   /* no tick is lost and none is paid twice                   */
        assert_int_equal (sum, core_time - began);
    if (current > 0)
        assert_true (core_timer[0] <= m[current].end || resched);
}

static void select_one (void)
{
    struct ec *const e = scheduler_select();

    assert_ptr_equal (e, &ec[m_select()]);
    assert_false (cpu_local.hazard & HAZARD_SCHED);
    check();
}

/* Time passes in user mode */
static void pass (uint64_t ticks)
{
    core_time += ticks;

    if (current > 0 && core_time >= m[current].end)
        resched = true;

    for (unsigned n = 0; core_timer[0] <= core_time; n++) {
        assert_true (n < 3);
        core_timer[0] = ~UINT64_C (0);
        if (timeout_interrupt())
            scheduler_slice_end();
    }

    if (current > 0)
        assert_true (!resched == !(cpu_local.hazard & HAZARD_SCHED));
}

static void create (unsigned i, unsigned prio)
{
    ec[i] = (struct ec) { .kind = EC_GLOBAL };
    kobject_init (&ec[i].obj, KOBJECT_EC);
    list_init (&ec[i].waiting);
    assert_int_equal (sc_create (&sc[i], &ec[i], MS, (uint8_t)prio, 0), STATUS_SUCCESS);
    assert_int_equal (rlx_load (&ec[i].obj.refs), 2);
    m[i] = (struct model) { .prio = prio, .left = BUDGET };
}

static void wake (unsigned i)
{
    ec_wake (&ec[i]);
    m[i].blocked = false;
    if (m[i].state == WAITING)
        m_ready (i);
}

/* The EC that runs releases the one for which this SC waits: as if it had become ready, and the scheduler had decided at once */
static void wake_hot (unsigned i)
{
    bool const higher = !resched && m[i].prio > m[current].prio;

    ec[i].blocked = m[i].blocked = false;
    list_init (&ec[i].waiting);
    assert_int_equal (scheduler_ready_hot (sc[i]), higher);
    m_ready (i);

    if (higher) {
        assert_int_equal (m_select(), i);
        assert_int_equal (current, i);
    }

    assert_int_equal (!resched, !(cpu_local.hazard & HAZARD_SCHED));
}

static void admit (unsigned i)
{
    scheduler_admit (sc[i]);
    m[i].blocked = false;
    m_ready (i);
}

static void block (void)
{
    unsigned const i = (unsigned)current;

    ec[i].blocked = m[i].blocked = true;
    scheduler_wait (&ec[i]);
    m[i].state = WAITING;
    m_stop();
}

static void retire (unsigned i)
{
    bool const runs = (int)i == current;

    kobject_unref (&sc[i]->obj);
    core_settle();

    if (runs) {
        m_stop();
        resched = true;
    } else if (m[i].state == READY)
        m_take (i);

    gone += m[i].used;
    m[i].state = NONE;
    sc[i] = NULL;
    assert_int_equal (rlx_load (&ec[i].obj.refs), 1);
    assert_false (rlx_load (&ec[i].sc_bound));
    assert_true (list_empty (&ec[i].waiting));
}

static void begin (void)
{
    memset (m, 0, sizeof m);
    memset (length, 0, sizeof length);
    memset (&cpu_local.sched, 0, sizeof cpu_local.sched);
    core_timer[0] = ~UINT64_C (0);
    timeout_cpu_init();
    scheduler_cpu_init();
    cpu_local.hazard = 0;
    current = -1;
    resched = false;
    gone = 0;
    began = last = core_time;

    create (0, 0);
    ec[0].kind = EC_IDLE;
    scheduler_ready (sc[0]);
    m_ready (0);
    select_one();
}

static void end (void)
{
    for (unsigned i = 1; i < SCS; i++)
        if (m[i].state != NONE)
            retire (i);

    select_one();
    assert_int_equal (current, 0);
    sc[0]->queue = NULL;
}

static void priorities (void **state)
{
    (void)state;

    static unsigned const prio[] = { 1, 5, 63, 64, 65, 127 };

    begin();

    for (unsigned i = 0; i < 6; i++) {
        create (i + 1, prio[i]);
        admit (i + 1);
        assert_true (cpu_local.hazard & HAZARD_SCHED);
        select_one();
        assert_int_equal (current, i + 1);
    }

    create (10, 127);                                   /* equal or lower: no reason to switch                      */
    create (11, 64);
    admit (10), admit (11);
    assert_false (cpu_local.hazard & HAZARD_SCHED);
    select_one();
    assert_int_equal (current, 6);

    static unsigned const order[] = { 10, 5, 4, 11, 3, 2, 1, 0 };
    for (unsigned i = 0; i < ARRAY_SIZE (order); i++) {
        block();
        select_one();
        assert_int_equal (current, order[i]);
    }

    end();
}

/* Equals take turns when their budgets are used up; one that is preempted earlier goes on with what it has left. */
static void budgets (void **state)
{
    (void)state;

    begin();
    for (unsigned i = 1; i <= 3; i++) {
        create (i, 10);
        admit (i);
    }
    select_one();

    for (unsigned i = 0; i < 9; i++) {
        assert_int_equal (current, i % 3 + 1);
        pass (BUDGET - 1);
        assert_false (cpu_local.hazard & HAZARD_SCHED);
        pass (1);
        assert_true (cpu_local.hazard & HAZARD_SCHED);
        select_one();
    }

    pass (BUDGET / 4);                                  /* a higher one comes and goes                              */
    create (4, 11);
    admit (4);
    select_one();
    assert_int_equal (current, 4);
    pass (BUDGET * 3);
    select_one();
    assert_int_equal (current, 4);                      /* alone in its priority                                    */
    block();
    select_one();
    assert_int_equal (current, 1);
    assert_int_equal (m[1].left, BUDGET - BUDGET / 4);
    pass (BUDGET - BUDGET / 4 - 1);
    assert_false (cpu_local.hazard & HAZARD_SCHED);
    pass (1);
    select_one();
    assert_int_equal (current, 2);

    pass (100);                                         /* blocked and woken: the rest stays, last in line          */
    block();
    select_one();
    wake (2);
    assert_int_equal (sc[2]->limit - rlx_load (&sc[2]->used), BUDGET - 100);
    pass (BUDGET);
    select_one();
    assert_int_equal (current, 1);
    pass (BUDGET);
    select_one();
    assert_int_equal (current, 2);

    pass (BUDGET * 5 + 7);                              /* far beyond: a full budget again, no debts                */
    select_one();
    assert_int_equal (m[2].left, BUDGET);
    end();
}

static void random_model (void **state)
{
    (void)state;

    static unsigned const prio[] = { 1, 2, 2, 63, 64, 64, 127, 9 };

    for (unsigned run = 0; run < 8; run++) {

        begin();

        for (unsigned n = 0; n < 8000; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const i = 1 + (unsigned)(r >> 8) % (SCS - 1);

            switch (r % 10) {
                case 0: case 1:
                    if (m[i].state == NONE) {
                        create (i, prio[r >> 20 & 7]);
                        admit (i);
                    } else if (m[i].state == WAITING && current >= 0 && r & 1 << 20)
                        wake_hot (i);
                    else if (m[i].state == WAITING)
                        wake (i);
                    break;
                case 2:
                    if (current > 0)
                        block();
                    break;
                case 3:                                 /* blocks, and its SC has yet to find out                   */
                    if (m[i].state == READY || m[i].state == CURRENT)
                        ec[i].blocked = m[i].blocked = true;
                    break;
                case 4:
                    if (m[i].state == READY && m[i].blocked)
                        wake (i);
                    break;
                case 5:
                    if (m[i].state != NONE && (r >> 20) % 8 == 0)
                        retire (i);
                    break;
                case 6: case 7:
                    pass ((r >> 20) % (run & 1 ? 300 : 3000));
                    break;
                default:
                    select_one();
            }

            check();
        }

        select_one();
        end();
    }
}

/* Two SCs help one EC: it runs on the better one, and both wait in it while it is blocked. */
static void helping (void **state)
{
    (void)state;

    static struct ec server;

    begin();
    server = (struct ec) { .kind = EC_LOCAL };
    list_init (&server.waiting);

    create (1, 3);
    admit (1);
    select_one();
    create (2, 7);
    ec[1].callee = &server;
    assert_ptr_equal (scheduler_select(), &server);
    assert_ptr_equal (cpu_local.sched.current, sc[1]);

    scheduler_admit (sc[2]);
    assert_ptr_equal (scheduler_select(), &ec[2]);
    ec[2].callee = &server;
    assert_ptr_equal (scheduler_select(), &server);
    assert_ptr_equal (cpu_local.sched.current, sc[2]);

    server.blocked = true;
    assert_ptr_equal (scheduler_select(), &ec[0]);
    assert_ptr_equal (server.waiting.next, &sc[2]->link);
    assert_ptr_equal (server.waiting.prev, &sc[1]->link);

    ec_wake (&server);
    assert_true (list_empty (&server.waiting));
    assert_true (cpu_local.hazard & HAZARD_SCHED);
    assert_ptr_equal (scheduler_select(), &server);
    assert_ptr_equal (cpu_local.sched.current, sc[2]);

    ec[2].callee = NULL;                                /* a reply: each its own                                    */
    assert_ptr_equal (scheduler_select(), &ec[2]);
    ec[2].blocked = true;
    assert_ptr_equal (scheduler_select(), &server);
    assert_ptr_equal (cpu_local.sched.current, sc[1]);

    kobject_unref (&sc[1]->obj);                        /* one goes while it runs, one while it waits               */
    kobject_unref (&sc[2]->obj);
    core_settle();
    assert_ptr_equal (scheduler_select(), &ec[0]);
    assert_true (list_empty (&ec[2].waiting));
}

/* SCs that another CPU created become ready in the order of creation. */
static void admitted_elsewhere (void **state)
{
    (void)state;

    struct sc *s[3];

    begin();

    for (unsigned i = 0; i < 3; i++) {
        ec[i + 1] = (struct ec) { .kind = EC_GLOBAL, .cpu = 1 };
        kobject_init (&ec[i + 1].obj, KOBJECT_EC);
        list_init (&ec[i + 1].waiting);
        assert_int_equal (sc_create (&s[i], &ec[i + 1], MS, 5, 0), STATUS_SUCCESS);
        scheduler_admit (s[i]);
    }

    core_cpu (1);
    core_notice();

    struct link *l = cpu_local.sched.ready[5].next;
    for (unsigned i = 0; i < 3; i++, l = l->next)
        assert_ptr_equal (l, &s[i]->link);

    core_cpu (0);
    for (unsigned i = 0; i < 3; i++)
        kobject_unref (&s[i]->obj);
    core_settle();
}

/* An SC is retired on its own CPU, whoever drops the last reference */
static void elsewhere (void **state)
{
    (void)state;

    struct sc *s;

    begin();
    ec[1] = (struct ec) { .kind = EC_GLOBAL, .cpu = 1 };
    kobject_init (&ec[1].obj, KOBJECT_EC);
    list_init (&ec[1].waiting);
    assert_int_equal (sc_create (&s, &ec[1], MS, 5, 0), STATUS_SUCCESS);
    scheduler_admit (s);
    assert_true (cpuset_test (&core_kicked, 1));
    core_cpu (1);
    core_notice();
    assert_ptr_equal (cpu_local.sched.ready[5].next, &s->link);
    core_cpu (0);
    kobject_unref (&s->obj);
    core_settle();
    core_cpu (1);
    assert_true (list_empty (&cpu_local.sched.ready[5]));
    core_cpu (0);
    assert_int_equal (rlx_load (&ec[1].obj.refs), 1);
}

static int group (void **state)
{
    (void)state;
    core_init (2);
    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (priorities),
        cmocka_unit_test (budgets),
        cmocka_unit_test (random_model),
        cmocka_unit_test (helping),
        cmocka_unit_test (admitted_elsewhere),
        cmocka_unit_test (elsewhere),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}

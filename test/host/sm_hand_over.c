/* SPDX-License-Identifier: GPL-2.0-only */
/* An EC that is released by the one that runs, and whose SC has the higher priority, runs at once, and only then. */
#include <sm.h>

#include <core.h>
#include <ec.h>
#include <ipc.h>
#include <sc.h>
#include <scheduler_hot.h>

#define MS      10
#define LOW     5
#define HIGH    9

enum { IDLE, RUNS, SAME, WAITS, ECS };

static struct ec ec[ECS];
static struct sc *sc[ECS];
static struct sm *sm;
static struct scheduler *s;

static void make (unsigned i, uint8_t prio)
{
    ec[i] = (struct ec) { .kind = i ? EC_GLOBAL : EC_IDLE, .caller = &ec_nobody, .timeout.fire = sm_timeout };
    kobject_init (&ec[i].obj, KOBJECT_EC);
    list_init (&ec[i].waiting);
    list_init (&ec[i].sm_link);
    assert_int_equal (sc_create (&sc[i], &ec[i], MS, prio, 0), STATUS_SUCCESS);
    scheduler_ready (sc[i]);
}

static int setup (void **state)
{
    (void)state;

    s = &cpu_local.sched;
    memset (s, 0, sizeof *s);
    core_timer[0] = ~UINT64_C (0);
    timeout_cpu_init();
    scheduler_cpu_init();

    make (IDLE, 0);
    make (RUNS, LOW);
    make (SAME, LOW);
    make (WAITS, HIGH);

    cpu_local.hazard = 0;
    cpu_local.next = NULL;
    assert_int_equal (sm_create (&sm, 0, SM_NO_INT), STATUS_SUCCESS);

    return 0;
}

static int teardown (void **state)
{
    (void)state;

    for (unsigned i = 1; i < ECS; i++)
        kobject_unref (&sc[i]->obj);
    kobject_unref (&sm->obj);
    core_settle();

    for (unsigned p = 1; p < PRIORITIES; p++)
        assert_true (list_empty (&s->ready[p]));
    assert_int_equal (s->bitmap[0] | s->bitmap[1], s->current ? 0 : 1);

    return 0;
}

static int64_t left (unsigned i) { return sc[i]->limit - (rlx_load (&sc[i]->used) + (s->current == sc[i] ? (int64_t)core_time : 0)); }

/* The best one blocks, and the first of the others runs: RUNS */
static void wait (uint64_t timeout)
{
    assert_ptr_equal (scheduler_select(), &ec[WAITS]);
    assert_int_equal (sm_down (sm, &ec[WAITS], false, timeout), SYS_DEFER);
    assert_true (ec[WAITS].blocked);
    assert_ptr_equal (ec[WAITS].waiting.next, &sc[WAITS]->link);
    assert_ptr_equal (scheduler_select(), &ec[RUNS]);
    REGS_P0 (&ec[RUNS].regs) = REGS_P0 (&ec[WAITS].regs) = 0x77;
}

static void assert_released (void)
{
    assert_false (ec[WAITS].blocked);
    assert_true (list_empty (&ec[WAITS].waiting));
    assert_true (list_empty (&sm->queue));
    assert_null (rlx_load (&ec[WAITS].sm));
    assert_false (timeout_queued (&ec[WAITS].timeout));
    assert_int_equal (REGS_P0 (&ec[WAITS].regs), STATUS_SUCCESS);
    assert_int_equal (sm->count, 0);
}

/* The one that made way keeps its turn, unless its budget is used up */
static void switched (bool used_up)
{
    wait (0);

    int64_t const rest = left (RUNS), rest_waits = left (WAITS);

    core_time += used_up ? (uint64_t)rest : 3;
    assert_int_equal (sm_up (sm, &ec[RUNS]), SYS_DEFER);
    assert_released();
    assert_ptr_equal (s->current, sc[WAITS]);
    assert_int_equal (s->last, core_time);
    assert_int_equal (cpu_local.hazard, 0);
    assert_null (cpu_local.next);
    assert_int_equal (REGS_P0 (&ec[RUNS].regs), STATUS_SUCCESS);        /* it will not see a result                 */
    assert_int_equal (cpu_local.timeouts.slice, core_time + (uint64_t)rest_waits);
    assert_true (core_timer[0] <= cpu_local.timeouts.slice);
    assert_int_equal (left (RUNS), used_up ? sc[RUNS]->budget : rest - 3);
    assert_ptr_equal (used_up ? s->ready[LOW].prev : s->ready[LOW].next, &sc[RUNS]->link);
    assert_true (list_empty (&s->ready[HIGH]));
    assert_int_equal (s->bitmap[0], BIT64 (LOW) | 1);
    assert_ptr_equal (scheduler_select(), &ec[WAITS]);
}

static void keeps_its_turn (void **state)
{
    (void)state;

    switched (false);
    switched (false);
}

static void turn_is_over (void **state)
{
    (void)state;

    switched (true);
}

/* It becomes ready, and the EC that runs gets the status as a result */
static void not_switched (struct ec *self, bool higher)
{
    assert_int_equal (sm_up (sm, self), STATUS_SUCCESS);
    assert_released();
    assert_int_equal (REGS_P0 (&ec[RUNS].regs), 0x77);
    assert_ptr_equal (s->current, sc[RUNS]);
    assert_ptr_equal (s->ready[higher ? HIGH : LOW].prev, &sc[WAITS]->link);
    assert_int_equal (cpu_local.hazard, higher ? HAZARD_SCHED : 0);
    assert_ptr_equal (scheduler_select(), &ec[higher ? WAITS : RUNS]);
}

static void same_priority (void **state)
{
    (void)state;

    wait (0);
    sc[WAITS]->prio  = LOW;
    sc[WAITS]->queue = &s->ready[LOW];
    sc[WAITS]->mask  = BIT64 (LOW);
    not_switched (&ec[RUNS], false);
}

static void nobody_runs (void **state)
{
    (void)state;

    wait (0);
    not_switched (NULL, true);
}

static void with_timeout (void **state)
{
    (void)state;

    wait (core_time + 1000);
    not_switched (&ec[RUNS], true);
}

/* Somebody else is already known to be better: the scheduler decides between them */
static void already_asked (void **state)
{
    (void)state;

    wait (0);
    cpu_local.hazard = HAZARD_SCHED;
    not_switched (&ec[RUNS], true);
}

static int group (void **state)
{
    (void)state;

    core_init (1);

    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown (f, setup, teardown)

int main (void)
{
    struct CMUnitTest const tests[] = {
        TEST (keeps_its_turn),
        TEST (turn_is_over),
        TEST (same_priority),
        TEST (nobody_runs),
        TEST (with_timeout),
        TEST (already_asked),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Timeouts: the heap from inside, its results against a plain array, the hardware timer as time passes. */
#include <timeout.h>

#include <core.h>
#include <kmem.h>

#include <base/list.h>

#define MANY    4096
#define NEVER   (~UINT64_C (0))
#define FAR     (NEVER >> 1)

static struct item { struct timeout t; bool queued; uint64_t deadline; } item[MANY];
static unsigned count;                                  /* queued                                                   */
static uint64_t seed = 11, last_fired, fired;
static bool again;                                      /* fire functions insert and remove                         */

static struct timeout_queue *queue (void) { return &cpu_local.timeouts; }

static unsigned heap (struct timeout const *t, struct timeout const *up)
{
    if (!t)
        return 0;

    struct item const *const i = container_of (t, struct item, t);
    uint32_t const l = t->left ? t->left->rank : 0, r = t->right ? t->right->rank : 0;

    assert_ptr_equal (t->up, up);
    assert_true (i->queued && timeout_queued (t) && t->deadline == i->deadline);
    assert_true (!up || up->deadline <= t->deadline);
    assert_true (l >= r);
    assert_int_equal (t->rank, r + 1);

    return 1 + heap (t->left, t) + heap (t->right, t);
}

static uint64_t earliest (void)
{
    uint64_t e = NEVER;

    for (unsigned i = 0; i < MANY; i++)
        if (item[i].queued)
            e = MIN (e, item[i].deadline);

    return e;
}

static void check_heap (void)
{
    assert_int_equal (heap (queue()->root, NULL), count);

    unsigned spine = 0;
    for (struct timeout const *t = queue()->root; t; t = t->right)
        spine++;
    assert_true (count + 1 >= BIT64 (spine));
    assert_true (!count || spine == queue()->root->rank);
}

/* The timer never comes too late, and it is what the queue believes it is. */
static void check_armed (void)
{
    assert_int_equal (core_timer[0], queue()->armed);
    assert_true (queue()->armed <= MIN (earliest(), queue()->slice));
}

static void insert (unsigned i, uint64_t deadline)
{
    uint64_t const sets = core_timer_sets, armed = core_timer[0];

    item[i].queued   = true;
    item[i].deadline = deadline;
    count++;
    timeout_insert (&item[i].t, deadline);

    uint64_t const due = MIN (queue()->root->deadline, queue()->slice);

    assert_int_equal (core_timer_sets, sets + (due < armed));
    assert_int_equal (core_timer[0], MIN (due, armed));
}

static void cancel (unsigned i)
{
    uint64_t const sets = core_timer_sets;

    count -= item[i].queued;
    item[i].queued = false;
    timeout_remove (&item[i].t);
    assert_false (timeout_queued (&item[i].t));
    assert_int_equal (core_timer_sets, sets);           /* no device access                                         */
}

static void fire (struct timeout *t)
{
    struct item *const i = container_of (t, struct item, t);

    assert_true (i->queued && !timeout_queued (t));
    assert_true (i->deadline <= core_time);
    assert_int_equal (i->deadline, earliest());
    assert_true (again || i->deadline >= last_fired);

    i->queued = false;
    count--;
    last_fired = i->deadline;
    fired++;

    if (!again)
        return;

    uint64_t const r = host_random (&seed);

    if (r & 1)
        cancel ((unsigned)(r >> 8) % 64);
    if ((r & 6) == 6) {                                 /* queue again, sometimes what is due already               */
        item[i - item].queued = true;
        item[i - item].deadline = core_time + (r >> 8) % 50 - 10;
        count++;
        timeout_insert (t, i->deadline);
    }
}

static void reset (void)
{
    memset (item, 0, sizeof item);
    for (unsigned i = 0; i < MANY; i++)
        item[i].t.fire = fire;

    count = 0;
    last_fired = fired = 0;
    core_timer[0] = NEVER;
    timeout_cpu_init();
    timeout_arm();                                      /* as the first slice does                                  */
    again = false;
}

/* Hardware: interrupts once its deadline has come */
static void pass (uint64_t ticks)
{
    core_time += ticks;

    while (core_timer[0] <= core_time) {

        core_timer[0] = NEVER;
        if (timeout_interrupt()) {
            assert_true (queue()->slice <= core_time);
            queue()->slice = core_time + 100 + host_random (&seed) % 500;      /* what the scheduler does          */
            if (queue()->slice < queue()->armed)
                timeout_arm();
        }
    }

    assert_true (earliest() > core_time);               /* nothing is late                                          */
}

static void random_model (void **state)
{
    (void)state;

    for (unsigned run = 0; run < 5; run++) {

        reset();
        again = run & 1;
        if (run >= 2) {
            queue()->slice = core_time + 300;
            timeout_arm();
        }

        unsigned const span = run == 4 ? 8 : 400;       /* run 4: many equal deadlines                              */

        for (unsigned n = 0; n < 20000; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const i = (unsigned)(r >> 8) % 64;

            if (r % 8 < 4 && !item[i].queued)
                insert (i, core_time + 1 + (r >> 20) % span);
            else if (r % 8 < 6)
                cancel (i);
            else
                pass ((r >> 20) % 40);

            check_heap();
            check_armed();
        }

        assert_true (fired > 1000);
        while (count)
            pass (100);
    }
}

/* What one order of insertion or another makes of the heap, and removal at every place */
static void depth (void **state)
{
    (void)state;

    for (unsigned kind = 0; kind < 5; kind++) {

        reset();

        for (unsigned i = 0; i < MANY; i++) {
            uint64_t const r = host_random (&seed) % 1000;
            uint64_t const d = kind == 0 ? i : kind == 1 ? MANY - i : kind == 2 ? 0 : kind == 3 ? i % 2 * 1000 + i : r;
            insert (i, core_time + 1 + d);
            if (i % 64 == 0)
                check_heap();
        }

        for (unsigned i = 0; i < MANY; i++) {
            cancel (i * 1237 % MANY);
            if (i % 64 == 0)
                check_heap();
        }

        assert_null (queue()->root);
        check_heap();
    }
}

static void fires_in_order (void **state)
{
    (void)state;

    reset();
    for (unsigned i = 0; i < MANY; i++)
        insert (i, core_time + 1 + host_random (&seed) % 5000);

    pass (5000);
    assert_int_equal (fired, MANY);
    assert_int_equal (count, 0);
    assert_int_equal (core_timer[0], FAR);              /* the slice that never ends                                */
}

static void arming (void **state)
{
    (void)state;

    reset();

    uint64_t const sets = core_timer_sets, t = core_time;

    assert_int_equal (core_timer[0], FAR);
    insert (0, t + 100);                                assert_int_equal (core_timer_sets, sets + 1);
    insert (1, t + 200);
    insert (2, t + 100);                                /* equal: armed already                                     */
    insert (3, t + 99);                                 assert_int_equal (core_timer_sets, sets + 2);
    cancel (3);                                         assert_int_equal (core_timer[0], t + 99);
    cancel (3);
    core_time = t + 99;                                 /* too early: set again, nothing fires                      */
    assert_false (timeout_interrupt());
    assert_int_equal (fired, 0);
    assert_int_equal (core_timer[0], t + 100);
    core_time = t + 100;
    assert_false (timeout_interrupt());
    assert_int_equal (fired, 2);
    assert_int_equal (core_timer[0], t + 200);

    queue()->slice = t + 150;
    timeout_arm();
    assert_int_equal (core_timer[0], t + 150);
    timeout_arm();
    core_time = t + 150;

    uint64_t const before = core_timer_sets;
    assert_true (timeout_interrupt());                  /* the scheduler arms                                       */
    assert_int_equal (core_timer_sets, before);
    queue()->slice = FAR;
    timeout_arm();
    assert_int_equal (core_timer[0], t + 200);

    last_fired = 0;
    insert (5, t + 1);                                  /* in the past: at once                                     */
    assert_int_equal (core_timer[0], t + 1);
    assert_false (timeout_interrupt());
    assert_int_equal (fired, 3);
    insert (6, NEVER);                                  /* user space may ask for that                              */
    assert_int_equal (queue()->root->deadline, t + 200);
    cancel (1);
    check_heap();
    cancel (6);
    assert_int_equal (count, 0);
}

/* An interrupt for nothing, no later than asked for, and never at the cost of one that is due before */
static void soon (void **state)
{
    (void)state;

    reset();
    timeout_soon (5);
    assert_int_equal (core_timer[0], core_time + 5000);
    timeout_soon (6);
    assert_int_equal (core_timer[0], core_time + 5000);
    insert (1, core_time + 100);
    timeout_soon (1);
    assert_int_equal (core_timer[0], core_time + 100);
    check_armed();
    cancel (1);
}

static void queued_twice (void)
{
    timeout_insert (&item[0].t, 1);
    timeout_insert (&item[0].t, 2);
}

/* Thousands are due at one moment: some of them in each interrupt, and the next interrupt comes at once. */
static void at_once (void **state)
{
    (void)state;

    for (unsigned ended = 0; ended < 2; ended++) {      /* the slice is over as well                                */

        reset();
        queue()->slice = core_time + (ended ? 10 : 100000);
        for (unsigned i = 0; i < MANY; i++)
            insert (i, core_time + 10);

        core_time += 20;

        for (unsigned interrupts = 0; count; interrupts++) {

            uint64_t const before = fired;

            assert_true (core_timer[0] <= core_time);
            core_timer[0] = NEVER;

            if (timeout_interrupt()) {
                assert_true (ended && !interrupts);
                queue()->slice = core_time + 100000;
                timeout_arm();                          /* the scheduler's next slice                               */
            }

            assert_true (fired - before == 16 || (fired - before < 16 && !count));
            check_heap();
            check_armed();
        }
    }
}

static void misuse (void **state)
{
    (void)state;

    reset();
    assert_true (core_panics (queued_twice));
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (arming),
        cmocka_unit_test (random_model),
        cmocka_unit_test (depth),
        cmocka_unit_test (fires_in_order),
        cmocka_unit_test (soon),
        cmocka_unit_test (at_once),
        cmocka_unit_test (misuse),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

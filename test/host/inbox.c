/* SPDX-License-Identifier: GPL-2.0-only */
/* Inboxes: the order of arrival, whatever is taken between, and a bound on the links that are touched in one go. */
#include <base/inbox.h>

#include <host.h>

#define LINKS 3000

static struct inbox box;
static struct inbox_link item[LINKS];
static unsigned head, tail;                             /* items that are inside                                    */

static void push (void)
{
    bool const first = !rlx_load (&box.top);

    assert_int_equal (inbox_push (&box, &item[tail % LINKS]), first);
    tail++;
}

/* What comes out within one step; returns the links that the step did not touch */
static unsigned step (unsigned touch)
{
    for (struct inbox_link *l; (l = inbox_next (&box, &touch)); head++) {
        assert_true (head < tail);
        assert_ptr_equal (l, &item[head % LINKS]);
        l->next = NULL;                                 /* its owner may use it at once                             */
    }

    assert_int_equal (inbox_empty (&box), head == tail);

    return touch;
}

static void order (void **state)
{
    (void)state;

    uint64_t seed = 91;

    for (unsigned n = 0; n < 200000; n++) {

        uint64_t const r = host_random (&seed);

        if (r % 3 && tail - head < LINKS)
            push();
        else
            step ((unsigned)(r >> 8) % 40);
    }

    while (head != tail)
        step (7);
}

/* Thousands: each link is touched twice, once to turn it round, and a step ends when it said it would. */
static void bounded (void **state)
{
    (void)state;

    enum { STEP = 32 };

    for (unsigned size = 0; size < LINKS; size = size * 2 + 1) {

        unsigned steps = 0, left = 0;

        for (unsigned i = 0; i < size; i++)
            push();

        while (head != tail) {
            left = step (STEP);
            assert_true (!left || head == tail);
            steps++;
        }

        assert_int_equal (steps, (2 * size + STEP - 1) / STEP);
        assert_int_equal (left, steps * STEP - 2 * size);
        assert_int_equal (step (STEP), STEP);
    }
}

/* What comes while an earlier lot is being turned round waits behind it. */
static void later (void **state)
{
    (void)state;

    for (unsigned touch = 0; touch < 20; touch++) {
        for (unsigned i = 0; i < 5; i++)
            push();
        step (touch);
        for (unsigned i = 0; i < 5; i++)
            push();
        while (head != tail)
            step (3);
    }
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (order),
        cmocka_unit_test (bounded),
        cmocka_unit_test (later),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

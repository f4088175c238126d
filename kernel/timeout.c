/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timeouts. The hardware timer is only written when the earliest deadline is earlier than what it was set to: a switch
 * between two ECs with long budgets costs no device access; a timer that comes too early finds nothing due and is set again.
 */
#include <timeout.h>

#include <base/assert.h>
#include <base/macros.h>
#include <cpu_local.h>
#include <timer.h>

#define NEVER (~UINT64_C (0))

#define FIRES_PER_INTERRUPT 16

static uint32_t rank (struct timeout const *t) { return t ? t->rank : 0; }

static struct timeout *merge (struct timeout *a, struct timeout *b)
{
    struct timeout *root = NULL, *up = NULL, **at = &root;

    while (a && b) {                                    /* down the right spines                                    */

        if (b->deadline < a->deadline) {
            struct timeout *const t = a;
            a = b;
            b = t;
        }

        *at = a;
        a->up = up;
        up = a;
        at = &a->right;
        a = a->right;
    }

    *at = a ? a : b;
    if (*at)
        (*at)->up = up;

    for (; up; up = up->up) {                           /* and up again: the shorter spine goes right               */

        if (rank (up->left) < rank (up->right)) {
            struct timeout *const t = up->left;
            up->left = up->right;
            up->right = t;
        }

        up->rank = rank (up->right) + 1;
    }

    return root;
}

void timeout_arm (void)
{
    struct timeout_queue *const q = &cpu_local.timeouts;
    uint64_t const due = q->root ? MIN (q->root->deadline, q->slice) : q->slice;

    if (due < q->armed) {
        q->armed = due;
        timer_set (due);
    }
}

void timeout_soon (uint64_t ms)
{
    struct timeout_queue *const q = &cpu_local.timeouts;
    uint64_t const due = timer_now() + timer_ms_to_ticks (ms);

    if (due < q->armed) {
        q->armed = due;
        timer_set (due);
    }
}

void timeout_cpu_init (void)
{
    struct timeout_queue *const q = &cpu_local.timeouts;

    q->root  = NULL;
    q->slice = NEVER >> 1;                              /* deadlines are compared by their distance, which is signed   */
    q->armed = NEVER;
}

INDIRECT_NEVER void timeout_insert (struct timeout *t, uint64_t deadline)
{
    struct timeout_queue *const q = &cpu_local.timeouts;

    assert (!timeout_queued (t));

    t->deadline = deadline;
    t->left = t->right = t->up = NULL;
    t->rank = 1;
    q->root = merge (q->root, t);

    timeout_arm();
}

INDIRECT_NEVER void timeout_remove (struct timeout *t)
{
    struct timeout_queue *const q = &cpu_local.timeouts;

    if (!timeout_queued (t))
        return;

    struct timeout *const up  = t->up;
    struct timeout *const sub = merge (t->left, t->right);

    if (sub)
        sub->up = up;

    if (!up)
        q->root = sub;
    else if (up->left == t)
        up->left = sub;
    else
        up->right = sub;

    for (struct timeout *p = up; p; p = p->up) {        /* ranks above can only shrink, and stop where they do not  */

        if (rank (p->left) < rank (p->right)) {
            struct timeout *const l = p->left;
            p->left = p->right;
            p->right = l;
        }

        if (p->rank == rank (p->right) + 1)
            break;

        p->rank = rank (p->right) + 1;
    }

    t->rank = 0;
}

bool timeout_interrupt (void)
{
    struct timeout_queue *const q = &cpu_local.timeouts;
    uint64_t const now = timer_now();

    q->armed = NEVER;

    for (unsigned n = 0; n < FIRES_PER_INTERRUPT && q->root && q->root->deadline <= now; n++) {
        struct timeout *const t = q->root;
        timeout_remove (t);
        t->fire (t);
    }

    if (q->slice <= now)
        return true;                                    /* the scheduler begins another slice, and arms             */

    timeout_arm();                                      /* what is due and left over is another interrupt, at once  */

    return false;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>

static uint64_t sm, done;
static unsigned volatile order[4], ordered;
static enum status volatile got[4];

static void down (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;

    got[i] = hyp_sm_down (sm, 0);
    order[ordered++] = (unsigned) i;
    hyp_sm_up (done);
}

static void start (void)
{
    sm      = sm_new (0);
    done    = sm_new (0);
    ordered = 0;
}

static void up (void)
{
    start();
    check_status (hyp_sm_up (sm), STATUS_SUCCESS, "up with nobody waiting");
    check_status (hyp_sm_up (sm), STATUS_SUCCESS, "and again");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "both are counted: first");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "both are counted: second");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "and no more");
}

static void release (void)
{
    start();
    spawn (PRIO_HIGH, down, (void *) 1);
    check_eq (ordered, 0, "down on 0 blocks");
    check_status (hyp_sm_up (sm), STATUS_SUCCESS, "up with one waiting");
    check_eq (ordered, 1, "the waiting EC of higher priority runs at once");
    check_status (got[1], STATUS_SUCCESS, "its down was successful");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "an up that releases does not count");
}

static void fifo (void)
{
    start();

    spawn (PRIO_HIGH, down, (void *) 2);
    spawn (PRIO_HIGH + 2, down, (void *) 1);
    spawn (PRIO_HIGH + 1, down, (void *) 3);

    hyp_sm_up (sm);
    check_eq (ordered, 1, "one up releases one EC");
    check_eq (order[0], 2, "first the one that came first");
    hyp_sm_up (sm);
    check_eq (order[1], 1, "then the second, though of higher priority");
    hyp_sm_up (sm);
    check_eq (order[2], 3, "then the third");
}

/* With one on the left: FIFO also behind one that gave up */
static void give_up (void *arg)
{
    got[0] = hyp_sm_down (sm, in_ms (2));
    *(bool volatile *) arg = true;
}

static void fifo_timeout (void)
{
    bool volatile out = false;

    start();
    spawn (PRIO_HIGH, down, (void *) 1);
    spawn (PRIO_HIGH, give_up, (void *) (uintptr_t) &out);
    spawn (PRIO_HIGH, down, (void *) 2);
    sleep_ms (6);
    check (out, "one in the middle of the queue times out");
    check_status (got[0], STATUS_TIMEOUT, "with TIMEOUT");
    hyp_sm_up (sm);
    hyp_sm_up (sm);
    check_eq (ordered, 2, "the others are still queued");
    check_eq (order[0] << 4 | order[1], 0x12, "in their order");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "the one that timed out took no count");
}

static void zero (void)
{
    sm = sm_new (5);
    check_status (hyp_ctrl_sm (FLAG_SM_DOWN | FLAG_SM_ZERO, sm, 1), STATUS_SUCCESS, "down with flag Z on 5");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "sets the counter to zero");
    check_status (hyp_ctrl_sm (FLAG_SM_DOWN | FLAG_SM_ZERO, sm, 1), STATUS_TIMEOUT, "down with flag Z on 0 blocks");
    check_status (hyp_ctrl_sm (FLAG_SM_ZERO, sm, 0), STATUS_SUCCESS, "up ignores flag Z");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "and counts");
}

static void up_timeout (void)
{
    start();
    check_status (hyp_ctrl_sm (0, sm, 1), STATUS_SUCCESS, "up ignores the timeout");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "a timeout in the past does not matter when there is a count");
}

static void overflow (void)
{
    sm = sm_new (~UINT64_C (0));

    check_status (hyp_sm_up (sm), STATUS_OVRFLOW, "up on 2^64 - 1: OVRFLOW");
    check_status (hyp_sm_up (sm), STATUS_OVRFLOW, "and again");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "the counter did not wrap");
    check_status (hyp_sm_up (sm), STATUS_SUCCESS, "up on 2^64 - 2");
    check_status (hyp_sm_up (sm), STATUS_OVRFLOW, "up on 2^64 - 1 once more");
}

static void timeout (void)
{
    start();

    uint64_t const t0 = stc_read(), end = in_ms (3);

    check_status (hyp_sm_down (sm, end), STATUS_TIMEOUT, "timeout in 3 ms: TIMEOUT");
    check_ge (stc_read(), end, "not before the STC reached it");
    check (stc_read() - t0 < root.hip->stc_freq, "and within a second");
    check_status (hyp_sm_down (sm, stc_read() - 1000), STATUS_TIMEOUT, "timeout in the past: TIMEOUT");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "timeout 1: TIMEOUT");
    hyp_sm_up (sm);
    check_status (hyp_sm_down (sm, in_ms (100)), STATUS_SUCCESS, "count before the timeout: SUCCESS");
}

/* Several timeouts at a time, not in the order in which they were set */
static struct { uint64_t in, woke; enum status status; } wait[3] = { { 6, 0, 0 }, { 2, 0, 0 }, { 4, 0, 0 } };

static void waiter (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;

    wait[i].in     = in_ms (wait[i].in);
    wait[i].status = hyp_sm_down (sm, wait[i].in);
    wait[i].woke   = stc_read();
    order[ordered++] = (unsigned) i;
}

static void timeouts (void)
{
    start();

    for (uintptr_t i = 0; i < 3; i++)
        spawn (PRIO_HIGH, waiter, (void *) i);

    sleep_ms (12);
    check_eq (ordered, 3, "three timeouts come");
    check_eq (order[0] << 8 | order[1] << 4 | order[2], 0x120, "in the order of their times");
    check (wait[0].woke >= wait[0].in && wait[1].woke >= wait[1].in && wait[2].woke >= wait[2].in, "none too early");
    check (wait[0].status == STATUS_TIMEOUT && wait[1].status == STATUS_TIMEOUT && wait[2].status == STATUS_TIMEOUT,
           "all with TIMEOUT");
}

static void cancel_down (void *arg)
{
    (void) arg;

    got[0] = hyp_sm_down (sm, in_ms (3));
    got[1] = hyp_sm_down (done, in_ms (50));            /* a left-over timeout would end this one               */
    got[2] = STATUS_SUCCESS;
}

static void cancel (void)
{
    start();
    got[1] = got[2] = STATUS_ABORTED;
    spawn (PRIO_HIGH, cancel_down, NULL);
    hyp_sm_up (sm);
    check_status (got[0], STATUS_SUCCESS, "up before the timeout: SUCCESS");
    sleep_ms (8);
    check_status (got[2], STATUS_ABORTED, "the cancelled timeout does not disturb the next down");
    hyp_sm_up (done);
    check_status (got[1], STATUS_SUCCESS, "which an up ends");
}

static void bad_cap (void)
{
    sm = sm_new (1);

    uint64_t const only_up = cap_with (sm, PERM_SM_UP), only_dn = cap_with (sm, PERM_SM_DN), null = sel_alloc (0);

    check_status (hyp_sm_up (null), STATUS_BAD_CAP, "up on a null capability: BAD_CAP");
    check_status (hyp_sm_down (null, 1), STATUS_BAD_CAP, "down on a null capability: BAD_CAP");
    check_status (hyp_sm_up (sel_root_pd()), STATUS_BAD_CAP, "up on a PD: BAD_CAP");
    check_status (hyp_sm_down (sel_root_pd(), 1), STATUS_BAD_CAP, "down on a PD: BAD_CAP");
    check_status (hyp_sm_up (sel_root_ec()), STATUS_BAD_CAP, "up on an EC: BAD_CAP");
    check_status (hyp_sm_down (sel_root_obj(), 1), STATUS_BAD_CAP, "down on an object space: BAD_CAP");
    check_status (hyp_sm_up (beyond (sm_new (0))), STATUS_BAD_CAP, "up beyond SELNUM: BAD_CAP");
    check_status (hyp_sm_down (~UINT64_C (0) >> 8, 1), STATUS_BAD_CAP, "down on the largest selector: BAD_CAP");
    check_status (hyp_sm_up (only_dn), STATUS_BAD_CAP, "up without permission CTRLUP: BAD_CAP");
    check_status (hyp_sm_down (only_up, 1), STATUS_BAD_CAP, "down without permission CTRLDN: BAD_CAP");
    check_status (hyp_sm_up (only_up), STATUS_SUCCESS, "permission CTRLUP is enough for up");
    check_status (hyp_sm_down (only_dn, 1), STATUS_SUCCESS, "permission CTRLDN is enough for down");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "all of them are one semaphore");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "and the failures changed nothing");
}

static void revoke (void)
{
    start();
    got[1] = STATUS_ABORTED;
    spawn (PRIO_HIGH, down, (void *) 1);

    uint64_t const copy = cap_with (sm, PERM_MASK);

    NEED (sel_revoke (sm, 0));
    check_status (hyp_sm_up (sm), STATUS_BAD_CAP, "a revoked capability: BAD_CAP");
    check_eq (ordered, 0, "one that waits keeps waiting");
    check_status (hyp_sm_up (copy), STATUS_SUCCESS, "another capability still works");
    check_eq (ordered, 1, "and releases it");
}

static struct test const test[] = {
    { "up", up }, { "release", release }, { "fifo", fifo }, { "fifo_timeout", fifo_timeout }, { "zero", zero },
    { "up_timeout", up_timeout }, { "overflow", overflow }, { "timeout", timeout }, { "timeouts", timeouts },
    { "cancel", cancel }, { "bad_cap", bad_cap }, { "revoke", revoke },
};

TESTS ("ctrl_sm", test);

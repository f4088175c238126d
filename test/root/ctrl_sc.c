/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>

static uint64_t volatile ran;

/* Spins for some time of its own */
static void spin_ms (void *arg)
{
    uint64_t const start = stc_read(), end = in_ms (*(uint64_t *) arg);

    while (stc_read() < end) ;

    ran = stc_read() - start;
}

static void success (void)
{
    uint64_t ms = 4, t0 = 0, t1 = 0;

    ran = 0;
    struct thread *const t = spawn (PRIO_HIGH, spin_ms, &ms);

    need (ran, "a thread of higher priority ran");
    check_status (hyp_ctrl_sc (t->sc, &t0), STATUS_SUCCESS, "reads the time of an SC");
    check_ge (t0, ran, "at least the time that its EC measured");
    check (t0 < 2 * ran + root.hip->stc_freq / 100, "and not much more");
    sleep_ms (2);
    NEED (hyp_ctrl_sc (t->sc, &t1));
    check_eq (t1, t0, "a blocked EC's SC consumes nothing");
}

static void running (void)
{
    uint64_t t0 = 0, t1 = 0, ms = 2;

    check_status (hyp_ctrl_sc (worker->sc, &t0), STATUS_SUCCESS, "reads the time of the caller's own SC");
    spin_ms (&ms);
    NEED (hyp_ctrl_sc (worker->sc, &t1));
    check_ge (t1 - t0, ran, "the running time slice is part of it");
}

static uint32_t serve (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) u;
    spin_ms (p->arg);
    return mtd;
}

static void donate (void *arg)
{
    struct portal const *const p = arg;
    uint32_t mtd = 0;

    hyp_ipc_call (p->sel, &mtd);
}

static void donated (void)
{
    uint64_t ms = 3, t0 = 0;
    struct portal *const p = portal_new (local_new (0), serve, &ms);
    struct thread *const t = spawn (PRIO_HIGH, donate, p);

    NEED (hyp_ctrl_sc (t->sc, &t0));
    check_ge (t0, ran, "a server's time is that of the caller's SC");
}

static void idle (void)
{
    uint64_t const sc = sel_alloc (0);
    uint64_t t0 = 0, t1 = 0, v;

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), root.hip->cpu_bsp, sc, 0, PERM_MASK, 0));
    check_status (hyp_ctrl_sc (sc, &t0), STATUS_SUCCESS, "reads the time of an idle SC");
    sleep_ms (5);
    NEED (hyp_ctrl_sc (sc, &t1));
    check (t1 > t0, "which grows while all block");
    check_status (hyp_ctrl_sc (cap_with (sc, PERM_MASK & ~PERM_SC_CTRL), &v), STATUS_BAD_CAP,
                  "it has no permission but CTRL");
}

static void bad_cap (void)
{
    uint64_t v;

    check_status (hyp_ctrl_sc (sel_alloc (0), &v), STATUS_BAD_CAP, "null capability: BAD_CAP");
    check_status (hyp_ctrl_sc (wrong_cap(), &v), STATUS_BAD_CAP, "semaphore: BAD_CAP");
    check_status (hyp_ctrl_sc (worker->ec, &v), STATUS_BAD_CAP, "EC: BAD_CAP");
    check_status (hyp_ctrl_sc (beyond (worker->sc), &v), STATUS_BAD_CAP, "selector beyond SELNUM: BAD_CAP");
    check_status (hyp_ctrl_sc (cap_with (worker->sc, PERM_MASK & ~PERM_SC_CTRL), &v), STATUS_BAD_CAP,
                  "SC without permission CTRL: BAD_CAP");
    check_status (hyp_ctrl_sc (sel_root_sc(), &v), STATUS_SUCCESS, "the root SC");
}

static struct test const test[] = {
    { "success", success }, { "running", running }, { "donated", donated }, { "idle", idle }, { "bad_cap", bad_cap },
};

TESTS ("ctrl_sc", test);

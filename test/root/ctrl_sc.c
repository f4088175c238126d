/* SPDX-License-Identifier: GPL-2.0-only */
#include <cpu_pause.h>
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

static uint64_t idle_sc (unsigned cpu)
{
    uint64_t const sc = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), cpu, sc, 0, PERM_MASK, 0));

    return sc;
}

static uint64_t sc_time (uint64_t sc)
{
    uint64_t t = 0;

    NEED (hyp_ctrl_sc (sc, &t));

    return t;
}

static void spin_twice (void *arg)
{
    spin_ms (arg);
    sleep_ms (2);
    spin_ms (arg);
}

/* Waits for a time, and lets the emulator go on with other CPUs */
static void pass_ms (uint64_t ms)
{
    for (uint64_t const end = in_ms (ms); stc_read() < end; ) cpu_pause();
}

static bool near (uint64_t got, uint64_t want)
{
    uint64_t const off = got > want ? got - want : want - got;

    return off <= want / 500;
}

/* What is not idle time is somebody's: on each CPU, the two add up to the time that has passed */
static void idle_sum (void)
{
    uint64_t ms = 2;
    unsigned const bsp = root.hip->cpu_bsp;

    for (unsigned c = 0; c < root.hip->cpu_num; c++) {

        uint64_t const idle = idle_sc (c), start = stc_read(), idle0 = sc_time (idle);
        uint64_t busy0 = 0, busy = worker->sc;

        if (c == bsp) {
            busy0 = sc_time (busy);
            spin_twice (&ms);
        } else {
            struct thread *const t = spawn_on (c, PRIO_LOW, spin_twice, &ms);
            busy = t->sc;
            pass_ms (12);
        }

        uint64_t const idle1 = sc_time (idle), busy1 = sc_time (busy), end = stc_read();

        check_ge (busy1 - busy0, 4 * root.hip->stc_freq / 1000, c == bsp ? "this CPU: busy time" : "another CPU: busy time");
        check_ge (idle1 - idle0, root.hip->stc_freq / 1000, c == bsp ? "this CPU: idle time" : "another CPU: idle time");
        check (near (busy1 - busy0 + idle1 - idle0, end - start), c == bsp ?
               "this CPU: they add up to the time that has passed" : "another CPU: they add up to the time that has passed");
    }
}

/* The idle SC of another CPU runs while it is asked */
static void idle_now (void)
{
    for (unsigned c = 0; c < root.hip->cpu_num; c++) {

        if (c == root.hip->cpu_bsp)
            continue;

        uint64_t const idle = idle_sc (c);

        pass_ms (1);

        uint64_t const start = stc_read(), t0 = sc_time (idle);

        pass_ms (3);

        uint64_t const t1 = sc_time (idle), end = stc_read();

        check (near (t1 - t0, end - start), "a CPU that does nothing: its idle time is the time that passes");
    }
}

/* One for each CPU, and no more */
static void idle_all (void)
{
    unsigned found = 0;
    uint64_t t;

    for (unsigned c = 0; c < root.hip->cpu_num; c++)
        found += hyp_ctrl_sc (idle_sc (c), &t) == STATUS_SUCCESS;

    check_eq (found, root.hip->cpu_num, "an idle SC for each CPU");
    check (cap_null (idle_sc (root.hip->cpu_num)), "and no more");
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
    { "success", success }, { "running", running }, { "donated", donated }, { "idle", idle },
    { "idle_sum", idle_sum }, { "idle_now", idle_now }, { "idle_all", idle_all }, { "bad_cap", bad_cap },
};

TESTS ("ctrl_sc", test);

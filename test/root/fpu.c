/* SPDX-License-Identifier: GPL-2.0-only */
/* The FPU state belongs to an EC: it does not mix, and an EC without flag F has none. */
#include <fpu_state.h>
#include <help.h>
#include <mem.h>
#include <victim.h>

enum { ROUNDS = 20 };

static struct { uint64_t seed, mine, next; unsigned good; bool done; } volatile player[3];

static void play (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;
    struct fpu_state in, out;

    fpu_pattern (&in, player[i].seed);
    fpu_load (&in);

    for (unsigned k = 0; k < ROUNDS; k++) {
        hyp_sm_down (player[i].mine, 0);
        fpu_save (&out);
        player[i].good += fpu_same (&in, &out);
        hyp_sm_up (player[i].next);
    }

    player[i].done = true;
}

static void fpu_spawn (unsigned prio, thread_fn *fn, void *arg)
{
    NEED (thread_start (global_new (FLAG_EC_FPU, fn, arg), hyp_scd (BUDGET_MS, prio, 0)));
}

static void mix (void)
{
    for (unsigned i = 0; i < 3; i++) {
        player[i].seed = i + 1;
        player[i].mine = sm_new (0);
        player[i].good = 0;
        player[i].done = false;
    }

    for (uintptr_t i = 0; i < 3; i++) {
        player[i].next = player[(i + 1) % 3].mine;
        fpu_spawn ((unsigned) (PRIO_HIGH + i), play, (void *) i);
    }

    hyp_sm_up (player[0].mine);
    sleep_ms (10);
    check (player[0].done && player[1].done && player[2].done, "three ECs take turns");
    check_eq (player[0].good + player[1].good + player[2].good, 3 * ROUNDS, "each keeps its FPU state");
}

/* Preempted rather than blocking */
static bool volatile stop;
static unsigned volatile bad, looked;

static void spin (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;
    struct fpu_state in, out;

    fpu_pattern (&in, i + 0x30);
    fpu_load (&in);

    while (!stop) {
        fpu_save (&out);
        if (!fpu_same (&in, &out))
            bad = bad + 1;
        looked = looked + 1;
    }
}

static void preempt (void)
{
    stop = false;
    bad  = looked = 0;

    for (uintptr_t i = 0; i < 3; i++)
        NEED (thread_start (global_new (FLAG_EC_FPU, spin, (void *) i), hyp_scd (1, PRIO_LOW, 0)));

    sleep_ms (12);
    stop = true;
    check_ge (looked, 10, "three ECs with budgets of 1 ms run");
    check_eq (bad, 0, "each keeps its FPU state");
    sleep_ms (2);
}

/* A new EC starts with clean state, whatever was in the registers */
static struct fpu_state first;

static void look (void *arg)
{
    (void) arg;
    fpu_save (&first);
}

static void dirty (void *arg)
{
    struct fpu_state f;

    fpu_pattern (&f, (uintptr_t) arg);
    fpu_load (&f);
}

static void initial (void)
{
    fpu_spawn (PRIO_HIGH, dirty, (void *) 0x77);
    fpu_pattern (&first, 0x78);
    fpu_spawn (PRIO_HIGH, look, NULL);
    fpu_check_initial (&first);
}

/* Over a call: server and caller both use the FPU */
static struct portal *portal;
static bool volatile caller_ok, server_ok;

static uint32_t serve (struct portal *p, union utcb *u, uint32_t mtd)
{
    static struct fpu_state in, out;
    static bool again;

    (void) p, (void) u;

    if (again) {
        fpu_save (&out);
        server_ok = fpu_same (&in, &out);
    }

    again = true;
    fpu_pattern (&in, 0x55);
    fpu_load (&in);

    return mtd;
}

static void call (void *arg)
{
    struct fpu_state in, out;
    uint32_t mtd = 0;

    (void) arg;
    fpu_pattern (&in, 0x66);
    fpu_load (&in);
    hyp_ipc_call (portal->sel, &mtd);
    fpu_save (&out);
    caller_ok = fpu_same (&in, &out);
    hyp_ipc_call (portal->sel, &mtd);
}

static void ipc (void)
{
    caller_ok = server_ok = false;
    portal = portal_new (local_new (FLAG_EC_FPU), serve, NULL);
    fpu_spawn (PRIO_HIGH, call, NULL);
    check (caller_ok, "the caller keeps its FPU state over a call of a server that uses the FPU");
    check (server_ok, "the server keeps its FPU state from call to call");
}

/* Without F: an event, also right after an EC that owns the FPU */
static unsigned volatile events;
static bool volatile went_on;

static uint32_t no_fpu (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) mtd;
    events = events + 1;
    utcb_set_ip (&u->arch, (uintptr_t) victim_next);
    return MTD_IP;
}

static void use (void *arg)
{
    (void) arg;
    victim_fpu();
    went_on = true;
}

static void without (void)
{
    events  = 0;
    went_on = false;
    fpu_spawn (PRIO_HIGH, dirty, (void *) 0x12);

    struct thread *const t = global_new (0, use, NULL);

    event_new (t, EVENT_NO_FPU, local_new (0), no_fpu, NULL, MTD_IP);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    check_eq (events, 1, "an EC without F: an event");
    check (went_on, "which a handler can skip");
}

/* With F there is no event, though the registers hold another EC's state */
static void with (void)
{
    went_on = false;
    fpu_spawn (PRIO_HIGH, dirty, (void *) 0x13);

    struct thread *const t = global_new (FLAG_EC_FPU, use, NULL);

    events = 0;
    event_new (t, EVENT_NO_FPU, local_new (0), no_fpu, NULL, MTD_IP);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    check_eq (events, 0, "an EC with F: no event");
    check (went_on, "it goes on");
}

static struct test const test[] = {
    { "mix", mix }, { "preempt", preempt }, { "initial", initial }, { "ipc", ipc }, { "without", without }, { "with", with },
};

TESTS ("fpu", test);

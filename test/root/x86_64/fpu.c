/* SPDX-License-Identifier: GPL-2.0-only */
/* The FPU state belongs to an EC: it does not mix, and an EC without flag F has none. */
#include <help.h>
#include <mem.h>
#include <string.h>
#include <victim.h>

/* As FXSAVE64 stores it */
struct fx {
    uint16_t    fcw, fsw;
    uint8_t     ftw, res;
    uint16_t    fop;
    uint64_t    fip, fdp;
    uint32_t    mxcsr, mask;
    uint64_t    st[16], xmm[32], free[12];
} __attribute__ ((aligned (16)));

_Static_assert (sizeof (struct fx) == 512, "FXSAVE area");

void fpu_load (struct fx const *);
void fpu_save (struct fx *);

enum { FCW = 0x37f, MXCSR = 0x1f80 };

static void pattern (struct fx *f, uint64_t seed)
{
    *f = (struct fx) { .fcw = (uint16_t) (FCW & ~0x300), .ftw = 0xff, .mxcsr = MXCSR | (uint32_t) (seed & 3) << 13 };

    for (unsigned i = 0; i < 16; i++)
        f->st[i] = i & 1 ? 0x3fff : (UINT64_C (1) << 63) + seed + i;

    for (unsigned i = 0; i < 32; i++)
        f->xmm[i] = UINT64_C (0x0101010101010101) * seed + i;
}

static bool same (struct fx const *a, struct fx const *b)
{
    bool ok = a->fcw == b->fcw && a->mxcsr == b->mxcsr && !memcmp (a->xmm, b->xmm, sizeof (a->xmm));

    for (unsigned i = 0; i < 16; i++)
        ok = ok && (i & 1 ? (uint16_t) a->st[i] == (uint16_t) b->st[i] : a->st[i] == b->st[i]);

    return ok;
}

enum { ROUNDS = 20 };

static struct { uint64_t seed, mine, next; unsigned good; bool done; } volatile player[3];

static void play (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;
    struct fx in, out;

    pattern (&in, player[i].seed);
    fpu_load (&in);

    for (unsigned k = 0; k < ROUNDS; k++) {
        hyp_sm_down (player[i].mine, 0);
        fpu_save (&out);
        player[i].good += same (&in, &out);
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
    struct fx in, out;

    pattern (&in, i + 0x30);
    fpu_load (&in);

    while (!stop) {
        fpu_save (&out);
        if (!same (&in, &out))
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
static struct fx first;

static void look (void *arg)
{
    (void) arg;
    fpu_save (&first);
}

static void dirty (void *arg)
{
    struct fx f;

    pattern (&f, (uintptr_t) arg);
    fpu_load (&f);
}

static void initial (void)
{
    unsigned clear = 0;

    fpu_spawn (PRIO_HIGH, dirty, (void *) 0x77);
    first.fcw = 0;
    fpu_spawn (PRIO_HIGH, look, NULL);

    for (unsigned i = 0; i < 32; i++)
        clear += !first.xmm[i];

    check_eq (first.fcw, FCW, "a new EC: control word");
    check_eq (first.mxcsr, MXCSR, "a new EC: MXCSR");
    check_eq (clear, 32, "a new EC: XMM registers are 0");
    check_eq (first.ftw, 0, "a new EC: x87 registers are empty");
}

/* Over a call: server and caller both use the FPU */
static struct portal *portal;
static bool volatile caller_ok, server_ok;

static uint32_t serve (struct portal *p, union utcb *u, uint32_t mtd)
{
    static struct fx in, out;

    (void) p, (void) u;

    if (in.fcw) {
        fpu_save (&out);
        server_ok = same (&in, &out);
    }

    pattern (&in, 0x55);
    fpu_load (&in);

    return mtd;
}

static void call (void *arg)
{
    struct fx in, out;
    uint32_t mtd = 0;

    (void) arg;
    pattern (&in, 0x66);
    fpu_load (&in);
    hyp_ipc_call (portal->sel, &mtd);
    fpu_save (&out);
    caller_ok = same (&in, &out);
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

/* Without F: #NM, also right after an EC that owns the FPU */
static unsigned volatile events;
static bool volatile went_on;

static uint32_t nm (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) mtd;
    events = events + 1;
    u->arch.rip = (uintptr_t) victim_next;
    return MTD_RIP;
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

    event_new (t, EXC_NM, local_new (0), nm, NULL, MTD_RIP);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    check_eq (events, 1, "an EC without F: #NM");
    check (went_on, "which a handler can skip");
}

/* With F there is no event, though the registers hold another EC's state */
static void with (void)
{
    went_on = false;
    fpu_spawn (PRIO_HIGH, dirty, (void *) 0x13);

    struct thread *const t = global_new (FLAG_EC_FPU, use, NULL);

    events = 0;
    event_new (t, EXC_NM, local_new (0), nm, NULL, MTD_RIP);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    check_eq (events, 0, "an EC with F: no event");
    check (went_on, "it goes on");
}

static struct test const test[] = {
    { "mix", mix }, { "preempt", preempt }, { "initial", initial }, { "ipc", ipc }, { "without", without }, { "with", with },
};

TESTS ("fpu", test);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Call chains of many ECs: to their end and back, cut in the middle, and closed to circles. */
#include <abuse.h>
#include <entries.h>

enum { DEEP = 1000, CIRCLE = 100 };

static uint64_t ec, pt, sm;                             /* of the first one; the others follow                  */
static bool volatile back;
static enum status volatile got;
static uint64_t volatile word;

/* n local ECs, each of which calls the portal of the next one; the last one enters at end, with that PID */
static void build (unsigned n, void (*end) (void), uint64_t pid)
{
    unsigned const ord = 64 - (unsigned) __builtin_clzll (n - 1);
    uintptr_t const utcb = pool_pages (ord);

    ec = pool_sel (ord);
    pt = pool_sel (ord);

    for (unsigned i = 0; i < n; i++) {

        uintptr_t const u = utcb + ((uintptr_t) i << 12);

        if (hyp_create_ec (0, ec + i, sel_root_pd(), u >> 12, root.hip->cpu_bsp, u, 0) != STATUS_SUCCESS ||
            hyp_create_pt (pt + i, sel_root_pd(), ec + i, (uintptr_t) (i < n - 1 ? entry_chain : end)) != STATUS_SUCCESS ||
            hyp_ctrl_pt (pt + i, i < n - 1 ? pt + i + 1 : pid, 0) != STATUS_SUCCESS)
            need (false, "an EC and a portal for each link");
    }
}

static void call (void *arg)
{
    struct thread const *const *const t = arg;
    uint32_t mtd = 0;

    (*t)->utcb->word[0] = 0;
    got  = hyp_ipc_call (pt, &mtd);
    word = (*t)->utcb->word[0];
    back = true;
}

static struct thread *caller;

static void start (unsigned prio)
{
    back   = false;
    got    = STATUS_BAD_HYP;
    caller = pool_spawn (root.hip->cpu_bsp, prio, call, &caller);
}

static void wait_back (void)
{
    for (uint64_t const end = in_ms (2000); !back && stc_read() < end; )
        sleep_ms (1);
}

static void deep (void)
{
    pool_begin();
    build (DEEP, entry_chain, 0);
    start (PRIO_LOW);
    wait_back();
    check_status (got, STATUS_SUCCESS, "a chain of 1000 calls comes back");
    check_eq (word, STATUS_SUCCESS, "all of it with SUCCESS");
    pool_end();
}

/* The end of the chain blocks, with a timeout queue and a semaphore; an EC in the middle goes */
static void cut (void)
{
    uint64_t rng = abuse_seed();

    pool_begin();
    sm = pool_sm (0);
    build (DEEP, entry_wait, sm);
    start (PRIO_LOW);
    sleep_ms (20);
    check (!back, "a chain whose last server blocks");

    unsigned const at = 1 + rng_below (&rng, DEEP - 2);

    NEED (sel_revoke (pt + at, 0));
    NEED (sel_revoke (ec + at, 0));
    wait_back();
    check_status (got, STATUS_SUCCESS, "one of its ECs goes: the caller comes back");
    check_eq (word, STATUS_ABORTED, "and somebody on the way was told ABORTED");
    NEED (hyp_sm_up (sm));
    sleep_ms (20);
    check (true, "the rest of the chain goes on, and finds nobody to reply to");
    pool_end();
}

/* All at once, from the front, from the back and in the middle of the calls */
static void destroyed (void)
{
    uint64_t rng = abuse_seed();

    for (unsigned round = 0; round < 3; round++) {
        pool_begin();
        sm = pool_sm (0);
        build (DEEP, entry_wait, sm);
        start (PRIO_LOW);
        sleep_ms (round ? rng_below (&rng, 3) + 1 : 20);

        for (unsigned i = 0; i < DEEP; i++) {
            unsigned const k = round == 1 ? DEEP - 1 - i : i;
            sel_revoke (pt + k, 0);
            sel_revoke (ec + k, 0);
        }

        wait_back();
        check (back, "a chain that is destroyed link by link: its caller comes back");
        pool_end();
    }
}

/* The last one calls the first one: they help each other without end, and whoever comes helps, too */
static void circle_of (unsigned n, char const *text)
{
    static struct thread *helper;

    pool_begin();
    build (n, entry_chain, 0);
    NEED (hyp_ctrl_pt (pt + n - 1, pt, 0));
    start (PRIO_LOW);
    helper = pool_spawn (root.hip->cpu_bsp, PRIO_LOW + 5, call, &helper);

    uint64_t const t0 = stc_read();

    sleep_ms (30);
    check (stc_read() - t0 < root.hip->stc_freq, text);
    pool_end();
}

static void circles (void)
{
    circle_of (2, "two servers in a circle: others run");
    circle_of (3, "three servers in a circle: others run");
    circle_of (CIRCLE, "a hundred servers in a circle: others run");
}

/* Many helpers of one busy server, of all priorities, and then the server goes */
static void busy (void)
{
    enum { HELPERS = 24 };
    static struct thread *helper[HELPERS];
    unsigned waiting = 0;

    pool_begin();
    sm = pool_sm (0);
    build (2, entry_wait, sm);

    for (unsigned i = 0; i < HELPERS; i++)
        helper[i] = pool_spawn (root.hip->cpu_bsp, 1 + i * 2, call, &helper[i]);

    sleep_ms (20);
    back = false;
    NEED (hyp_sm_up (sm));
    wait_back();
    check (back, "24 callers of one busy server: one up brings one of them back");
    NEED (sel_revoke (ec + 1, 0));
    NEED (sel_revoke (ec, 0));
    NEED (sel_revoke (pt, 1));

    for (unsigned i = 0; i < HELPERS; i++)
        waiting += hyp_ctrl_ec (0, helper[i]->ec) != STATUS_SUCCESS;

    sleep_ms (20);
    check_eq (waiting, 0, "and when the server is destroyed, recalls reach all of them");
    pool_end();
}

static struct test const test[] = {
    { "deep", deep }, { "cut", cut }, { "destroyed", destroyed }, { "circles", circles }, { "busy", busy },
};

TESTS_OF_SECONDS ("chain", test, 120);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Long chains of calls and of events: helping along them, and deaths in the middle and at the end. */
#include <mem.h>
#include <panic.h>
#include <portal.h>
#include <wcet.h>

static struct { uint64_t ec, pt; uintptr_t utcb; } chain;

/*
 * Local ECs 0...n-1, each with a portal. Of the last one the portal waits for the semaphore; the others call the next one's, or have
 * an exception that the next one's portal serves. Event selector base of i: the undefined instruction is portal i + 1.
 */
static uint64_t chain_new (bool events)
{
    uint64_t const sm = sel_alloc (0);

    NEED (hyp_create_sm (sm, sel_root_pd(), 0));

    if (!chain.ec) {
        chain.ec   = sel_alloc (crowd_ord);
        chain.pt   = sel_alloc (crowd_ord);
        chain.utcb = mem_window (crowd_size, 9);
    }

    for (unsigned i = 0; i < crowd_size; i++) {

        bool const last = i == crowd_size - 1;

        NEED (hyp_create_ec (0, chain.ec + i, sel_root_pd(), (chain.utcb >> 12) + i, root.hip->cpu_bsp, 0,
                             chain.pt + i + 1 - EVENT_UNDEFINED));
        NEED (hyp_create_pt (chain.pt + i, sel_root_pd(), chain.ec + i, (uintptr_t) (events && !last ? stub_fault : stub_relay)));
        NEED (hyp_ctrl_pt (chain.pt + i, last ? id_down (sm) : id_call (chain.pt + i + 1), 0));
    }

    return sm;
}

static unsigned volatile ended[256];                     /* calls, by status                                     */

static void expect (enum status s, unsigned count)
{
    if (ended[s] != count)
        panic ("%u callers of the chain got status %#x, %u expected", ended[s], s, count);
}

static void chain_end (void)
{
    NEED (sel_revoke (chain.pt, crowd_ord));
    NEED (sel_revoke (chain.ec, crowd_ord));
    sleep_ms (40);
}

static void caller (void *arg)
{
    uint32_t mtd = 0;

    ended[hyp_ipc_call (*(uint64_t *) arg, &mtd)]++;
}

static void callers_start (unsigned count)
{
    ended[STATUS_SUCCESS] = ended[STATUS_ABORTED] = 0;

    for (unsigned i = 0; i < count; i++) {
        struct thread *const t = mem_alloc (sizeof (*t), NULL);
        NEED (t ? STATUS_SUCCESS : STATUS_MEM_OBJ);
        NEED (thread_create_global (t, 0, root.hip->cpu_bsp, caller, &chain.pt));
        NEED (thread_start (t, hyp_scd (1000, PRIO_CROWD + i, 0)));
    }

    sleep_ms (100);
}

/* Two callers of one chain, the second one helps along all of it; it unwinds; then one dies at its end, and all others. */
SCENARIO (call_chain)
{
    uint64_t const sm = chain_new (false);

    callers_start (2);
    NEED (hyp_sm_up (sm));
    sleep_ms (100);
    NEED (hyp_sm_up (sm));
    sleep_ms (100);
    expect (STATUS_SUCCESS, 2);

    callers_start (2);
    NEED (sel_revoke (chain.ec + crowd_size - 1, 0));
    NEED (sel_revoke (chain.pt + crowd_size - 1, 0));
    sleep_ms (100);
    expect (STATUS_SUCCESS, 2);                         /* only the last link's call failed: it replied          */
    chain_end();
}

/* The handler of the last event dies: nobody is left to answer, link by link up to the first one. */
SCENARIO (event_chain)
{
    chain_new (true);
    callers_start (2);
    NEED (sel_revoke (chain.ec + crowd_size - 1, 0));
    NEED (sel_revoke (chain.pt + crowd_size - 1, 0));
    sleep_ms (200);
    expect (STATUS_ABORTED, 2);
    chain_end();
}

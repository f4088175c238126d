/* SPDX-License-Identifier: GPL-2.0-only */
/* ipc_call and ipc_reply: messages, portals, helping, timeouts, deaths */
#include <format.h>
#include <help.h>
#include <string.h>

#define A(i)    (UINT64_C (0x0123456789abcdef) * ((i) + 1))     /* what the caller sends                        */
#define B(i)    (UINT64_C (0xfedcba987654321) * ((i) + 7))      /* what was in the server's UTCB                */


struct shot {
    uint64_t    word[UTCB_WORDS];
    uint32_t    mtd;
    uint32_t    reply;                                  /* MTD                                                  */
    bool        pattern;                                /* fill the UTCB at the end of the call                 */
};

static struct shot shot;

static uint32_t record (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct shot *const s = p->arg;

    memcpy (s->word, u->word, sizeof (s->word));
    s->mtd = mtd;

    if (s->pattern)
        for (unsigned i = 0; i < UTCB_WORDS; i++)
            u->word[i] = B (i);

    return s->reply;
}

static enum status call (struct portal const *p, uint32_t mtd)
{
    return hyp_ipc_call (p->sel, &mtd);
}

static bool words_are (uint64_t const *w, unsigned from, unsigned to, bool a)
{
    for (unsigned i = from; i < to; i++)
        if (w[i] != (a ? A (i) : B (i)))
            return false;

    return true;
}

static void words (void)
{
    static unsigned const count[] = { 1, 2, 3, 4, 7, 8, 16, 25, 26, 27, 28, 63, 64, 65, 128, 256, 511, 512 };
    struct portal *const p = portal_new (local_new (0), record, &shot);
    uint64_t *const w = worker->utcb->word;
    char text[64];

    for (size_t k = 0; k < sizeof (count) / sizeof (count[0]); k++) {

        unsigned const n = count[k];

        shot.pattern = true;
        shot.reply   = mtd_words (1);
        NEED (call (p, mtd_words (1)));                 /* the server's UTCB holds B                            */

        for (unsigned i = 0; i < UTCB_WORDS; i++)
            w[i] = A (i);

        shot.reply = mtd_words (n);
        uint32_t mtd = mtd_words (n);

        NEED (hyp_ipc_call (p->sel, &mtd));

        format (text, sizeof (text), "call with %u words", n);
        check (words_are (shot.word, 0, n, true), text);
        format (text, sizeof (text), "call with %u words: no other word arrives", n);
        check (words_are (shot.word, n, UTCB_WORDS, false), text);
        format (text, sizeof (text), "call with %u words: MTD", n);
        check_eq (shot.mtd, mtd_words (n), text);
        format (text, sizeof (text), "reply with %u words", n);
        check (words_are (w, 0, n, false), text);
        format (text, sizeof (text), "reply with %u words: no other word arrives", n);
        check (words_are (w, n, UTCB_WORDS, true), text);
        format (text, sizeof (text), "reply with %u words: MTD", n);
        check_eq (mtd, mtd_words (n), text);
    }

    shot.reply = mtd_words (3);
    uint32_t mtd = mtd_words (500);

    NEED (hyp_ipc_call (p->sel, &mtd));
    check_eq (mtd, mtd_words (3), "the reply's MTD need not be that of the call");
}

static uint32_t count_fn (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) u;
    ++*(unsigned volatile *) p->arg;
    return mtd;
}

static void bad_cap (void)
{
    unsigned volatile n = 0;
    struct portal *const p = portal_new (local_new (0), count_fn, (void *) (uintptr_t) &n);
    uint32_t mtd = mtd_words (1);

    check_status (hyp_ipc_call (sel_alloc (0), &mtd), STATUS_BAD_CAP, "null capability: BAD_CAP");
    check_status (hyp_ipc_call (wrong_cap(), &mtd), STATUS_BAD_CAP, "semaphore: BAD_CAP");
    check_status (hyp_ipc_call (sel_root_ec(), &mtd), STATUS_BAD_CAP, "EC: BAD_CAP");
    check_status (hyp_ipc_call (sel_root_pd(), &mtd), STATUS_BAD_CAP, "PD: BAD_CAP");
    check_status (hyp_ipc_call (p->server->ec, &mtd), STATUS_BAD_CAP, "the EC of a portal: BAD_CAP");
    check_status (hyp_ipc_call (beyond (p->sel), &mtd), STATUS_BAD_CAP, "selector beyond SELNUM: BAD_CAP");
    check_status (hyp_ipc_call (~UINT64_C (0) >> 8, &mtd), STATUS_BAD_CAP, "largest selector: BAD_CAP");
    check_status (hyp_ipc_call (cap_with (p->sel, PERM_PT_ALL & ~PERM_PT_CALL), &mtd), STATUS_BAD_CAP,
                  "portal without permission CALL: BAD_CAP");
    check_eq (n, 0, "none of these called");
    check_status (hyp_ipc_call (cap_with (p->sel, PERM_PT_CALL), &mtd), STATUS_SUCCESS, "permission CALL is enough");
    check_eq (n, 1, "and calls");
    NEED (sel_revoke (p->sel, 0));
    check_status (hyp_ipc_call (p->sel, &mtd), STATUS_BAD_CAP, "revoked portal: BAD_CAP");
}

/* A server that waits for a semaphore in the middle of a request */
static uint64_t gate, entered, finished;
static unsigned volatile served, calls_done;
static enum status volatile status_of[3];

static uint32_t slow (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u, (void) mtd;
    hyp_sm_up (entered);
    hyp_sm_down (gate, 0);
    served = served + 1;
    return mtd_words (5);
}

static struct portal *slow_portal;
static uint32_t volatile mtd_of[3];

static void caller (void *arg)
{
    uint32_t mtd = mtd_words (1);
    uintptr_t const i = (uintptr_t) arg;

    status_of[i] = hyp_ipc_call (slow_portal->sel, &mtd);
    mtd_of[i]    = mtd;
    calls_done   = calls_done + 1;
    hyp_sm_up (finished);
}

static void slow_new (void)
{
    gate        = sm_new (0);
    entered     = sm_new (0);
    finished    = sm_new (0);
    served      = calls_done = 0;
    slow_portal = portal_new (local_new (0), slow, NULL);
    status_of[0] = status_of[1] = status_of[2] = STATUS_BAD_HYP;
}

static void timeout (void)
{
    uint32_t mtd = mtd_words (1);

    slow_new();
    spawn (PRIO_HIGH, caller, (void *) 0);
    NEED (hyp_sm_down (entered, 1));

    check_status (hyp_ipc_call_flags (FLAG_CALL_TIMEOUT, slow_portal->sel, &mtd), STATUS_TIMEOUT,
                  "flag T on a busy callee: TIMEOUT");
    check_eq (served, 0, "the request in progress goes on");
    hyp_sm_up (gate);
    check_eq (calls_done, 1, "and ends");
    check_status (status_of[0], STATUS_SUCCESS, "with SUCCESS");
    hyp_sm_up (gate);
    check_status (hyp_ipc_call_flags (FLAG_CALL_TIMEOUT, slow_portal->sel, &mtd), STATUS_SUCCESS,
                  "flag T on an idle callee: SUCCESS");

    /* The whole register: the identifier must not stay there */
    hyp_sm_up (gate);
    struct hyp_regs const r = hyp_raw ((struct hyp_regs) {
        .p0 = hyp_id (HYPERCALL_ipc_call, FLAG_CALL_TIMEOUT) | abi_put_ipc_call_pt (slow_portal->sel), .p1 = mtd });
    check_eq (r.p0, STATUS_SUCCESS, "flag T on an idle callee: status register is 0");
}

static void busy (void)
{
    slow_new();
    spawn (PRIO_HIGH, caller, (void *) 0);
    NEED (hyp_sm_down (entered, 1));
    spawn (PRIO_HIGH, caller, (void *) 1);
    spawn (PRIO_HIGHER, caller, (void *) 2);
    check_eq (calls_done, 0, "calls of a busy server wait");
    hyp_sm_up (gate);
    sleep_ms (1);
    check_eq (served, 1, "one up ends one request");
    hyp_sm_up (gate);
    hyp_sm_up (gate);
    sleep_ms (1);
    check_eq (served, 3, "all requests are served");
    check_eq (calls_done, 3, "all callers go on");
    check (status_of[0] == STATUS_SUCCESS && status_of[1] == STATUS_SUCCESS && status_of[2] == STATUS_SUCCESS,
           "with SUCCESS");
    check (mtd_of[0] == mtd_words (5) && mtd_of[1] == mtd_words (5) && mtd_of[2] == mtd_words (5),
           "and with the MTD of the reply, whether others helped or not");
}

/* A high-priority caller lends its time to a server that was preempted while it worked for a low-priority one */
static bool volatile spin_go, spin_in, middle_ran, helped_before_middle;

static uint32_t spin (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u;

    if (!spin_in)
        for (spin_in = true; !spin_go; ) ;

    return mtd;
}

static void middle (void *arg) { (void) arg; middle_ran = true; }

static void low_caller (void *arg) { uint32_t mtd = 0; status_of[1] = hyp_ipc_call (*(uint64_t *) arg, &mtd); }

static void high_caller (void *arg)
{
    uint32_t mtd = 0;

    spin_go = true;
    status_of[0] = hyp_ipc_call (*(uint64_t *) arg, &mtd);
    helped_before_middle = !middle_ran;
}

static void help (void)
{
    struct portal *const p = portal_new (local_new (0), spin, NULL);

    spin_go = spin_in = middle_ran = helped_before_middle = false;
    status_of[0] = status_of[1] = STATUS_BAD_HYP;
    spawn (PRIO_LOW, low_caller, &p->sel);

    /* On a busy machine its turn may come late */
    for (unsigned i = 0; i < 500 && !spin_in; i++)
        sleep_ms (2);

    need (spin_in, "a caller of low priority is in the server");

    struct thread *const h = global_new (0, high_caller, &p->sel), *const m = global_new (0, middle, NULL);

    /* The worker preempts; middle would run before low, but high helps low's request */
    NEED (thread_start (m, hyp_scd (BUDGET_MS, PRIO_LOW + 5, 0)));
    NEED (thread_start (h, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    check_status (status_of[0], STATUS_SUCCESS, "a call of a server preempted in a request of lower priority");
    check (helped_before_middle, "runs that request on the caller's priority");
    sleep_ms (1);
    check (middle_ran, "the one between them runs afterwards");
    check_status (status_of[1], STATUS_SUCCESS, "and the one of low priority has its reply");
}

/* Chains */
static struct portal *next;

static uint32_t relay (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct portal const *const to = p->arg;

    u->word[0]++;

    return hyp_ipc_call (to->sel, &mtd) == STATUS_SUCCESS ? mtd : mtd_words (2);
}

static uint32_t twice (struct portal *p, union utcb *u, uint32_t mtd) { (void) p; u->word[0] *= 2; return mtd; }

static void chain (void)
{
    struct portal *const c = portal_new (local_new (0), twice, NULL), *const b = portal_new (local_new (0), relay, c);
    uint32_t mtd = mtd_words (1);

    next = portal_new (local_new (0), relay, b);
    worker->utcb->word[0] = 5;
    check_status (hyp_ipc_call (next->sel, &mtd), STATUS_SUCCESS, "a call through three servers");
    check_eq (worker->utcb->word[0], 14, "each did its part");
    check_eq (mtd, mtd_words (1), "MTD of the reply");
}

/* A server that calls itself is busy */
static enum status volatile self_status;

static uint32_t self_call (struct portal *p, union utcb *u, uint32_t mtd)
{
    uint32_t m = 0;

    (void) u;
    self_status = hyp_ipc_call_flags (FLAG_CALL_TIMEOUT, p->sel, &m);

    return mtd;
}

static void self (void)
{
    struct portal *const p = portal_new (local_new (0), self_call, NULL);

    check_status (call (p, 0), STATUS_SUCCESS, "a server that calls itself with flag T");
    check_status (self_status, STATUS_TIMEOUT, "gets TIMEOUT");
}

/* Death of the callee */
static uint32_t die (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u;
    insn_undefined();
    return mtd;
}

static void dead (void)
{
    struct thread *const s = local_new (0);
    struct portal *const p = portal_new (s, die, NULL), *const q = portal_new (s, twice, NULL);
    uint32_t mtd = mtd_words (2);

    NEED (sel_revoke (s->evt, 5));
    worker->utcb->word[0] = 21;
    check_status (hyp_ipc_call (p->sel, &mtd), STATUS_ABORTED, "the server dies in a request: ABORTED");
    check_eq (worker->utcb->word[0], 21, "no message comes back");
    check_status (hyp_ipc_call (p->sel, &mtd), STATUS_ABORTED, "a later call: ABORTED");
    check_status (hyp_ipc_call (q->sel, &mtd), STATUS_ABORTED, "another portal of the dead server: ABORTED");
    check_status (hyp_ipc_call_flags (FLAG_CALL_TIMEOUT, q->sel, &mtd), STATUS_ABORTED, "with flag T: ABORTED");
}

static uint32_t relay_dead (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct portal const *const to = p->arg;

    u->word[0] = hyp_ipc_call (to->sel, &mtd);

    return mtd_words (1);
}

static void dead_chain (void)
{
    struct thread *const s = local_new (0);
    struct portal *const b = portal_new (local_new (0), relay_dead, portal_new (s, die, NULL));
    uint32_t mtd = mtd_words (1);

    NEED (sel_revoke (s->evt, 5));
    check_status (hyp_ipc_call (b->sel, &mtd), STATUS_SUCCESS, "only the caller of the dead server gets ABORTED");
    check_eq (worker->utcb->word[0], STATUS_ABORTED, "its status was ABORTED");
}

/* The last one of a chain blocks, and the one in the middle goes: its caller must not wait for the end of the chain */
static void dead_middle (void)
{
    slow_new();

    struct thread *const m = local_new (0);
    struct portal *const inner = slow_portal;

    slow_portal = portal_new (m, relay, inner);
    spawn (PRIO_HIGH, caller, (void *) 0);
    NEED (hyp_sm_down (entered, 1));
    check_eq (calls_done, 0, "a request waits at the end of a chain");

    NEED (sel_revoke (slow_portal->sel, 0));
    NEED (sel_revoke (m->ec, 0));

    for (unsigned i = 0; i < 50 && !calls_done; i++)    /* a grace period takes as long as other CPUs like          */
        sleep_ms (5);

    /* Either the middle server finishes the request first, or it goes at once */
    if (!calls_done)
        hyp_sm_up (gate);
    sleep_ms (2);
    check_eq (calls_done, 1, "when the middle of it goes, the caller goes on");
    check (status_of[0] == STATUS_ABORTED || status_of[0] == STATUS_SUCCESS, "with ABORTED, or with the reply");
    check (nova() || status_of[0] == STATUS_ABORTED, "before the end of the chain does");
    hyp_sm_up (gate);
}

/* Callers that help a server which then dies */
static uint32_t slow_die (struct portal *p, union utcb *u, uint32_t mtd)
{
    hyp_sm_up (entered);
    hyp_sm_down (gate, 0);
    return die (p, u, mtd);
}

static void dead_helper (void)
{
    slow_new();

    struct thread *const s = local_new (0);

    slow_portal = portal_new (s, slow_die, NULL);
    NEED (sel_revoke (s->evt, 5));
    spawn (PRIO_HIGH, caller, (void *) 0);
    NEED (hyp_sm_down (entered, 1));
    spawn (PRIO_HIGH, caller, (void *) 1);
    hyp_sm_up (gate);
    sleep_ms (1);
    check_eq (calls_done, 2, "caller and helper of a server that dies go on");
    check_status (status_of[0], STATUS_ABORTED, "the caller with ABORTED");
    check_status (status_of[1], STATUS_ABORTED, "the helper with ABORTED");
}

/* Capabilities may go while a request is in progress */
static void revoke_busy (void)
{
    slow_new();
    spawn (PRIO_HIGH, caller, (void *) 0);
    NEED (hyp_sm_down (entered, 1));
    NEED (sel_revoke (slow_portal->sel, 0));
    NEED (sel_revoke (slow_portal->server->ec, 0));
    hyp_sm_up (gate);
    sleep_ms (1);
    check_eq (calls_done, 1, "the caller of a server that nobody has a capability for goes on");
    check (status_of[0] == STATUS_SUCCESS || status_of[0] == STATUS_ABORTED,
           "with SUCCESS or, as the server is dead, ABORTED");
}

static struct test const test[] = {
    { "words", words }, { "bad_cap", bad_cap }, { "timeout", timeout }, { "busy", busy }, { "help", help }, { "chain", chain },
    { "self", self }, { "dead", dead }, { "dead_chain", dead_chain }, { "dead_helper", dead_helper },
    { "revoke_busy", revoke_busy },
    { "dead_middle", dead_middle },
};

TESTS ("ipc", test);

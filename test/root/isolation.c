/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of the isolation tests, and messages: call and reply by each way through the kernel. */
#include <isolation.h>

#include <format.h>
#include <mem.h>
#include <string.h>

enum { STACK = 4096, STACKS = 40, IMAGE_BLOCK = 512, IMAGE_BLOCKS = 2 };

#define IMAGE_PAGE  UINT64_C (0x10000)                  /* page number of the program                           */

static uint8_t stack[STACKS][STACK] __attribute__ ((aligned (16)));
static unsigned stacks;                                 /* used; ECs of earlier tests may still stand on theirs  */
struct domain iso_twin;
static struct thread *starter;

void iso_copy_seen (struct seen *s) { memcpy (s, (void *) (uintptr_t) &witness_seen, sizeof (*s)); }

unsigned iso_pieces (void const *p, size_t size, uint16_t tag)
{
    uint16_t const *const w = p;
    unsigned n = 0;

    for (size_t i = 0; i < size / sizeof (*w); i++)
        n += w[i] == tag;

    return n;
}

void iso_fill (uint64_t *w, size_t words, uint16_t tag)
{
    for (size_t i = 0; i < words; i++)
        w[i] = FILL (tag);
}

unsigned iso_differ (uint64_t const *w, size_t from, size_t to, uint64_t v)
{
    unsigned n = 0;

    for (size_t i = from; i < to; i++)
        n += w[i] != v;

    return n;
}

/* The server's side of a message: runs in its domain */
static uint32_t serve (uintptr_t pid, uint32_t mtd)
{
    struct iso_ec *const e = (struct iso_ec *) pid;

    (void) mtd;
    e->served++;
    memcpy (e->got, e->t.utcb, sizeof (e->got));

    if (e->gate)
        hyp_sm_down (e->gate, 0);

    if (!e->fresh)
        iso_fill (e->t.utcb->word, UTCB_WORDS, THEIRS);

    if (e->event) {
        utcb_set_ip (&e->t.utcb->arch, e->ip);
        return MTD_IP;
    }

    for (unsigned i = 0; i < e->words; i++)
        e->t.utcb->word[i] = FILL (PLAIN);

    return mtd_words (e->words);
}

/* Domains and ECs */
void iso_domain_make (struct domain *d)
{
    domain_new (d);

    for (unsigned i = 0; i < IMAGE_BLOCKS; i++) {
        uint64_t const page = IMAGE_PAGE + i * IMAGE_BLOCK;
        NEED (hyp_ctrl_pd (SEL_ROOT_HST, d->hst, page, page, 9, PERM_MASK, 0));
    }

    NEED (hyp_ctrl_pd (sel_root_obj(), d->obj, test_never, test_never, 0, PERM_MASK, 0));
}

void iso_give (uint64_t sel) { NEED (hyp_ctrl_pd (sel_root_obj(), iso_twin.obj, sel, sel, 0, PERM_MASK, 0)); }

uint64_t iso_shared_sm (void)
{
    uint64_t const s = sm_new (0);

    iso_give (s);

    return s;
}

static void run (void *arg)
{
    struct thread *const t = arg;

    for (t->fn (t->arg); ; hyp_sm_down (test_never, 0)) ;
}

static uint32_t start_run (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct iso_ec *const e = p->arg;

    (void) mtd;

    if (e->t.fn)
        return thread_continue (u, run, &e->t, e->t.stack_top);

    memset (u, 0, sizeof (*u));
    utcb_set_ip (&u->arch, (uintptr_t) witness_start);

    return MTD_IP;
}

/* d: null for the root domain. fn: null to iso_begin at witness_start, with nothing but the instruction pointer set */
void iso_ec_make (struct iso_ec *e, struct domain const *d, unsigned flags, thread_fn *fn, void *arg)
{
    uintptr_t const utcb = mem_window (1, 0);

    memset (e, 0, sizeof (*e));
    e->words = 1;
    e->t = (struct thread) { .ec = sel_alloc (0), .evt = sel_alloc (THREAD_EVENT_ORD), .cpu = root.hip->cpu_bsp,
                             .utcb = (union utcb *) utcb, .stack_top = (uintptr_t) stack[stacks++] + STACK,
                             .fn = fn, .arg = arg };

    need (stacks <= STACKS, "a stack");
    NEED (hyp_create_ec (flags, e->t.ec, d ? d->pd : sel_root_pd(), utcb >> 12, e->t.cpu, e->t.stack_top, e->t.evt));
    need (guard_watch (&e->t), "event portals");

    if (flags & FLAG_EC_GLOBAL)
        event_new (&e->t, EVENT_HST_ARCH + EVENT_STARTUP, starter, start_run, e, 0);

    if (d)
        NEED (hyp_ctrl_pd (sel_root_obj(), d->obj, e->t.evt, e->t.evt, THREAD_EVENT_ORD, PERM_MASK, 0));
}

void iso_server_make (struct iso_ec *e, struct domain const *d)
{
    iso_ec_make (e, d, 0, NULL, NULL);
    e->pt = sel_alloc (0);
    NEED (hyp_create_pt (e->pt, sel_root_pd(), e->t.ec, (uintptr_t) witness_portal));
    NEED (hyp_ctrl_pt (e->pt, (uintptr_t) e, 0));
}

void iso_begin (struct iso_ec *e, unsigned budget, unsigned prio)
{
    e->t.sc = sel_alloc (0);
    NEED (hyp_create_sc (e->t.sc, sel_root_pd(), e->t.ec, hyp_scd (budget, prio, 0)));
}

void iso_setup (void)
{
    starter  = local_new (0);
    witness_serve = serve;
    iso_fill ((uint64_t *) (uintptr_t) witness_reply, GPRS, THEIRS);
    iso_domain_make (&iso_twin);
}

void iso_regs_fill (struct regs *r, uint16_t tag)
{
    iso_fill (r->gpr, GPRS, tag);
    r->flags = FLAGS_NONE;
}

unsigned iso_regs_lost (struct regs const *r, uint16_t tag)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        if (i != REG_P0 && i != REG_P1 && !((unsigned) REGS_LOST >> i & 1) &&
            (i == REG_SP ? r->gpr[i] != r->sp : r->gpr[i] != FILL (tag)))
            m |= 1u << i;

    return m;
}

void iso_call (struct regs *r, union utcb *u, uint64_t pt, unsigned flags, unsigned words, uint16_t tag)
{
    iso_fill (u->word, UTCB_WORDS, tag);
    iso_fill (u->word, words, PLAIN);
    iso_regs_fill (r, tag);
    r->flags |= FLAGS_ALL;
    r->gpr[REG_P0] = hyp_id (HYPERCALL_ipc_call, flags) | pt << 8;
    r->gpr[REG_P1] = (FILL (tag) & ~UINT64_C (0xffffffff)) | mtd_words (words);
    regs_syscall (r);
}

void iso_stack_back (void) { stacks--; }

static char text[112];

static char const *name (char const *kind, unsigned words, char const *what)
{
    format (text, sizeof (text), "%s, %u words: %s", kind, words, what);
    return text;
}

/* Messages: call and reply, by each way through the kernel */
static struct iso_ec server, third, helper;

static void message (char const *kind, unsigned flags, unsigned words)
{
    struct regs r;
    union utcb *const u = worker->utcb;
    struct seen seen;

    server.words = words;
    iso_call (&r, u, server.pt, flags, words, OURS);
    iso_copy_seen (&seen);

    check_eq (iso_pieces (&seen, sizeof (seen), OURS), 0,
              name (kind, words, "the server's registers hold nothing of the caller"));
    check_eq (seen.flags, FLAGS_NONE, name (kind, words, "nor its flags"));
    check_eq (iso_differ (server.got, 0, words, FILL (PLAIN)), 0, name (kind, words, "the server's UTCB holds the message"));
    check_eq (iso_differ (server.got, words, UTCB_WORDS, FILL (THEIRS)), 0, name (kind, words, "and nothing else is changed"));
    check_eq (iso_pieces (&r, sizeof (r), THEIRS), 0, name (kind, words, "the caller's registers hold nothing of the server"));
    check_eq (iso_regs_lost (&r, OURS), 0, name (kind, words, "and are what they were"));
    check_eq (iso_differ (u->word, 0, words, FILL (PLAIN)), 0, name (kind, words, "the caller's UTCB holds the reply"));
    check_eq (iso_differ (u->word, words, UTCB_WORDS, FILL (OURS)), 0, name (kind, words, "and nothing else is changed"));
}

static unsigned const lengths[] = { 1, 2, 3, 8, 25, 26, 64, 511, 512 };

#define EACH_LENGTH(i)  for (unsigned i = 0; i < sizeof (lengths) / sizeof (lengths[0]); i++)

/* The server has filled its registers and its UTCB from now on */
static void first (void)
{
    struct regs r;

    server.words = 1;
    iso_call (&r, worker->utcb, server.pt, 0, 1, OURS);
}

static void ipc (void)
{
    iso_setup();
    iso_server_make (&server, &iso_twin);
    first();

    EACH_LENGTH (i)
        message ("ipc_call", 0, lengths[i]);

    first();

    EACH_LENGTH (i)
        message ("ipc_call with flag T", FLAG_CALL_TIMEOUT, lengths[i]);
}

/* A hazard makes the fast path iso_give up: here that of the FPU, which the third domain's EC leaves switched on */
static uint64_t go, back;

static void fpu_user (void *arg)
{
    uint64_t const my_go = go, my_back = back;          /* the next test has others                             */

    (void) arg;

    for (;;) {
        hyp_sm_down (my_go, 0);
        insn_fpu();
        hyp_sm_up (my_back);
    }
}

static void ipc_slow (void)
{
    iso_setup();
    iso_server_make (&server, &iso_twin);
    first();
    go   = iso_shared_sm();
    back = iso_shared_sm();
    iso_ec_make (&third, &iso_twin, FLAG_EC_GLOBAL | FLAG_EC_FPU, fpu_user, NULL);
    iso_begin (&third, BUDGET_MS, PRIO_HIGH);

    EACH_LENGTH (i) {
        hyp_sm_up (go);
        NEED (hyp_sm_down (back, 0));
        message ("ipc_call by the slow path", FLAG_CALL_TIMEOUT, lengths[i]);
    }
}

/* The server is busy with the request of somebody else, and works on with the help of this caller */
static struct regs helped_regs;

static void busy_caller (void *arg)
{
    uint64_t const my_go = go, my_back = back;

    for (;;) {
        hyp_sm_down (my_go, 0);
        iso_call (&helped_regs, helper.t.utcb, server.pt, 0, *(unsigned *) arg, OTHERS);
        hyp_sm_up (my_back);
    }
}

static void opener (void *arg)
{
    uint64_t const my_gate = third.gate;

    (void) arg;

    for (;;) {
        hyp_sm_down (my_gate, 0);
        hyp_sm_up (server.gate);
        hyp_sm_up (server.gate);
    }
}

static void helped (void)
{
    static unsigned words;
    uint64_t gate;

    iso_setup();
    iso_server_make (&server, &iso_twin);
    first();
    go   = iso_shared_sm();
    back = iso_shared_sm();
    gate = iso_shared_sm();
    iso_ec_make (&helper, NULL, FLAG_EC_GLOBAL, busy_caller, &words);
    iso_ec_make (&third, NULL, FLAG_EC_GLOBAL, opener, NULL);
    third.gate = iso_shared_sm();
    iso_begin (&helper, BUDGET_MS, PRIO_HIGH);
    iso_begin (&third, BUDGET_MS, PRIO_LOW);

    EACH_LENGTH (i) {
        unsigned const before = server.served;

        words = lengths[i];
        server.words = words;
        server.gate = gate;
        hyp_sm_up (go);                                 /* it calls, and the server waits at the gate           */
        need (server.served == before + 1, "the server is busy");
        hyp_sm_up (third.gate);                         /* runs when this EC waits with the server              */
        message ("helped call", 0, lengths[i]);
        server.gate = 0;
        NEED (hyp_sm_down (back, 0));
        check_eq (iso_pieces (server.got, sizeof (server.got), OTHERS), 0,
                  name ("helped call", words, "nothing of the first caller"));
        check_eq (iso_regs_lost (&helped_regs, OTHERS), 0, name ("helped call", words, "the first caller keeps its registers"));
        check_eq (iso_pieces (&helped_regs, sizeof (struct regs), OURS) + iso_pieces (&helped_regs, sizeof (struct regs), THEIRS),
                  0, name ("helped call", words, "and holds nothing of others"));
    }
}

static struct test const test[] = {
    { "ipc", ipc }, { "ipc_slow", ipc_slow }, { "helped", helped },
};

TESTS ("isolation", test);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one protection domain leaves behind, and another one finds. ECs of two domains fill all that is theirs - registers, FPU state,
 * UTCB - with patterns; after each kind of switch the other one's pattern is searched for in everything that an EC can see. The
 * second domain has the program at the same addresses, so that all functions work in both.
 */
#include <help.h>
#include <console.h>
#include <format.h>
#include <mem.h>
#include <regs.h>
#include <string.h>

#define FILL(tag)   (UINT64_C (0x0001000100010001) * (tag))     /* every 16 bits tell whose they are            */

enum { OURS = 0xc3a5, THEIRS = 0x96b7, OTHERS = 0x5ad3, PLAIN = 0x1111 };      /* PLAIN: sent on purpose               */
enum { STACK = 4096, STACKS = 40, IMAGE_BLOCK = 512, IMAGE_BLOCKS = 2, AC = 1 << 18, FLAGS_USED = 0xcd5 | AC, EVENT_ORD = 6 };

#define IMAGE_PAGE  UINT64_C (0x10000)                  /* page number of the program                           */

struct iso_ec {
    struct thread   t;
    uint64_t        pt;                                 /* local EC: its portal                                 */
    bool            fresh;                              /* does not fill its UTCB                               */
    bool            event;                              /* answers events: the EC goes on at `ip`               */
    uint64_t        ip;
    unsigned        words;                              /* of a reply                                           */
    uint64_t        gate;                               /* semaphore that it waits for before it replies, or 0  */
    unsigned        served;
    uint64_t        got[UTCB_WORDS];                    /* its UTCB, as it found it                             */
};

struct seen {
    uint64_t        gpr[GPRS], rflags;
    uint32_t        sel[4];
};

extern struct seen volatile iso_seen;
extern uint64_t volatile iso_fill;                      /* of the registers with which iso_portal replies       */

void        iso_portal (void);
void        iso_start (void);
uint32_t    iso_serve (struct iso_ec *, uint32_t mtd);
void        iso_started (void);

static uint8_t stack[STACKS][STACK] __attribute__ ((aligned (16)));
static unsigned stacks;                                 /* used; ECs of earlier tests may still stand on theirs  */
static struct domain twin;
static struct thread *starter;

static void copy_seen (struct seen *s) { memcpy (s, (void *) (uintptr_t) &iso_seen, sizeof (*s)); }

/* 16-bit pieces of the pattern */
static unsigned pieces (void const *p, size_t size, uint16_t tag)
{
    uint16_t const *const w = p;
    unsigned n = 0;

    for (size_t i = 0; i < size / sizeof (*w); i++)
        n += w[i] == tag;

    return n;
}

static void fill (uint64_t *w, size_t words, uint16_t tag)
{
    for (size_t i = 0; i < words; i++)
        w[i] = FILL (tag);
}

static unsigned differ (uint64_t const *w, size_t from, size_t to, uint64_t v)
{
    unsigned n = 0;

    for (size_t i = from; i < to; i++)
        n += w[i] != v;

    return n;
}

/* The server's side of a message: runs in its domain */
uint32_t iso_serve (struct iso_ec *e, uint32_t mtd)
{
    (void) mtd;
    e->served++;
    memcpy (e->got, e->t.utcb, sizeof (e->got));

    if (e->gate)
        hyp_sm_down (e->gate, 0);

    if (!e->fresh)
        fill (e->t.utcb->word, UTCB_WORDS, THEIRS);

    if (e->event) {
        e->t.utcb->arch.rip = e->ip;
        return MTD_RIP;
    }

    for (unsigned i = 0; i < e->words; i++)
        e->t.utcb->word[i] = FILL (PLAIN);

    return mtd_words (e->words);
}

/* Domains and ECs */
static void domain_make (struct domain *d)
{
    domain_new (d);

    for (unsigned i = 0; i < IMAGE_BLOCKS; i++) {
        uint64_t const page = IMAGE_PAGE + i * IMAGE_BLOCK;
        NEED (hyp_ctrl_pd (SEL_ROOT_HST, d->hst, page, page, 9, PERM_MASK, 0));
    }

    NEED (hyp_ctrl_pd (sel_root_obj(), d->obj, test_never, test_never, 0, PERM_MASK, 0));
}

static void give (uint64_t sel) { NEED (hyp_ctrl_pd (sel_root_obj(), twin.obj, sel, sel, 0, PERM_MASK, 0)); }

static uint64_t shared_sm (void)
{
    uint64_t const s = sm_new (0);

    give (s);

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

    u->arch.rip = (uintptr_t) iso_start;

    return MTD_RIP;
}

/* d: null for the root domain. fn: null to begin at iso_start, with nothing but RIP set */
static void ec_make (struct iso_ec *e, struct domain const *d, unsigned flags, thread_fn *fn, void *arg)
{
    uintptr_t const utcb = mem_window (1, 0);

    memset (e, 0, sizeof (*e));
    e->words = 1;
    e->t = (struct thread) { .ec = sel_alloc (0), .evt = sel_alloc (EVENT_ORD), .cpu = root.hip->cpu_bsp, .utcb = (union utcb *) utcb,
                             .stack_top = (uintptr_t) stack[stacks++] + STACK, .fn = fn, .arg = arg };

    need (stacks <= STACKS, "a stack");
    NEED (hyp_create_ec (flags, e->t.ec, d ? d->pd : sel_root_pd(), utcb >> 12, e->t.cpu, e->t.stack_top, e->t.evt));
    need (guard_watch (&e->t), "event portals");

    if (flags & FLAG_EC_GLOBAL)
        event_new (&e->t, EVENT_HST_ARCH + EVENT_STARTUP, starter, start_run, e, 0);

    if (d)
        NEED (hyp_ctrl_pd (sel_root_obj(), d->obj, e->t.evt, e->t.evt, EVENT_ORD, PERM_MASK, 0));
}

static void server_make (struct iso_ec *e, struct domain const *d)
{
    ec_make (e, d, 0, NULL, NULL);
    e->pt = sel_alloc (0);
    NEED (hyp_create_pt (e->pt, sel_root_pd(), e->t.ec, (uintptr_t) iso_portal));
    NEED (hyp_ctrl_pt (e->pt, (uintptr_t) e, 0));
}

static void begin (struct iso_ec *e, unsigned budget, unsigned prio)
{
    e->t.sc = sel_alloc (0);
    NEED (hyp_create_sc (e->t.sc, sel_root_pd(), e->t.ec, hyp_scd (budget, prio, 0)));
}

static void setup (void)
{
    starter  = local_new (0);
    iso_fill = FILL (THEIRS);
    domain_make (&twin);
}

static void regs_fill (struct regs *r, uint16_t tag)
{
    fill (r->gpr, GPRS, tag);
    r->rflags = 0x202;
}

/* Registers that a hypercall must keep, and does not */
static unsigned regs_lost (struct regs const *r, uint16_t tag)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        if (i != RDI && i != RSI && i != RCX && i != R11 && (i == RSP ? r->gpr[i] != r->rsp : r->gpr[i] != FILL (tag)))
            m |= 1u << i;

    return m;
}

static char text[112];

static char const *name (char const *kind, unsigned words, char const *what)
{
    format (text, sizeof (text), "%s, %u words: %s", kind, words, what);
    return text;
}

/* Messages: call and reply, by each way through the kernel */
static struct iso_ec server, third, helper;

static void regs_call (struct regs *r, union utcb *u, uint64_t pt, unsigned flags, unsigned words, uint16_t tag)
{
    fill (u->word, UTCB_WORDS, tag);
    fill (u->word, words, PLAIN);
    regs_fill (r, tag);
    r->rflags  |= FLAGS_USED;
    r->gpr[RDI] = hyp_id (HYPERCALL_ipc_call, flags) | pt << 8;
    r->gpr[RSI] = (FILL (tag) & ~UINT64_C (0xffffffff)) | mtd_words (words);
    regs_syscall (r);
}

static void message (char const *kind, unsigned flags, unsigned words)
{
    struct regs r;
    union utcb *const u = worker->utcb;
    struct seen seen;

    server.words = words;
    regs_call (&r, u, server.pt, flags, words, OURS);
    copy_seen (&seen);

    check_eq (pieces (&seen, sizeof (seen), OURS), 0, name (kind, words, "the server's registers hold nothing of the caller"));
    check_eq (seen.rflags, 0x202, name (kind, words, "nor its RFLAGS"));
    check_eq (differ (server.got, 0, words, FILL (PLAIN)), 0, name (kind, words, "the server's UTCB holds the message"));
    check_eq (differ (server.got, words, UTCB_WORDS, FILL (THEIRS)), 0, name (kind, words, "and nothing else is changed"));
    check_eq (pieces (&r, sizeof (r), THEIRS), 0, name (kind, words, "the caller's registers hold nothing of the server"));
    check_eq (regs_lost (&r, OURS), 0, name (kind, words, "and are what they were"));
    check_eq (differ (u->word, 0, words, FILL (PLAIN)), 0, name (kind, words, "the caller's UTCB holds the reply"));
    check_eq (differ (u->word, words, UTCB_WORDS, FILL (OURS)), 0, name (kind, words, "and nothing else is changed"));
}

static unsigned const lengths[] = { 1, 2, 3, 8, 25, 26, 64, 511, 512 };

#define EACH_LENGTH(i)  for (unsigned i = 0; i < sizeof (lengths) / sizeof (lengths[0]); i++)

/* The server has filled its registers and its UTCB from now on */
static void first (void)
{
    struct regs r;

    server.words = 1;
    regs_call (&r, worker->utcb, server.pt, 0, 1, OURS);
}

static void ipc (void)
{
    setup();
    server_make (&server, &twin);
    first();

    EACH_LENGTH (i)
        message ("ipc_call", 0, lengths[i]);

    first();

    EACH_LENGTH (i)
        message ("ipc_call with flag T", FLAG_CALL_TIMEOUT, lengths[i]);
}

/* A hazard makes the fast path give up: here that of the FPU, which the third domain's EC leaves switched on */
static uint64_t go, back;

static void fpu_user (void *arg)
{
    uint64_t const my_go = go, my_back = back;          /* the next test has others                             */

    (void) arg;

    for (;;) {
        hyp_sm_down (my_go, 0);
        __asm__ volatile ("pxor %%xmm0, %%xmm0" : : : "memory");
        hyp_sm_up (my_back);
    }
}

static void ipc_slow (void)
{
    setup();
    server_make (&server, &twin);
    first();
    go   = shared_sm();
    back = shared_sm();
    ec_make (&third, &twin, FLAG_EC_GLOBAL | FLAG_EC_FPU, fpu_user, NULL);
    begin (&third, BUDGET_MS, PRIO_HIGH);

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
        regs_call (&helped_regs, helper.t.utcb, server.pt, 0, *(unsigned *) arg, OTHERS);
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

    setup();
    server_make (&server, &twin);
    first();
    go   = shared_sm();
    back = shared_sm();
    gate = shared_sm();
    ec_make (&helper, NULL, FLAG_EC_GLOBAL, busy_caller, &words);
    ec_make (&third, NULL, FLAG_EC_GLOBAL, opener, NULL);
    third.gate = shared_sm();
    begin (&helper, BUDGET_MS, PRIO_HIGH);
    begin (&third, BUDGET_MS, PRIO_LOW);

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
        check_eq (pieces (server.got, sizeof (server.got), OTHERS), 0, name ("helped call", lengths[i], "nothing of the first caller"));
        check_eq (regs_lost (&helped_regs, OTHERS), 0, name ("helped call", lengths[i], "the first caller keeps its registers"));
        check_eq (pieces (&helped_regs, sizeof (helped_regs), OURS) + pieces (&helped_regs, sizeof (helped_regs), THEIRS), 0,
                  name ("helped call", lengths[i], "and holds nothing of others"));
    }
}

/* Events: a victim in the other domain, a handler in this one */
static struct iso_ec victim, handler;
static struct regs volatile victim_regs_after;

static void victim_loop (void *arg)
{
    struct regs r;

    uint64_t const my_go = go;

    (void) arg;

    for (;;) {
        hyp_sm_down (my_go, 0);
        regs_fill (&r, OURS);
        regs_ud2 (&r);
        memcpy ((void *) (uintptr_t) &victim_regs_after, &r, sizeof (r));
    }
}

static void event_portal (unsigned vector, uint32_t mtd, uint64_t ip)
{
    uint64_t const sel = victim.t.evt + vector;

    handler.event = true;
    handler.ip    = ip;
    NEED (sel_revoke (sel, 0));
    NEED (hyp_create_pt (sel, sel_root_pd(), handler.t.ec, (uintptr_t) iso_portal));
    NEED (hyp_ctrl_pt (sel, (uintptr_t) &handler, mtd));
    give (sel);
}

enum { RFLAGS_WORD = 16, RIP_WORD = 17, QUAL_WORD = 20 };

/* Words of the UTCB that an event with this MTD may change, by the layout (8.7.3) */
static bool named (unsigned word, uint32_t mtd)
{
    return (word < 8 && mtd & MTD_GPR_0_7) || (word >= 8 && word < 16 && mtd & MTD_GPR_8_15) || (word == RFLAGS_WORD && mtd & MTD_RFLAGS) ||
           (word == RIP_WORD && mtd & MTD_RIP) || (word >= QUAL_WORD && word < QUAL_WORD + 3 && mtd & MTD_QUAL);
}

static void event_with (uint32_t mtd, unsigned *regs, unsigned *tail, unsigned *lost)
{
    struct seen seen;
    struct regs r;

    NEED (hyp_ctrl_pt (victim.t.evt + EXC_UD, (uintptr_t) &handler, mtd));
    handler.served = 0;
    hyp_sm_up (go);
    copy_seen (&seen);
    memcpy (&r, (void *) (uintptr_t) &victim_regs_after, sizeof (r));

    *regs += handler.served != 1 || pieces (&seen, sizeof (seen), OURS);

    for (unsigned i = 0; i < UTCB_WORDS; i++)
        *tail += named (i, mtd) ? i < GPRS && i != RSP && handler.got[i] != FILL (OURS) :
                                  handler.got[i] != (i == RIP_WORD ? handler.ip : FILL (THEIRS));

    *lost += pieces (&r, sizeof (r), THEIRS) != 0;

    for (unsigned i = 0; i < GPRS; i++)
        *lost += i != RSP && r.gpr[i] != FILL (OURS);
}

static void event (void)
{
    unsigned regs = 0, tail = 0, lost = 0;

    setup();
    go = shared_sm();
    ec_make (&victim, &twin, FLAG_EC_GLOBAL, victim_loop, NULL);
    server_make (&handler, NULL);
    event_portal (EXC_UD, 0, (uintptr_t) regs_ud2_next);
    begin (&victim, BUDGET_MS, PRIO_HIGH);
    event_with (0, &regs, &tail, &lost);                /* its UTCB is filled from now on                       */
    regs = tail = lost = 0;

    for (unsigned bit = 0; bit < 32; bit++)
        event_with (UINT32_C (1) << bit, &regs, &tail, &lost);

    for (uint32_t m = 0; m < 64; m++)                   /* all sets of what host ECs have                       */
        event_with ((m & 15) << 1 | (m & 16) << 2 | (m & 32 ? ~(uint32_t) 0x5f : 0), &regs, &tail, &lost);

    check_eq (regs, 0, "events with each MTD: the handler's registers hold nothing of the EC");
    check_eq (tail, 0, "its UTCB holds what the MTD names, and nothing else is changed");
    check_eq (lost, 0, "a reply with RIP only: the EC has all its registers, and nothing of the handler");
}

/* Recall of an EC that spins */
static void spinner (void *arg)
{
    struct regs r;

    (void) arg;
    regs_fill (&r, OURS);
    regs_spin (&r);
    memcpy ((void *) (uintptr_t) &victim_regs_after, &r, sizeof (r));
    hyp_sm_up (back);
}

static unsigned spun_lost (void)
{
    struct regs r;
    unsigned n = 0;

    memcpy (&r, (void *) (uintptr_t) &victim_regs_after, sizeof (r));

    for (unsigned i = 0; i < GPRS; i++)
        n += i != RSP && r.gpr[i] != FILL (OURS);

    return n;
}

static void recall (void)
{
    struct seen seen;

    setup();
    back = shared_sm();
    regs_go = 0;
    ec_make (&victim, &twin, FLAG_EC_GLOBAL, spinner, NULL);
    server_make (&handler, NULL);
    fill (handler.got, UTCB_WORDS, 0);
    event_portal (EVENT_HST_ARCH + EVENT_RECALL, 0, 0);
    handler.event = false;                              /* replies with MTD 0: goes on where it was             */
    begin (&victim, BUDGET_MS, PRIO_LOW);
    sleep_ms (2);
    NEED (hyp_ctrl_ec (0, victim.t.ec));
    sleep_ms (2);
    copy_seen (&seen);
    check_eq (handler.served, 1, "recall: one event");
    check_eq (pieces (&seen, sizeof (seen), OURS), 0, "recall: the handler's registers hold nothing of the EC");
    check_eq (differ (handler.got, 0, UTCB_WORDS, 0), 0, "recall, MTD 0: nor its UTCB");
    regs_go = 1;
    need (await (back) == STATUS_SUCCESS, "the EC goes on");
    check_eq (spun_lost(), 0, "recall: the EC has all its registers");
}

/* Semaphores: each side blocks, and is woken by the other */
static void partner (void *arg)
{
    struct regs r;
    unsigned *const bad = arg;
    uint64_t const my_go = go, my_back = back;

    for (;;) {
        regs_fill (&r, THEIRS);
        r.gpr[RDI] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | my_go << 8;
        r.gpr[RSI] = 0;
        regs_syscall (&r);
        *bad += regs_lost (&r, THEIRS) || pieces (&r, sizeof (r), OURS);
        regs_fill (&r, THEIRS);
        r.gpr[RDI] = hyp_id (HYPERCALL_ctrl_sm, 0) | my_back << 8;
        regs_syscall (&r);
        *bad += regs_lost (&r, THEIRS) || pieces (&r, sizeof (r), OURS);
    }
}

static void semaphores (void)
{
    static unsigned theirs;
    unsigned const prio[] = { PRIO_LOW, PRIO_WORKER, PRIO_HIGH };
    unsigned ours = 0;

    theirs = 0;

    for (unsigned p = 0; p < 3; p++) {

        setup();
        go   = shared_sm();
        back = shared_sm();
        ec_make (&third, &twin, FLAG_EC_GLOBAL, partner, &theirs);
        begin (&third, BUDGET_MS, prio[p]);

        for (unsigned i = 0; i < 20; i++) {
            struct regs r;

            regs_fill (&r, OURS);
            r.gpr[RDI] = hyp_id (HYPERCALL_ctrl_sm, 0) | go << 8;
            regs_syscall (&r);
            ours += regs_lost (&r, OURS) || pieces (&r, sizeof (r), THEIRS);
            regs_fill (&r, OURS);
            r.gpr[RDI] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | back << 8;
            r.gpr[RSI] = 0;
            regs_syscall (&r);
            ours += regs_lost (&r, OURS) || pieces (&r, sizeof (r), THEIRS);
        }
    }

    check_eq (ours, 0, "semaphores, any order of priorities: this side has its registers and nothing of the other");
    check_eq (theirs, 0, "and so has the other side");
}

/* Timer: two ECs that never enter the kernel share a priority; a third one wakes now and then by its timeout */
static struct iso_ec spin_a, spin_b;
static struct regs spun[2];

static void spin_as (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;

    regs_fill (&spun[i], i ? THEIRS : OURS);
    regs_spin (&spun[i]);
    hyp_sm_up (back);
}

static void waker (void *arg)
{
    unsigned *const bad = arg;

    for (unsigned i = 0; ; i++) {
        struct regs r;

        regs_fill (&r, OTHERS);
        r.gpr[RDI] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | test_never << 8;
        r.gpr[RSI] = in_ms (1);
        regs_syscall (&r);
        *bad += regs_lost (&r, OTHERS) || pieces (&r, sizeof (r), OURS) || pieces (&r, sizeof (r), THEIRS) || r.gpr[RDI] != STATUS_TIMEOUT;
        *(bad + 1) = i;
    }
}

static void timer (void)
{
    static unsigned bad[2];

    setup();
    back = shared_sm();
    bad[0] = bad[1] = 0;
    regs_go = 0;
    ec_make (&spin_a, NULL,  FLAG_EC_GLOBAL, spin_as, (void *) 0);
    ec_make (&spin_b, &twin, FLAG_EC_GLOBAL, spin_as, (void *) 1);
    ec_make (&third, NULL,  FLAG_EC_GLOBAL, waker, bad);
    begin (&spin_a, 1, PRIO_LOW);
    begin (&spin_b, 1, PRIO_LOW);
    begin (&third, BUDGET_MS, PRIO_LOW + 1);
    sleep_ms (12);
    regs_go = 1;
    need (await (back) == STATUS_SUCCESS && await (back) == STATUS_SUCCESS, "both end");
    check_ge (bad[1], 3, "timer: one EC woke up several times");
    check_eq (bad[0], 0, "timer: with its registers and nothing of the other ones");

    for (unsigned i = 0; i < 2; i++) {
        unsigned n = 0;
        for (unsigned k = 0; k < GPRS; k++)
            n += k != RSP && spun[i].gpr[k] != FILL (i ? THEIRS : OURS);
        check_eq (n, 0, i ? "timer: and so has the other one" : "timer: a preempted EC has its registers");
    }
}

/* What a new EC finds */
static uint64_t volatile fresh_started;

void iso_started (void)
{
    fresh_started = 1;

    for (;;)
        hyp_sm_down (test_never, 0);
}

static unsigned not_zero (struct seen const *s, unsigned except)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        m |= (unsigned) (s->gpr[i] != 0) << i;

    return m & ~except;
}

static void fresh (void)
{
    struct seen seen;
    struct regs r;

    setup();
    server_make (&server, &twin);
    server.fresh = true;
    regs_call (&r, worker->utcb, server.pt, 0, 1, OURS);
    copy_seen (&seen);
    check_eq (not_zero (&seen, 1u << RDI | 1u << RSI | 1u << RSP | 1u << RCX | 1u << R11), 0, "a new local EC: registers are 0");
    check_eq (seen.gpr[RSI], 0, "but RSI, the MTD");
    check_eq (seen.gpr[R11], 0x202, "R11 = 0x202");
    check_eq (differ (server.got, 1, UTCB_WORDS, 0), 0, "its UTCB is 0 but for the message");

    fresh_started = 0;
    ec_make (&victim, &twin, FLAG_EC_GLOBAL, NULL, NULL);
    begin (&victim, BUDGET_MS, PRIO_LOW);
    regs_fill (&r, OURS);
    r.gpr[RDI] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | test_never << 8;
    r.gpr[RSI] = in_ms (2);
    regs_syscall (&r);
    copy_seen (&seen);
    need (fresh_started, "a new global EC starts");
    check_eq (not_zero (&seen, 1u << RSP), 0, "a new global EC: registers are 0 but RSP");
    check_eq (seen.gpr[RSP], victim.t.stack_top, "which is that of create_ec");
    check_eq (seen.rflags & ~(uint64_t) AC, 0x202, "RFLAGS = 0x202, and AC as the kernel likes");
}

/* An EC that dies, with all registers full, on the way to another one */
static void killed (void)
{
    struct regs r;

    setup();
    go = shared_sm();
    ec_make (&victim, &twin, FLAG_EC_GLOBAL, victim_loop, NULL);
    NEED (hyp_ctrl_pd (sel_root_obj(), twin.obj, victim.t.evt + EXC_UD, victim.t.evt + EXC_UD, 0, 0, 0));
    begin (&victim, BUDGET_MS, PRIO_HIGH);
    regs_fill (&r, THEIRS);
    r.gpr[RDI] = hyp_id (HYPERCALL_ctrl_sm, 0) | go << 8;
    regs_syscall (&r);
    check_eq (pieces (&r, sizeof (r), OURS), 0, "after an EC was killed, the next one finds nothing of it");
    check_eq (regs_lost (&r, THEIRS), 0, "and has its registers");
}

/* Memory of UTCBs, and whole domains that go and come */
static void utcbs (void)
{
    enum { ROUNDS = 60 };
    unsigned dirty = 0, ours = 0;
    struct domain d;

    setup();

    for (unsigned i = 0; i < ROUNDS; i++) {

        struct regs r;

        domain_make (&d);
        server_make (&server, &d);
        server.words = UTCB_WORDS;
        regs_call (&r, worker->utcb, server.pt, 0, 1, OURS);
        dirty += differ (server.got, 1, UTCB_WORDS, 0);
        ours  += pieces (server.got, sizeof (server.got), OURS);
        NEED (sel_revoke (server.pt, 0));
        NEED (sel_revoke (server.t.ec, 0));
        NEED (sel_revoke (d.pio, 0));
        NEED (sel_revoke (d.hst, 0));
        NEED (sel_revoke (d.obj, 0));
        NEED (sel_revoke (d.pd, 0));
        stacks--;

        if (i % 8 == 7)
            sleep_ms (1);
    }

    check_eq (dirty, 0, "60 domains, one after the other: each finds its UTCB empty, though the one before had filled its own");
    check_eq (ours, 0, "and nothing of the caller");
}

/* FPU: all that XSAVE knows and XCR0 has */
enum { XAREA = 4096, LEGACY = 512, HEADER = 64, XCR0_EXTENDED = ~7, FCW_INIT = 0x37f, MXCSR_INIT = 0x1f80 };

static uint8_t area[3][XAREA] __attribute__ ((aligned (64)));
static uint8_t prepared[2][XAREA] __attribute__ ((aligned (64)));
static struct iso_ec fpu_ec[3];
static uint64_t fpu_go[3];
static uint64_t xcr0;

static void cpuid (uint32_t leaf, uint32_t sub, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    __asm__ volatile ("cpuid" : "=a" (*a), "=b" (*b), "=c" (*c), "=d" (*d) : "a" (leaf), "c" (sub));
}

/* By an instruction that raises #NM where it should: QEMU's XSAVE and XRSTOR do not look at CR0.TS (SDM 2D, XSAVE) */
static void own_fpu (void) { __asm__ volatile ("fnop"); }

static void xsave (void *p)   { __asm__ volatile ("xsave64 (%0)"  : : "r" (p), "a" ((uint32_t) xcr0), "d" (0) : "memory"); }
static void xrstor (void *p)  { __asm__ volatile ("xrstor64 (%0)" : : "r" (p), "a" ((uint32_t) xcr0), "d" (0) : "memory"); }

/* Each component full of the pattern; control words as far as they may be chosen */
static bool prepare (uint8_t *p, uint16_t tag)
{
    uint32_t a, b, c, d;

    cpuid (1, 0, &a, &b, &c, &d);

    if (!(c >> 27 & 1))                                 /* OSXSAVE                                              */
        return false;

    __asm__ volatile ("xgetbv" : "=a" (a), "=d" (d) : "c" (0));
    xcr0 = a;

    memset (p, 0, XAREA);
    fill ((uint64_t *) (void *) (p + 32), 48, tag);     /* ST0...7, XMM0...15                                   */
    *(uint16_t *) (void *) (p + 0)  = FCW_INIT & ~0x300;
    *(uint16_t *) (void *) (p + 4)  = 0xff;             /* no register is empty                                 */
    *(uint32_t *) (void *) (p + 24) = MXCSR_INIT | 3 << 13;
    *(uint64_t *) (void *) (p + LEGACY) = xcr0;

    for (unsigned i = 2; i < 63; i++) {

        if (!(xcr0 >> i & 1))
            continue;

        cpuid (0xd, i, &a, &b, &c, &d);                 /* EAX: size, EBX: offset                               */

        if (b + a > XAREA)
            return false;

        fill ((uint64_t *) (void *) (p + b), a / 8, tag);
    }

    return true;
}

static void fpu_body (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;

    if (i < 2) {
        own_fpu();
        xrstor (prepared[i]);
    }

    for (;;) {
        hyp_sm_down (fpu_go[i], 0);
        memset (area[i], 0, XAREA);
        own_fpu();
        xsave (area[i]);
    }
}

static void fpu (void)
{
    unsigned bad[2] = { 0, 0 }, lost[2] = { 0, 0 };

    if (!prepare (prepared[0], OURS) || !prepare (prepared[1], THEIRS))
        return;

    setup();

    for (unsigned i = 0; i < 3; i++) {
        fpu_go[i] = shared_sm();
        ec_make (&fpu_ec[i], i ? &twin : NULL, FLAG_EC_GLOBAL | FLAG_EC_FPU, fpu_body, (void *) (uintptr_t) i);
    }

    begin (&fpu_ec[0], BUDGET_MS, PRIO_HIGH);
    begin (&fpu_ec[1], BUDGET_MS, PRIO_HIGH);

    for (unsigned round = 0; round < 10; round++)
        for (unsigned i = 0; i < 2; i++) {

            hyp_sm_up (fpu_go[i]);
            bad[i] += pieces (area[i], XAREA, i ? OURS : THEIRS);

            /* But the tags and padding of the 80-bit registers, what no instruction has touched is as it was loaded */
            lost[i] += pieces (area[i] + 160, 256, i ? THEIRS : OURS) != 128;
            lost[i] += pieces (area[i] + LEGACY + HEADER, XAREA - LEGACY - HEADER, i ? THEIRS : OURS) !=
                       pieces (prepared[i] + LEGACY + HEADER, XAREA - LEGACY - HEADER, i ? THEIRS : OURS);
        }

    check_eq (bad[0] + bad[1], 0, "FPU: no component holds anything of the other EC");
    check_eq (lost[0] + lost[1], 0, "FPU: each EC has its own");

    begin (&fpu_ec[2], BUDGET_MS, PRIO_HIGH);
    hyp_sm_up (fpu_go[2]);
    check_eq (pieces (area[2], XAREA, OURS) + pieces (area[2], XAREA, THEIRS), 0, "FPU: a new EC finds nothing");
    check_eq (*(uint16_t *) (void *) area[2], FCW_INIT, "FPU: a new EC has FCW = 0x37f");
    check_eq (*(uint32_t *) (void *) (area[2] + 24), MXCSR_INIT, "FPU: a new EC has MXCSR = 0x1f80");
    check_eq (differ ((uint64_t *) (void *) (area[2] + 32), 0, 48, 0), 0, "FPU: its x87 and SSE registers are 0");
    check_eq (differ ((uint64_t *) (void *) (area[2] + LEGACY + HEADER), 0, (XAREA - LEGACY - HEADER) / 8, 0), 0,
              "FPU: and so are all others");
    console_printf ("# XCR0 %#lx\n", xcr0);
}

/*
 * Selectors in DS, ES, FS and GS mean nothing in 64-bit mode, and user code can load a few: null ones and those of its own data.
 * A switch of address spaces clears them; only on the fast path of IPC does the receiver find those of the sender. Their bases are 0.
 */
enum { SELECTORS = 4 };

static void selectors_load (uint16_t sel)
{
    __asm__ volatile ("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs" : : "r" ((uint32_t) sel));
}

static void selectors_store (uint32_t sel[SELECTORS])
{
    __asm__ volatile ("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3" : "=r" (sel[0]), "=r" (sel[1]), "=r" (sel[2]), "=r" (sel[3]));
}

static uint16_t own_ss (void)
{
    uint32_t ss;

    __asm__ volatile ("mov %%ss, %0" : "=r" (ss));

    return (uint16_t) ss;
}

static unsigned selectors_set (uint32_t const *sel)
{
    unsigned n = 0;

    for (unsigned i = 0; i < SELECTORS; i++)
        n += sel[i] != 0;

    return n;
}

static uint64_t volatile based;

static void bases (void *arg)
{
    uint64_t volatile *const result = arg;
    uint64_t fs, gs;

    selectors_load (own_ss());
    __asm__ volatile ("mov %%fs:(%2), %0; mov %%gs:(%2), %1" : "=&r" (fs), "=&r" (gs) : "r" (&based));
    *result = fs == based && gs == based;
}

static struct { uint32_t sel[SELECTORS]; } volatile looked[3];
static uint64_t moment;                                 /* a millisecond; the HIP is in the root domain only    */

/* Woken by a semaphore, then by a timeout; looks at what it finds */
static void looker (void *arg)
{
    uint32_t sel[SELECTORS];
    uint64_t const my_go = go, my_back = back;

    (void) arg;

    for (unsigned i = 0; i < 2; i++) {
        hyp_sm_down (my_go, 0);
        selectors_store (sel);
        memcpy ((void *) (uintptr_t) &looked[i], sel, sizeof (sel));
    }

    hyp_sm_down (test_never, stc_read() + moment);
    selectors_store (sel);
    memcpy ((void *) (uintptr_t) &looked[2], sel, sizeof (sel));
    hyp_sm_up (my_back);
}

static void selectors (void)
{
    uint16_t const values[] = { own_ss(), 3 };
    static uint64_t volatile ok;
    unsigned sent = 0;
    struct regs r;

    for (unsigned v = 0; v < 2; v++) {

        setup();
        go     = shared_sm();
        back   = shared_sm();
        moment = in_ms (1) - stc_read();
        memset ((void *) (uintptr_t) looked, 0xff, sizeof (looked));
        ec_make (&third, &twin, FLAG_EC_GLOBAL, looker, NULL);
        begin (&third, BUDGET_MS, PRIO_HIGH);
        selectors_load (values[v]);
        hyp_sm_up (go);
        selectors_load (values[v]);
        hyp_sm_up (go);
        selectors_load (values[v]);

        /* Preempted by the timeout. It runs until it sees the result. */
        while (*(uint32_t volatile *) &looked[2] == 0xffffffff)
            if (own_ss() == values[v])
                selectors_load (values[v]);

        NEED (hyp_sm_down (back, 0));
        check_eq (selectors_set ((uint32_t *) (uintptr_t) &looked[0]) + selectors_set ((uint32_t *) (uintptr_t) &looked[1]), 0,
                  v ? "null selectors with bits: none after a semaphore woke an EC of another domain" :
                      "selectors of data: none after a semaphore woke an EC of another domain");
        check_eq (selectors_set ((uint32_t *) (uintptr_t) &looked[2]), 0, v ? "nor after its timeout preempted this one" :
                                                                              "nor after a timeout preempted this one");

        server_make (&server, &twin);
        selectors_load (values[v]);
        regs_call (&r, worker->utcb, server.pt, FLAG_CALL_TIMEOUT, 1, OURS);
        check_eq (selectors_set ((uint32_t *) (uintptr_t) iso_seen.sel), 0, v ? "nor after a call by the slow path, with bits" :
                                                                               "nor after a call by the slow path");
        selectors_load (values[v]);
        regs_call (&r, worker->utcb, server.pt, 0, 1, OURS);
        sent += selectors_set ((uint32_t *) (uintptr_t) iso_seen.sel);
    }

    if (sent)
        console_printf ("# not kept apart: DS, ES, FS, GS, from the sender to the receiver of a message on the fast path\n");

    selectors_load (0);
    based = UINT64_C (0x600dcafe);
    ok = 0;
    ec_make (&helper, &twin, FLAG_EC_GLOBAL, bases, (void *) (uintptr_t) &ok);
    begin (&helper, BUDGET_MS, PRIO_HIGH);
    check_eq (ok, 1, "the bases of FS and GS are 0");
}

/* The page with the HIP, and results of hypercalls */
static void pages (void)
{
    uint64_t const *const w = (uint64_t const *) root.hip;
    unsigned high = 0;

    check_eq (differ (w, (root.hip->length + 7) / 8, 512, 0), 0, "nothing is behind the HIP in its page");

    for (unsigned i = 0; i < 512; i++)
        high += w[i] != ~UINT64_C (0) && w[i] >> 47 == 0x1ffff;

    check_eq (high, 0, "the HIP holds no address of the kernel");
}

static void results (void)
{
    struct regs r;
    uint64_t const s = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + root.hip->int_pin, s, 0, PERM_MASK, 0));
    regs_fill (&r, OURS);
    r.gpr[RDI] = hyp_id (HYPERCALL_assign_int, FLAG_INT_MASK) | s << 8;
    r.gpr[RSI] = root.hip->cpu_bsp;
    regs_syscall (&r);
    check_eq (r.gpr[RDI], STATUS_SUCCESS, "assign_int: status");
    check_eq (r.gpr[RSI] >> 32, 0, "assign_int: upper half of the address is 0");
    check_eq (r.gpr[RDX] >> 16, 0, "assign_int: bits 16 and up of the data are 0");
}

static struct test const test[] = {
    { "ipc", ipc }, { "ipc_slow", ipc_slow }, { "helped", helped }, { "event", event }, { "recall", recall }, { "semaphores", semaphores },
    { "timer", timer }, { "fresh", fresh }, { "killed", killed }, { "utcbs", utcbs }, { "fpu", fpu }, { "selectors", selectors }, { "pages", pages },
    { "results", results },
};

TESTS ("isolation", test);

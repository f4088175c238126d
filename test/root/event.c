/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of host ECs: what they carry, what a reply may change, what kills (4.4.2). Which exceptions there are is the architecture's. */
#include <event.h>
#include <fault.h>
#include <hva.h>
#include <mem.h>
#include <panic.h>
#include <string.h>

struct event_seen volatile event_seen;
struct thread *event_victim, *event_handler;
bool volatile event_ended;

static event_react_fn *react;
static void (*body) (void);

static uint32_t catch (struct portal *p, union utcb *u, uint32_t mtd)
{
    event_seen.count++;
    event_seen.vector = (unsigned) (p->sel - event_victim->evt);
    event_seen.mtd    = mtd;
    memcpy ((void *) (uintptr_t) &event_seen.utcb, &u->arch, sizeof (u->arch));

    return react (u);
}

static void outer (void *arg)
{
    (void) arg;
    body();
    event_ended = true;
}

void event_prepare (void (*fn) (void), event_react_fn *r)
{
    body          = fn;
    react         = r;
    event_ended   = false;
    event_handler = local_new (0);
    event_victim  = global_new (0, outer, NULL);
    memset ((void *) (uintptr_t) &event_seen, 0, sizeof (event_seen));
}

void event_add (unsigned vector, uint32_t mtd) { event_new (event_victim, vector, event_handler, catch, NULL, mtd); }

void event_go (void) { NEED (thread_start (event_victim, hyp_scd (BUDGET_MS, PRIO_HIGH, 0))); }

uint32_t event_skip (union utcb *u) { utcb_set_ip (&u->arch, (uintptr_t) victim_next); return MTD_IP; }
uint32_t event_poison (union utcb *u) { (void) u; return MTD_POISON; }
uint32_t event_as_it_was (union utcb *u) { (void) u; return 0; }

void event_exception (void (*fn) (void), unsigned vector, uint64_t ip, char const *const text[4])
{
    event_prepare (fn, event_skip);
    event_add (vector, MTD_IP | MTD_GPRS | fault_mtd);
    event_go();
    check_eq (event_seen.count, 1, text[0]);
    check_eq (utcb_ip (&event_seen.utcb), ip, text[1]);
    check (event_ended, text[2]);
    check_eq (event_seen.mtd, MTD_IP | MTD_GPRS | fault_mtd, text[3]);
}

static void undefined (void)
{
    event_exception (victim_ud, EVENT_UNDEFINED, (uintptr_t) victim_ud_at, EVENT_TEXT ("undefined instruction"));
}

static void no_fpu (void)
{
    event_exception (victim_fpu, EVENT_NO_FPU, (uintptr_t) victim_fpu_at, EVENT_TEXT ("EC without FPU"));
}

/* The page arrives while the handler runs */
static uint64_t frame;

static uint32_t map_it (union utcb *u)
{
    struct fault f;

    fault_read (u, &f);
    hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, frame >> 12, f.address >> 12, 0, PERM_MEM_R | PERM_MEM_W, 0);
    return 0;
}

static void pager (void)
{
    void *const page = mem_alloc (4096, NULL);

    need (page, "memory");
    frame = (uintptr_t) page;
    victim_addr = mem_window (1, 0) + 0x10;
    event_prepare (victim_write, map_it);
    event_add (EVENT_NO_PAGE, fault_mtd);
    event_go();
    check (event_ended, "a handler that maps the page: the instruction is repeated");
    check_eq (event_seen.count, 1, "after one event");
    check_eq (*(uint64_t *) (frame + 0x10), UINT64_C (0x600dcafe), "and writes to the page");
}

/* Startup */
static void outer_for_ever (void *arg)
{
    outer (arg);

    for (uint64_t const sm = event_victim->evt + (1 << THREAD_EVENT_ORD) - 1; ; hyp_sm_down (sm, 0))
        hyp_create_sm (sm, sel_root_pd(), 0);
}

static uint32_t startup_reply (union utcb *u) { return thread_continue (u, outer_for_ever, NULL, event_victim->stack_top); }

static void ended_body (void) { }

static void startup (void)
{
    unsigned high = 0;

    event_prepare (ended_body, startup_reply);
    event_add (EVENT_HST_ARCH + EVENT_STARTUP, MTD_GPRS | MTD_IP);
    check_eq (event_seen.count, 0, "no startup event before there is an SC");
    event_go();
    check_eq (event_seen.count, 1, "one startup event when there is one");
    check_eq (event_seen.vector, EVENT_HST_ARCH + EVENT_STARTUP, "at SELHST/ARCH + 0");
    check_eq (*utcb_reg (&event_seen.utcb, REG_SP), event_victim->stack_top, "the stack pointer is that of create_ec");

    for (unsigned i = 0; i < GPRS; i++)
        high += *utcb_reg (&event_seen.utcb, i) >= hva_end();

    check_eq (high, 0, "no register holds an address of the kernel");
    check (event_ended, "the EC starts where the reply says");
}

/* General-purpose registers, both ways */
static void gpr_body (void)
{
    for (unsigned i = 0; i < GPRS; i++)
        victim_regs.gpr[i] = UINT64_C (0xbadc0ffee0000000) + i;

    victim_regs.flags = FLAGS_NONE;
    regs_ud2 (&victim_regs);
}

static uint32_t gpr_mtd;

static uint32_t gpr_react (union utcb *u)
{
    for (unsigned i = 0; i < GPRS; i++)
        if (i != REG_SP)
            *utcb_reg (&u->arch, i) = UINT64_C (0x1122334400000000) + i;

    utcb_set_ip (&u->arch, (uintptr_t) regs_ud2_next);

    return gpr_mtd;
}

static unsigned as_before (struct utcb_arch volatile *u)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        m |= (unsigned) (*utcb_reg (u, i) == UINT64_C (0xbadc0ffee0000000) + i) << i;

    return m;
}

static unsigned as_set (void)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        m |= (unsigned) (victim_regs.gpr[i] == UINT64_C (0x1122334400000000) + i) << i;

    return m;
}

static void gpr (void)
{
    gpr_mtd = MTD_GPRS | MTD_IP;
    event_prepare (gpr_body, gpr_react);
    event_add (EVENT_UNDEFINED, MTD_GPRS | MTD_IP);
    event_go();
    check_eq (as_before (&event_seen.utcb), REGS_ALL, "the handler sees all registers");
    check_eq (*utcb_reg (&event_seen.utcb, REG_SP), victim_regs.sp, "and the stack pointer");
    check_eq (as_set(), REGS_ALL, "the reply sets all registers");

    gpr_mtd = MTD_IP;
    event_prepare (gpr_body, gpr_react);
    event_add (EVENT_UNDEFINED, MTD_IP);
    event_go();
    check_eq (as_before (&event_seen.utcb), 0, "MTD of the instruction pointer: the handler sees none");
    check_eq (as_set(), 0, "and the reply sets none");
}

/* What the portal's MTD does not name must not be in the UTCB */
static uint32_t dirty (union utcb *u)
{
    memset (u, 0x5a, sizeof (*u));
    utcb_set_ip (&u->arch, event_seen.count == 1 ? (uintptr_t) victim_ud_at : (uintptr_t) victim_next);
    return MTD_IP;
}

static void masked (void)
{
    unsigned good = 0;
    uint8_t const volatile *const b = (uint8_t const volatile *) &event_seen.utcb;

    event_prepare (victim_ud, dirty);
    event_add (EVENT_UNDEFINED, MTD_IP);
    event_go();
    check_eq (event_seen.count, 2, "two events");

    for (size_t i = 0; i < sizeof (event_seen.utcb); i++)
        good += b[i] == 0x5a || (i >= MTD_IP_AT && i < MTD_IP_END);

    check_eq (good, sizeof (event_seen.utcb), "MTD of the instruction pointer: nothing else is written to the UTCB");
    check_eq (utcb_ip (&event_seen.utcb), (uintptr_t) victim_ud_at, "it is");
}

/* Deaths */
static void dead (char const *text)
{
    event_go();
    check (!event_ended, text);
}

static void restrict_portal (unsigned pmm)
{
    uint64_t const pt = event_victim->evt + EVENT_UNDEFINED;

    NEED (hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), pt, pt, 0, pmm, 0));
}

static void kills (void)
{
    event_prepare (victim_ud, event_poison);
    event_add (EVENT_UNDEFINED, MTD_IP);
    dead ("POISON kills");
    check_eq (event_seen.count, 1, "after one event");

    event_prepare (victim_ud, event_as_it_was);
    NEED (sel_revoke (event_victim->evt + EVENT_UNDEFINED, 0));
    dead ("no portal: killed");

    event_prepare (victim_ud, event_skip);
    event_add (EVENT_UNDEFINED, 0);
    restrict_portal (PERM_PT_CALL | PERM_PT_CTRL);
    dead ("portal without permission EVENT: killed");
    check_eq (event_seen.count, 0, "portal without permission EVENT: not called");

    event_prepare (victim_ud, event_as_it_was);
    NEED (sel_revoke (event_victim->evt + EVENT_UNDEFINED, 0));
    NEED (hyp_create_sm (event_victim->evt + EVENT_UNDEFINED, sel_root_pd(), 0));
    dead ("semaphore in place of a portal: killed");

    event_prepare (victim_ud, event_skip);
    event_add (EVENT_UNDEFINED, 0);
    restrict_portal (PERM_PT_EVENT);
    event_go();
    check (event_ended, "permission EVENT is enough");
}

static void no_startup (void)
{
    event_prepare (ended_body, event_as_it_was);
    NEED (sel_revoke (event_victim->evt + EVENT_HST_ARCH, 0));
    dead ("no startup portal: killed");
    check_status (hyp_ctrl_ec (0, event_victim->ec), STATUS_SUCCESS, "recall of a dead EC");
    check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, event_victim->ec), STATUS_SUCCESS, "strong recall of a dead EC");
}

static void handler_dies (void)
{
    struct thread *const h = local_new (0);

    event_prepare (victim_ud, event_as_it_was);
    event_handler = h;
    NEED (sel_revoke (h->evt + EVENT_UNDEFINED, 0));
    NEED (sel_revoke (event_victim->evt + EVENT_UNDEFINED, 0));
    NEED (hyp_create_pt (event_victim->evt + EVENT_UNDEFINED, sel_root_pd(), h->ec, (uintptr_t) victim_ud_at));
    dead ("the handler dies: killed");
    check (true, "the kernel goes on");
}

/* Values that the CPU must not be given */
static uint64_t reply_ip;
static uint32_t set_ip (union utcb *u)
{
    if (event_seen.count > 1)
        return MTD_POISON;

    utcb_set_ip (&u->arch, reply_ip);

    return MTD_IP;
}

/* Whatever such a value leads to comes to the handler, which then kills */
static void dead_of (uint32_t mtd, char const *text)
{
    for (unsigned const *v = event_bad_vector; *v != EVENT_UNDEFINED; v++)
        event_add (*v, 0);

    event_add (EVENT_UNDEFINED, mtd);
    dead (text);
}

static void reply_with_ip (void)
{
    for (struct event_bad const *b = event_bad_ip; b->text; b++) {
        reply_ip = b->value;
        event_prepare (victim_ud, set_ip);
        dead_of (MTD_IP, b->text);
    }
}

static uint64_t reply_sp;
static uint32_t set_sp (union utcb *u)
{
    if (event_seen.count > 1)
        return MTD_POISON;

    *utcb_reg (&u->arch, REG_SP) = reply_sp;
    utcb_set_ip (&u->arch, (uintptr_t) victim_push);

    return MTD_IP | MTD_GPRS;
}

static void reply_with_sp (void)
{
    for (struct event_bad const *b = event_bad_sp; b->text; b++) {
        reply_sp = b->value;
        event_prepare (victim_ud, set_sp);
        dead_of (MTD_IP | MTD_GPRS, b->text);
    }
}

/* Portals with such instruction pointers */
static void portal_ip (void)
{
    for (struct event_bad const *b = event_bad_ip; b->text; b++) {

        uint64_t const pt = sel_alloc (0);
        uint32_t mtd = 0;

        if (hyp_create_pt (pt, sel_root_pd(), local_bare (sel_root_pd(), sel_alloc (THREAD_EVENT_ORD)), b->value) == STATUS_SUCCESS)
            check_status (hyp_ipc_call (pt, &mtd), STATUS_ABORTED, b->text);
        else
            check (true, b->text);
    }
}

/* An exception inside a portal goes to the portals of the server */
static uint32_t raise (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u;
    victim_ud();
    return mtd;
}

static void nested (void)
{
    struct thread *const s = local_new (0), *const keep = local_new (0);
    struct portal *const p = portal_new (s, raise, NULL);
    uint32_t mtd = mtd_words (1);

    event_prepare (victim_ud, event_skip);
    event_victim = s;
    event_new (s, EVENT_UNDEFINED, keep, catch, NULL, MTD_IP);
    worker->utcb->word[0] = 7;
    check_status (hyp_ipc_call (p->sel, &mtd), STATUS_SUCCESS,
                  "an exception in a server, handled: the call is successful");
    check_eq (event_seen.count, 1, "the server's handler got it");
}

static struct test const test[] = {
    { "undefined", undefined }, { "no_fpu", no_fpu }, { "pager", pager }, { "startup", startup }, { "gpr", gpr }, { "masked", masked },
    { "kills", kills }, { "no_startup", no_startup }, { "handler_dies", handler_dies }, { "reply_ip", reply_with_ip },
    { "reply_sp", reply_with_sp }, { "portal_ip", portal_ip }, { "nested", nested },
};

TESTS ("event", test);

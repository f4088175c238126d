/* SPDX-License-Identifier: GPL-2.0-only */
/* Events and recalls: what the handler finds, and what the EC has afterwards. */
#include <isolation.h>

#include <mem.h>
#include <probe.h>
#include <string.h>

/* Events: a victim in the other domain, a handler in this one */
static struct iso_ec victim, handler;
static struct regs volatile victim_regs_after;

static uint64_t go, back;

static void victim_loop (void *arg)
{
    struct regs r;

    uint64_t const my_go = go;

    (void) arg;

    for (;;) {
        hyp_sm_down (my_go, 0);
        iso_regs_fill (&r, OURS);
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
    NEED (hyp_create_pt (sel, sel_root_pd(), handler.t.ec, (uintptr_t) witness_portal));
    NEED (hyp_ctrl_pt (sel, (uintptr_t) &handler, mtd));
    iso_give (sel);
}

static void event_with (uint32_t mtd, unsigned *regs, unsigned *tail, unsigned *old, unsigned *lost)
{
    struct seen seen;
    struct regs r;

    NEED (hyp_ctrl_pt (victim.t.evt + EVENT_UNDEFINED, (uintptr_t) &handler, mtd));
    handler.served = 0;
    hyp_sm_up (go);
    iso_copy_seen (&seen);
    memcpy (&r, (void *) (uintptr_t) &victim_regs_after, sizeof (r));

    *regs += handler.served != 1 || iso_pieces (&seen, sizeof (seen), OURS);

    for (unsigned i = 0; i < UTCB_WORDS; i++)
        *tail += iso_named (i, mtd) ? i < GPRS && i != REG_SP && handler.got[i] != FILL (OURS) :
                                      handler.got[i] != (i == iso_ip_word ? handler.ip : FILL (THEIRS));

    /* What tells of another event, an older one of this or another EC, is none of the handler's business */
    if (mtd & iso_old_mtd)
        *old += iso_differ (handler.got, iso_old_from, iso_old_to, 0);

    if (mtd & MTD_IP)
        *tail += handler.got[iso_ip_word] != (uintptr_t) regs_ud2_at;

    *tail += iso_event_wrong (handler.got, mtd);

    *lost += iso_pieces (&r, sizeof (r), THEIRS) != 0;

    for (unsigned i = 0; i < GPRS; i++)
        *lost += i != REG_SP && r.gpr[i] != FILL (OURS);
}

static void event (void)
{
    unsigned regs = 0, tail = 0, old = 0, lost = 0;
    uint64_t v;

    iso_setup();
    go = iso_shared_sm();
    iso_ec_make (&victim, &iso_twin, FLAG_EC_GLOBAL, victim_loop, NULL);
    iso_server_make (&handler, NULL);
    event_portal (EVENT_UNDEFINED, 0, (uintptr_t) regs_ud2_next);
    iso_begin (&victim, BUDGET_MS, PRIO_HIGH);
    event_with (0, &regs, &tail, &old, &lost);                /* its UTCB is filled from now on                       */
    regs = tail = old = lost = 0;
    need (!probe_read (mem_window (1, 0) + 0x123, &v), "a page fault in this domain");

    for (unsigned bit = 0; bit < 32; bit++)
        event_with (UINT32_C (1) << bit, &regs, &tail, &old, &lost);

    for (unsigned m = 0; m < 1 << ISO_MTDS; m++) {      /* all sets of what host ECs have                       */

        uint32_t mtd = 0;

        for (unsigned i = 0; i < ISO_MTDS; i++)
            mtd |= m >> i & 1 ? iso_mtd[i] : 0;

        event_with (mtd, &regs, &tail, &old, &lost);
    }

    check_eq (regs, 0, "events with each MTD: the handler's registers hold nothing of the EC");
    check_eq (tail, 0, "its UTCB holds what the MTD names, and nothing else is changed");
    check_eq (old, 0, "its qualification is that of this event: no address of an older page fault");
    check_eq (lost, 0, "a reply with the instruction pointer only: the EC has all its registers, and nothing of the handler");
}

/* Recall of an EC that spins */
static void spinner (void *arg)
{
    struct regs r;

    (void) arg;
    iso_regs_fill (&r, OURS);
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
        n += i != REG_SP && !((unsigned) SPIN_USES >> i & 1) && r.gpr[i] != FILL (OURS);

    return n;
}

static void recall (void)
{
    struct seen seen;

    iso_setup();
    back = iso_shared_sm();
    regs_go = 0;
    iso_ec_make (&victim, &iso_twin, FLAG_EC_GLOBAL, spinner, NULL);
    iso_server_make (&handler, NULL);
    iso_fill (handler.got, UTCB_WORDS, 0);
    event_portal (EVENT_HST_ARCH + EVENT_RECALL, 0, 0);
    handler.event = false;                              /* replies with MTD 0: goes on where it was             */
    iso_begin (&victim, BUDGET_MS, PRIO_LOW);
    sleep_ms (2);
    NEED (hyp_ctrl_ec (0, victim.t.ec));
    sleep_ms (2);
    iso_copy_seen (&seen);
    check_eq (handler.served, 1, "recall: one event");
    check_eq (iso_pieces (&seen, sizeof (seen), OURS), 0, "recall: the handler's registers hold nothing of the EC");
    check_eq (iso_differ (handler.got, 0, UTCB_WORDS, 0), 0, "recall, MTD 0: nor its UTCB");
    regs_go = 1;
    need (await (back) == STATUS_SUCCESS, "the EC goes on");
    check_eq (spun_lost(), 0, "recall: the EC has all its registers");
}

static struct test const test[] = {
    { "event", event }, { "recall", recall },
};

TESTS ("isolation", test);

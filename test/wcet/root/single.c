/* SPDX-License-Identifier: GPL-2.0-only */
/* Each hypercall by itself: the first time, when everything has to be allocated, and again; messages of all lengths; interrupts. */
#include <mem.h>
#include <portal.h>
#include <wcet.h>

static void creations (struct domain const *d, uint64_t sel, uint64_t utcb)
{
    unsigned const cpu = root.hip->cpu_bsp;
    uint64_t ticks;

    NEED (hyp_create_ec (FLAG_EC_FPU, sel, d->pd, utcb >> 12, cpu, 0, 0));
    NEED (hyp_create_ec (FLAG_EC_FPU | FLAG_EC_GLOBAL, sel + 1, d->pd, (utcb >> 12) + 1, cpu, 0, 0));
    NEED (hyp_create_pt (sel + 2, sel_root_pd(), sel, 0));
    NEED (hyp_create_sm (sel + 3, sel_root_pd(), 1));
    NEED (hyp_create_sc (sel + 4, sel_root_pd(), sel + 1, hyp_scd (1, 1, 0)));
    NEED (hyp_ctrl_pt (sel + 2, 1, 0));
    NEED (hyp_ctrl_sc (sel + 4, &ticks));
    NEED (hyp_ctrl_ec (0, sel));
    NEED (hyp_ctrl_ec (FLAG_RECALL_STRONG, sel));
    NEED (hyp_sm_up (sel + 3));
    NEED (hyp_sm_down (sel + 3, 0));
}

SCENARIO (single)
{
    enum { DOMAINS = 24, EACH = 8 };

    static struct domain d[DOMAINS];
    uint64_t const sel = sel_alloc (8);
    uint32_t addr;
    uint16_t data;

    for (unsigned i = 0; i < DOMAINS; i++) {
        domain_new (&d[i]);
        creations (&d[i], sel + i * EACH, ((uint64_t) i << (top_ord + 1 + 12)) + 0x7000000);
    }

    hyp_ctrl_hw (CTRL_HW_QOS, 0);
    hyp_assign_dev (sel, 0, 0);
    hyp_raw ((struct hyp_regs) { .p0 = HYPERCALL_reserved });

    uint64_t const pins = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + 20, pins, 0, PERM_MASK, 0));
    NEED (hyp_assign_int (FLAG_INT_MASK, pins, root.hip->cpu_bsp, 0, &addr, &data));

    sleep_ms (5);
    NEED (sel_revoke (sel, 8));
    for (unsigned i = 0; i < DOMAINS; i++)
        domain_end (&d[i]);
    sleep_ms (5);
}

SCENARIO (ipc)
{
    struct domain d;
    uint64_t const ec = sel_alloc (0), pt = sel_alloc (0), page = (uintptr_t) stub_exit >> 12;

    domain_new (&d);
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, page, page, 0, PERM_MEM_R | PERM_MEM_XU, 0));
    NEED (hyp_create_ec (0, ec, d.pd, mem_window (1, 0) >> 12, root.hip->cpu_bsp, 0, 0));
    NEED (hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) stub_exit));

    for (unsigned words = 1; words <= UTCB_WORDS; words *= 2) {
        uint32_t mtd = mtd_words (words);
        NEED (hyp_ipc_call (pt, &mtd));
    }

    NEED (sel_revoke (pt, 0));
    NEED (sel_revoke (ec, 0));
    domain_end (&d);
    sleep_ms (1);
}

/* User code that the timer interrupts: time slices of two threads that never stop */
static void spin (void *arg)
{
    uint64_t const end = stc_read() + *(uint64_t *) arg;

    while (stc_read() < end) ;
}

SCENARIO (interrupts)
{
    static uint64_t ticks;

    ticks = root.hip->stc_freq / 1000 * 20;

    for (unsigned i = 0; i < 2; i++) {
        struct thread *const t = mem_alloc (sizeof (*t), NULL);
        NEED (t ? STATUS_SUCCESS : STATUS_MEM_OBJ);
        NEED (thread_create_global (t, FLAG_EC_FPU, root.hip->cpu_bsp, spin, &ticks));
        NEED (thread_start (t, hyp_scd (1, PRIO_CROWD, 0)));
    }

    sleep_ms (60);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel objects that nobody has a capability for give their memory back: far more are created than would fit. */
#include <console.h>
#include <help.h>
#include <machine.h>
#include <mem.h>

enum { SMALL = 400000, BIG = 12000, PDS = 3000, SPACES = 1500 };

static uint64_t sel, made;

/* Freed memory may come back a little later: then the caller makes way */
static enum status patient (enum status (*create) (void))
{
    enum status s = create();

    for (unsigned i = 0; i < 20 && s == STATUS_MEM_OBJ; i++) {
        sleep_ms (1);
        s = create();
    }

    return s;
}

static void repeat (unsigned n, enum status (*create) (void), char const *text)
{
    enum status s = STATUS_SUCCESS;

    for (made = 0; made < n && s == STATUS_SUCCESS; made++) {
        s = patient (create);
        sel_revoke (sel, 0);
    }

    check_status (s, STATUS_SUCCESS, text);
}

static uint64_t ec, hvp;

static enum status sm (void) { return hyp_create_sm (sel, sel_root_pd(), 0); }
static enum status pt (void) { return hyp_create_pt (sel, sel_root_pd(), ec, 0); }
static enum status local (void) { return hyp_create_ec (0, sel, sel_root_pd(), hvp, root.hip->cpu_bsp, 0, 0); }
static enum status fpu (void) { return hyp_create_ec (FLAG_EC_GLOBAL | FLAG_EC_FPU, sel, sel_root_pd(), hvp, root.hip->cpu_bsp, 0, 0); }

static void small (void)
{
    sel = sel_alloc (0);
    ec  = local_new (0)->ec;
    repeat (SMALL, sm, "400000 semaphores, one after the other");
    repeat (SMALL, pt, "400000 portals, one after the other");
}

static void ecs (void)
{
    sel = sel_alloc (0);
    hvp = mem_window (1, 0) >> 12;
    repeat (BIG, local, "12000 local ECs, one after the other");
    repeat (BIG, fpu, "12000 global ECs with FPU, one after the other");
}

/* A whole domain with an EC in it */
static uint64_t set;

static enum status domain (void)
{
    enum status s = hyp_create_pd (CREATE_PD, set, sel_root_pd());

    for (unsigned op = CREATE_OBJ; s == STATUS_SUCCESS && op <= CREATE_HST; op++)
        s = hyp_create_pd (op, set + op, set);

    if (s == STATUS_SUCCESS)
        s = pio_new (set + 3, set);
    if (s == STATUS_SUCCESS)
        s = hyp_ctrl_pd (SEL_ROOT_HST, set + 2, 0x10000, 0x10000, 0, PERM_MEM_R, 0);
    if (s == STATUS_SUCCESS)
        s = hyp_ctrl_pd (sel_root_obj(), set + 1, sel_root_pd(), 5, 0, PERM_MASK, 0);
    if (s == STATUS_SUCCESS)
        s = hyp_create_ec (0, set + 4, set, 0x20000, root.hip->cpu_bsp, 0, 0);

    sel_revoke (set, 3);

    return s == STATUS_MEM_CAP ? STATUS_MEM_OBJ : s;
}

static void domains (void)
{
    sel = sel_alloc (0);
    set = sel_alloc (3);
    repeat (PDS, domain, "3000 domains with an EC, one after the other");
}

static uint64_t source;                                 /* a page that is mapped                                */
static unsigned kind;

/* Page i GiB of a space, or i times 2 MiB of a small one: two page tables for each, or one */
static enum status fill_page (uint64_t space, unsigned i)
{
    return hyp_ctrl_pd (SEL_ROOT_HST, space, source, (uint64_t)i << (order_max() > 30 ? 18 : 9), 0, PERM_MEM_R, 0);
}

/* A space with some pages, or registers, in it */
static enum status space (void)
{
    enum status s = hyp_create_pd (kind, sel, sel_root_pd());

    for (unsigned i = 0; s == STATUS_SUCCESS && i < 8; i++)
        s = kind == CREATE_MSR ? hyp_ctrl_pd (SEL_NOVA_MSR, sel, 0, 0, 13, PERM_MASK, 0) : fill_page (sel, i * 77);

    if (s != STATUS_SUCCESS)
        sel_revoke (sel, 0);

    return s == STATUS_MEM_CAP ? STATUS_MEM_OBJ : s;
}

static void spaces (void)
{
    sel    = sel_alloc (0);
    source = (uintptr_t)mem_alloc (4096, NULL) >> 12;
    need (source, "memory");

    if (HAS_PORTS) {
        kind = CREATE_MSR;
        repeat (PDS * 4, space, "12000 MSR spaces, one after the other");
    }

    if (machine_virt()) {
        kind = CREATE_GST;
        repeat (SPACES, space, "1500 guest spaces with pages, one after the other");
    }

    if (machine_iommu()) {
        kind = CREATE_DMA;
        repeat (SPACES, space, "1500 DMA spaces with pages, one after the other");
    }
}

/* Page tables until there is no memory; the space goes; the next one must come equally far */
static void tables (void)
{
    unsigned first = 0, again = 0;

    if (!machine_virt())
        return;

    sel    = sel_alloc (0);
    source = (uintptr_t)mem_alloc (4096, NULL) >> 12;
    need (source, "memory");

    sleep_ms (50);                                      /* what other tests dropped comes back first            */

    for (unsigned round = 0; round < 3; round++) {

        enum status s = STATUS_SUCCESS;

        NEED (hyp_create_pd (CREATE_GST, sel, sel_root_pd()));
        for (again = 0; again < 1 << 18 && (s = fill_page (sel, again)) == STATUS_SUCCESS; again++) ;

        check_status (s, STATUS_MEM_CAP, "pages all over a guest space, until memory is used up: MEM_CAP");
        first = first ? first : again;
        if (HAS_PORTS)
            check_status (hyp_create_pd (CREATE_MSR, sel_alloc (0), sel_root_pd()), STATUS_MEM_OBJ, "then an MSR space: MEM_OBJ");
        check_status (fill_page (sel, 0), STATUS_SUCCESS, "where tables are, a page still fits");
        check_status (hyp_ctrl_pd (SEL_ROOT_HST, sel, 0, 0, order_max(), 0, 0), STATUS_SUCCESS, "to revoke needs no memory");
        NEED (sel_revoke (sel, 0));
        sleep_ms (50);
    }

    check_ge (again, first - first / 20, "after the space is gone, as many fit again");
    console_printf ("# %u then %u pages\n", first, again);
}

/* All memory at a time, and back: two rounds must come equally far */
static unsigned fill (uint64_t base, unsigned n)
{
    unsigned i = 0;
    uint64_t const va = mem_window (n, 0) >> 12;

    while (i < n && hyp_create_ec (0, base + i, sel_root_pd(), va + i, root.hip->cpu_bsp, 0, 0) == STATUS_SUCCESS)
        i++;

    return i;
}

static void exhaust (void)
{
    uint64_t const base = sel_alloc (14);
    unsigned const n = fill (base, 1 << 14);

    check (n > 100 && n < 1 << 14, "creates ECs until memory is used up");

    /* The last failure may have been for a page table that a UTCB elsewhere does not need: a few more may fit */
    enum status s = STATUS_SUCCESS;
    for (unsigned i = 0; i < 64 && s == STATUS_SUCCESS && n + i < 1 << 14; i++)
        s = hyp_create_ec (0, base + n + i, sel_root_pd(), mem_window (1, 0) >> 12, root.hip->cpu_bsp, 0, 0);

    check_status (s, STATUS_MEM_OBJ, "then: MEM_OBJ");

    unsigned again = 0, rounds = 0;
    uint64_t const t0 = stc_read();

    /* It may take grace periods until all of it is back */
    while (again < n - n / 20 && rounds++ < 8) {
        NEED (sel_revoke (base, 14));
        sleep_ms (10 * rounds);
        again = fill (base, 1 << 14);
        console_printf ("# round %u: after %u ms %u ECs fit\n", rounds, 10 * rounds, again);
    }

    uint64_t const ms = (stc_read() - t0) * 1000 / root.hip->stc_freq;

    check_ge (again, n - n / 20, "after all are revoked, as many fit again");
    check (rounds <= 2, "after less than 40 ms");
    console_printf ("# %u then %u ECs, %u rounds, %lu ms\n", n, again, rounds, ms);
    NEED (sel_revoke (base, 14));
    sleep_ms (50);
    check_status (hyp_create_sm (sel_alloc (0), sel_root_pd(), 0), STATUS_SUCCESS, "and other objects");
}

static struct test const test[] = {
    { "small", small }, { "ecs", ecs }, { "domains", domains }, { "spaces", spaces }, { "tables", tables }, { "exhaust", exhaust },
};

TESTS ("leak", test);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctrl_pd from host spaces to guest spaces and to DMA spaces. What such a space says is seen by a guest or a device only, so here
 * it is about status codes; the tables themselves are read in test/host/space_stage2.c.
 */
#include <console.h>
#include <help.h>
#include <machine.h>
#include <mem.h>

enum { RW = PERM_MEM_R | PERM_MEM_W };

static uint64_t space;                                  /* the destination                                      */
static uint64_t frame, phys;                            /* a page of memory: address here, physical             */

/* False: no space of this kind on this machine, which the kernel has to say */
static bool setup (unsigned op)
{
    bool const there = op == CREATE_GST ? machine_virt() : machine_iommu();

    space = sel_alloc (0);

    if (!check_status (hyp_create_pd (op, space, sel_root_pd()), there ? STATUS_SUCCESS : STATUS_BAD_FTR,
                       there ? "creates the destination" : "no such space on this machine: BAD_FTR") || !there)
        return false;

    void *const m = mem_alloc (4096, &phys);

    need (m, "memory");
    frame = (uintptr_t)m;

    return true;
}

static enum status map (uint64_t from, uint64_t to, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (SEL_ROOT_HST, space, from >> 12, to >> 12, ord, pmm, 0);
}

static enum status map_nova (uint64_t from, uint64_t to, unsigned ord, unsigned pmm, uint32_t mad)
{
    return hyp_ctrl_pd (SEL_NOVA_HST, space, from >> 12, to >> 12, ord, pmm, mad);
}

static uint64_t hva_end (void) { return (uintptr_t)root.hip + 4096; }

/* In the range of every such space, whose inputs may have fewer bits than a host space's */
static uint64_t far (void)
{
    uint64_t const a = hva_end() / 4, b = UINT64_C (1) << 40;

    return a < b ? a : b;
}

static void success (unsigned op)
{
    if (!setup (op))
        return;

    check_status (map (frame, 0x5000, 0, RW), STATUS_SUCCESS, "a page");
    check_status (map (frame, 0x5000, 0, RW), STATUS_SUCCESS, "the same once more");
    check_status (map (frame, 0x5000, 0, PERM_MEM_R), STATUS_SUCCESS, "with less");
    check_status (map (frame, 0x5000, 0, 0), STATUS_SUCCESS, "revoked");
    check_status (map (frame, 0x5000, 0, 0), STATUS_SUCCESS, "revoked where nothing is");
    check_status (map (mem_window (1, 0), 0x5000, 0, RW), STATUS_SUCCESS, "a null capability");
    check_status (map (hva_end() - 4096, 0x5000, 0, RW), STATUS_SUCCESS, "the HIP, a null capability");
    check_status (map ((uintptr_t)worker->utcb, 0x5000, 0, RW), STATUS_SUCCESS, "a UTCB, a null capability");
    check_status (map (0, far(), 20, RW), STATUS_SUCCESS, "4 GiB, most of it null capabilities");

    unsigned good = 0;

    for (unsigned pmm = 0; pmm <= PERM_MASK; pmm++)
        good += map_nova (phys, 0x6000 + pmm * 4096, 0, pmm, 0) == STATUS_SUCCESS;

    check_eq (good, PERM_MASK + 1, "each permission mask");
    check_status (map_nova (root.hip->nova_start & ~UINT64_C (0xfff), 0x5000, 0, RW, 0), STATUS_SUCCESS,
                  "memory of the kernel, a null capability");

    struct machine_place p;

    for (unsigned i = 0; (p = machine_guarded (i)).text; i++)
        if (p.phys)
            check_status (map_nova (p.phys, 0x5000, 0, RW, MAD_IO), STATUS_SUCCESS, p.text);
}

static void attributes (unsigned op)
{
    struct mad_case c;

    if (!setup (op))
        return;

    for (unsigned i = 0; (c = mad_case (i)).text; i++) {
        check_status (map_nova (phys, 0x5000, 0, RW, c.mad), c.good ? STATUS_SUCCESS : STATUS_BAD_PAR, c.text);
        check_status (map_nova (phys, 0x5000, 0, 0, c.mad), c.good ? STATUS_SUCCESS : STATUS_BAD_PAR, "the same without permissions");
    }

    check_status (hyp_ctrl_pd (SEL_ROOT_HST, space, frame >> 12, 5, 0, RW, 7), STATUS_SUCCESS,
                  "from another space than NOVA's the attributes do not matter");
}

static void order (unsigned op)
{
    uint64_t const size = UINT64_C (1) << 21;
    unsigned good = 0;
    uint64_t p;

    if (!setup (op))
        return;

    need (mem_alloc (2 * size, &p), "4 MiB of memory");
    p = (p + size - 1) & ~(size - 1);
    check_status (map_nova (p, 4 * size, 9, RW, 0), STATUS_SUCCESS, "2 MiB at once");
    check_status (map_nova (p, 4 * size + 100 * 4096, 0, 0, 0), STATUS_SUCCESS, "takes a page out of the middle");
    check_status (map_nova (p, 4 * size, 9, RW, 0), STATUS_SUCCESS, "2 MiB where page tables are");
    check_status (map_nova (p, 4 * size, 9, 0, 0), STATUS_SUCCESS, "revokes them");

    for (unsigned ord = 0; ord <= 18; ord++)
        good += map_nova (UINT64_C (1) << 32, far(), ord, RW, 0) == STATUS_SUCCESS;

    check_eq (good, 19, "each order up to 1 GiB");
    check_status (map_nova (UINT64_C (1) << 32, far(), 20, 0, 0), STATUS_SUCCESS, "revokes 4 GiB");
    check_status (map_nova (0, 0, 20, RW, MAD_RAM), STATUS_SUCCESS, "the first 4 GiB, from which some belong to the kernel");
    check_status (map_nova (0, 0, 20, 0, MAD_RAM), STATUS_SUCCESS, "revokes them");
    check_ge (op == CREATE_GST ? root.hip->mco_gst : root.hip->mco_dma, 9, "the HIP tells an order without partial failure");
}

static void bad_par (unsigned op)
{
    uint64_t const va = mem_window (4, 2), end = hva_end();

    if (!setup (op))
        return;

    check_status (map (va + 4096, va, 1, RW), STATUS_BAD_PAR, "source not aligned to the order: BAD_PAR");
    check_status (map (va, va + 4096, 1, RW), STATUS_BAD_PAR, "destination not aligned to the order: BAD_PAR");
    check_status (map (va + 4096, va, 2, 0), STATUS_BAD_PAR, "source not aligned to order 2: BAD_PAR");
    check_status (map (end, 0x5000, 0, RW), STATUS_BAD_PAR, "source at the end of user memory: BAD_PAR");
    check_status (map (UINT64_C (0xffffffff80000000), 0x5000, 0, RW), STATUS_BAD_PAR, "source in the kernel: BAD_PAR");
    check_status (map_nova (~UINT64_C (0xfff), 0x5000, 0, RW, 0), STATUS_BAD_PAR, "largest page frame: BAD_PAR");
    check_status (map (frame, ~UINT64_C (0xfff), 0, RW), STATUS_BAD_PAR, "largest destination: BAD_PAR");

    if (op == CREATE_DMA) {
        check_status (map (frame, (UINT64_C (1) << 48) - 4096, 0, RW), STATUS_SUCCESS, "the last page of 48 bits");
        return;
    }

    uint64_t const last = end << BITS_GUEST;

    check_status (map (frame, last - 4096, 0, RW), STATUS_SUCCESS, "the last page of a guest");
    check_status (map (0, last - (UINT64_C (1) << 21), 9, 0), STATUS_SUCCESS, "the last 2 MiB");
    check_status (map (frame, last, 0, RW), STATUS_BAD_PAR, "the page behind it: BAD_PAR");
    check_status (map (0, last, 9, 0), STATUS_BAD_PAR, "2 MiB behind it: BAD_PAR");
}

static void bad_cap (unsigned op)
{
    struct domain d;

    if (!setup (op))
        return;

    uint64_t const hst = SEL_ROOT_HST, f = frame >> 12;

    domain_new (&d);
#define CTRL(src, dst) hyp_ctrl_pd (src, dst, f, f, 0, RW, 0)
    check_status (CTRL (sel_alloc (0), space), STATUS_BAD_CAP, "source is a null capability: BAD_CAP");
    check_status (CTRL (space, hst), STATUS_BAD_CAP, "source is such a space, to a host space: BAD_CAP");
    check_status (CTRL (space, space), STATUS_BAD_CAP, "source is such a space, to itself: BAD_CAP");
    check_status (CTRL (d.pd, space), STATUS_BAD_CAP, "source is a PD: BAD_CAP");
    check_status (CTRL (d.obj, space), STATUS_BAD_CAP, "source is an object space: BAD_CAP");
    check_status (CTRL (d.pio, space), STATUS_BAD_CAP, "source is a PIO space: BAD_CAP");
    check_status (CTRL (SEL_NOVA_MSR, space), STATUS_BAD_CAP, "source is an MSR space: BAD_CAP");
    check_status (CTRL (cap_with (hst, PERM_SP_GRANT), space), STATUS_BAD_CAP, "source without permission TAKE: BAD_CAP");
    check_status (CTRL (hst, cap_with (space, PERM_SP_ASSIGN)), STATUS_BAD_CAP, "destination without permission GRANT: BAD_CAP");
    check_status (CTRL (cap_with (hst, PERM_SP_TAKE), cap_with (space, PERM_SP_GRANT)), STATUS_SUCCESS,
                  "TAKE and GRANT are enough");
    check_status (CTRL (d.hst, space), STATUS_SUCCESS, "from the host space of another PD");
#undef CTRL
    NEED (sel_revoke (space, 0));
    check_status (map (frame, 0x5000, 0, RW), STATUS_BAD_CAP, "the space is gone: BAD_CAP");
}

/* Two CPUs give and take in one space, at orders that cut tables off and split large pages; then the space goes under their hands */
enum { ROUNDS = 400, COMMON = 1 << 18 };

static uint64_t ended;
static enum status volatile last;

static enum status storm (uint64_t *seed)
{
    uint64_t const r = *seed = *seed * 6364136223846793005 + 1442695040888963407, x = r >> 33;
    unsigned const ord = x % 3 ? x % 11 : 12;

    return hyp_ctrl_pd (SEL_NOVA_HST, space, (UINT64_C (1) << 20) + (x >> 8 & 0x3ffff & ~((1u << ord) - 1)),
                        COMMON + (x >> 4 & 0x3ffff & ~((1u << ord) - 1)), ord, x >> 22 & 3, 0);
}

static void other_cpu (void *arg)
{
    uint64_t seed = 4711;

    (void)arg;
    do
        last = storm (&seed);
    while (last == STATUS_SUCCESS || last == STATUS_MEM_CAP);
    hyp_sm_up (ended);
}

static void parallel (unsigned op)
{
    uint64_t seed = 815;
    unsigned good = 0;

    if (root.hip->cpu_num < 2 || !setup (op))
        return;

    ended = sm_new (0);
    spawn_on (root.hip->cpu_bsp ? 0 : 1, PRIO_LOW, other_cpu, NULL);

    for (unsigned i = 0; i < ROUNDS; i++)
        good += storm (&seed) != STATUS_BAD_CAP;        /* MEM_CAP: what was cut off is still being reclaimed   */

    check_eq (good, ROUNDS, "delegations while another CPU does the same");
    NEED (sel_revoke (space, 0));
    check_status (await (ended), STATUS_SUCCESS, "the space goes: the other CPU ends");
    check_status (last, STATUS_BAD_CAP, "with BAD_CAP");
}

/* A thread of higher priority comes between the steps of a large delegation, and takes the space away */
static uint64_t due, came;

static void breaker (void *arg)
{
    (void)arg;
    hyp_sm_down (test_never, due);
    came = stc_read();
    sel_revoke (space, 0);
}

static void preempt (unsigned op)
{
    enum status s = STATUS_SUCCESS;

    if (!setup (op))
        return;

    due = in_ms (2);
    spawn (PRIO_HIGH, breaker, NULL);

    while (s == STATUS_SUCCESS || s == STATUS_MEM_CAP)
        s = map (0, 0, order_max(), RW);

    check_status (s, STATUS_BAD_CAP, "the space goes in the middle of a large delegation: BAD_CAP");
    console_printf ("# %lu ticks late\n", came - due);
    check (came - due < (time_factor == 1 ? 50000 : root.hip->stc_freq / 10), "who took it away did not wait for all of it");
}

#define BOTH(test) \
    static void gst_##test (void) { test (CREATE_GST); } \
    static void dma_##test (void) { test (CREATE_DMA); }

BOTH (success)
BOTH (attributes)
BOTH (order)
BOTH (bad_par)
BOTH (bad_cap)
BOTH (parallel)
BOTH (preempt)

static struct test const gst[] = {
    { "success", gst_success }, { "attributes", gst_attributes }, { "order", gst_order }, { "bad_par", gst_bad_par },
    { "bad_cap", gst_bad_cap }, { "parallel", gst_parallel }, { "preempt", gst_preempt },
};

static struct test const dma[] = {
    { "success", dma_success }, { "attributes", dma_attributes }, { "order", dma_order }, { "bad_par", dma_bad_par },
    { "bad_cap", dma_bad_cap }, { "parallel", dma_parallel }, { "preempt", dma_preempt },
};

TESTS ("ctrl_pd_gst", gst);
TESTS ("ctrl_pd_dma", dma);

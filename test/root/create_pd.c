/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>
#include <machine.h>

static void success (void)
{
    uint64_t const pd = sel_alloc (0), obj = sel_alloc (0), hst = sel_alloc (0), pio = sel_alloc (0);

    check_status (hyp_create_pd (CREATE_PD, pd, sel_root_pd()), STATUS_SUCCESS, "creates a protection domain");
    check_status (hyp_create_pd (CREATE_OBJ, obj, pd), STATUS_SUCCESS, "creates an object space");
    check_status (hyp_create_pd (CREATE_HST, hst, pd), STATUS_SUCCESS, "creates a host space");
    check_status (hyp_create_pd (CREATE_PIO, pio, pd), HAS_PORTS ? STATUS_SUCCESS : STATUS_BAD_FTR,
                  HAS_PORTS ? "creates a PIO space" : "no PIO space without ports: BAD_FTR");

    check (!cap_null (cap_with (obj, PERM_SP_GRANT)), "object space: permission GRANT");
    check (!cap_null (cap_with (obj, PERM_SP_TAKE)), "object space: permission TAKE");
    check (cap_null (cap_with (obj, PERM_MASK & ~PERM_OBJ_ALL)), "object space: no other permission");
    check (!cap_null (cap_with (hst, PERM_SP_GRANT)), "host space: permission GRANT");
    check (!cap_null (cap_with (hst, PERM_SP_TAKE)), "host space: permission TAKE");
    check (cap_null (cap_with (hst, PERM_MASK & ~PERM_HST_ALL)), "host space: no other permission");

    if (HAS_PORTS) {
        check (!cap_null (cap_with (pio, PERM_SP_ASSIGN)), "PIO space: permission ASSIGN");
        check (cap_null (cap_with (pio, PERM_MASK & ~PERM_PIO_ALL)), "PIO space: no other permission");
    }
}

static void once (void)
{
    struct domain d;
    uint64_t const s = sel_alloc (0);

    domain_new (&d);
    check_status (hyp_create_pd (CREATE_OBJ, s, d.pd), STATUS_ABORTED, "a second object space of one PD: ABORTED");
    check_status (hyp_create_pd (CREATE_HST, s, d.pd), STATUS_ABORTED, "a second host space of one PD: ABORTED");
    if (HAS_PORTS)
        check_status (hyp_create_pd (CREATE_PIO, s, d.pd), STATUS_SUCCESS, "a second PIO space of one PD");
    check_status (hyp_create_pd (CREATE_OBJ, sel_alloc (0), sel_root_pd()), STATUS_ABORTED,
                  "a second object space of the root PD: ABORTED");
}

/* Whether a capability for a new PD has what the capability for its owner had */
static void inherit (void)
{
    uint64_t const owner = cap_with (sel_root_pd(), PERM_PD_PD | PERM_PD_SM), pd = sel_alloc (0), s = sel_alloc (0);

    NEED (hyp_create_pd (CREATE_PD, pd, owner));
    check_status (hyp_create_sm (s, pd, 0), STATUS_SUCCESS, "permission SM was inherited");
    check_status (hyp_create_pd (CREATE_PD, sel_alloc (0), pd), STATUS_SUCCESS, "permission PD was inherited");
    check_status (hyp_create_pt (sel_alloc (0), pd, local_new (0)->ec, 0), STATUS_BAD_CAP,
                  "permission PT was not there to inherit");
    check (cap_null (cap_with (pd, PERM_MASK & ~(PERM_PD_PD | PERM_PD_SM))), "nothing else was inherited");
}

static void bad_op (void)
{
    static char const *const text[] = { "operation 7: BAD_PAR", "operation 8: BAD_PAR", "operation 9: BAD_PAR", "operation 10: BAD_PAR",
        "operation 11: BAD_PAR", "operation 12: BAD_PAR", "operation 13: BAD_PAR", "operation 14: BAD_PAR", "operation 15: BAD_PAR" };
    uint64_t const s = sel_alloc (0);

    for (unsigned op = 7; op < 16; op++)
        check_status (hyp_create_pd (op, s, sel_root_pd()), STATUS_BAD_PAR, text[op - 7]);

    check (cap_null (s), "an invalid operation leaves the selector null");
}

static bool there (unsigned op) { return op == CREATE_MSR ? HAS_PORTS : op == CREATE_GST ? machine_virt() : machine_iommu() != 0; }

/* 2.1: guest spaces exist where hardware virtualization does, DMA spaces where an IOMMU does, MSR spaces on every x86 */
static void bad_ftr (void)
{
    struct domain d;

    domain_new (&d);
    check_status (hyp_create_pd (CREATE_GST, sel_alloc (0), d.pd), there (CREATE_GST) ? STATUS_SUCCESS : STATUS_BAD_FTR,
                  "guest space: as the CPU has virtualization");
    check_status (hyp_create_pd (CREATE_DMA, sel_alloc (0), d.pd), there (CREATE_DMA) ? STATUS_SUCCESS : STATUS_BAD_FTR,
                  "DMA space: as the machine has an IOMMU");
    check_status (hyp_create_pd (CREATE_MSR, sel_alloc (0), d.pd), there (CREATE_MSR) ? STATUS_SUCCESS : STATUS_BAD_FTR,
                  there (CREATE_MSR) ? "MSR space" : "no MSR space without MSRs: BAD_FTR");
    check (there (CREATE_GST) || !(root.hip->features & HAS_GUESTS),
           "the HIP tells no virtualization that is not there");
    check (there (CREATE_DMA) || !(root.hip->features & HAS_IOMMU), "the HIP tells no IOMMU that is not there");
}

/* Guest, DMA and MSR spaces: how many of each, and with which permissions */
static void many (void)
{
    static struct { unsigned op, perm; char const *name[6]; } const kind[] = {
        { CREATE_GST, PERM_GST_ALL, { "guest space: a first one", "a second one", "a third one", "GRANT", "ASSIGN", "nothing else" } },
        { CREATE_DMA, PERM_DMA_ALL, { "DMA space: a first one", "a second one", "a third one", "GRANT", "ASSIGN", "nothing else" } },
        { CREATE_MSR, PERM_MSR_ALL, { "MSR space: a first one", "a second one", "a third one", "GRANT", "ASSIGN", "nothing else" } },
    };
    struct domain d;

    domain_new (&d);

    for (size_t k = 0; k < sizeof (kind) / sizeof (kind[0]); k++) {

        uint64_t s = 0;

        if (!there (kind[k].op))
            continue;

        for (unsigned i = 0; i < 3; i++)
            check_status (hyp_create_pd (kind[k].op, s = sel_alloc (0), d.pd), STATUS_SUCCESS, kind[k].name[i]);

        check (!cap_null (cap_with (s, PERM_SP_GRANT)), kind[k].name[3]);
        check (!cap_null (cap_with (s, PERM_SP_ASSIGN)), kind[k].name[4]);
        if (kind[k].perm & PERM_SP_TAKE)
            check (!cap_null (cap_with (s, PERM_SP_TAKE)), "TAKE");
        check (cap_null (cap_with (s, PERM_MASK & ~kind[k].perm)), kind[k].name[5]);
        check_status (hyp_create_pd (kind[k].op, s, d.pd), STATUS_BAD_CAP, "selector in use: BAD_CAP");
        check_status (hyp_create_pd (kind[k].op, sel_alloc (0), cap_with (d.pd, PERM_PD_ALL & ~PERM_PD_PD)), STATUS_BAD_CAP,
                      "owner without permission PD: BAD_CAP");
    }
}

static void bad_cap (void)
{
    uint64_t const s = sel_alloc (0), used = sm_new (0);
    uint64_t const poor = cap_with (sel_root_pd(), PERM_PD_ALL & ~PERM_PD_PD);

    check_status (hyp_create_pd (CREATE_PD, used, sel_root_pd()), STATUS_BAD_CAP, "selector in use: BAD_CAP");
    check_status (hyp_create_pd (CREATE_PD, beyond (s), sel_root_pd()), STATUS_BAD_CAP,
                  "selector beyond SELNUM: BAD_CAP");
    check_status (hyp_create_pd (CREATE_PD, s, sel_alloc (0)), STATUS_BAD_CAP, "owner is a null capability: BAD_CAP");
    check_status (hyp_create_pd (CREATE_PD, s, used), STATUS_BAD_CAP, "owner is a semaphore: BAD_CAP");
    check_status (hyp_create_pd (CREATE_PD, s, sel_root_ec()), STATUS_BAD_CAP, "owner is an EC: BAD_CAP");
    check_status (hyp_create_pd (CREATE_PD, s, poor), STATUS_BAD_CAP, "owner without permission PD: BAD_CAP");
    check_status (hyp_create_pd (CREATE_HST, s, poor), STATUS_BAD_CAP,
                  "host space, owner without permission PD: BAD_CAP");
    check_status (hyp_create_pd (CREATE_PD, sel_alloc (0), cap_with (sel_root_pd(), PERM_PD_PD)), STATUS_SUCCESS,
                  "permission PD is enough");

    uint64_t const pd = sel_alloc (0);

    NEED (hyp_create_pd (CREATE_PD, pd, sel_root_pd()));
    check_status (hyp_create_pd (CREATE_OBJ, used, pd), STATUS_BAD_CAP, "object space, selector in use: BAD_CAP");
    check_status (hyp_create_pd (CREATE_OBJ, sel_alloc (0), pd), STATUS_SUCCESS, "that failure bound no object space");
}

static struct test const test[] = {
    { "success", success }, { "once", once }, { "inherit", inherit }, { "bad_op", bad_op }, { "bad_ftr", bad_ftr },
    { "many", many }, { "bad_cap", bad_cap },
};

TESTS ("create_pd", test);

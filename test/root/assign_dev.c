/* SPDX-License-Identifier: GPL-2.0-only */
/* assign_dev: a DMA space exists only where an IOMMU does, and only the root PD may assign devices to it */
#include <child.h>
#include <machine.h>

enum { NO_IOMMU = 0x1000 };                             /* physical address: memory                             */

static void bad_hyp (void)
{
    struct child c;
    uint64_t const page = NO_IOMMU;

    child_new (&c);
    check_status (child_call (&c, hyp_id (HYPERCALL_assign_dev, 0), page, 0), STATUS_BAD_HYP,
                  "from another PD, null capability: BAD_HYP");

    if (!machine_iommu())
        return;

    uint64_t const s = sel_alloc (0);

    NEED (hyp_create_pd (CREATE_DMA, s, sel_root_pd()));
    NEED (hyp_ctrl_pd (sel_root_obj(), c.domain.obj, s, 5, 0, PERM_MASK, 0));
    check_status (child_call (&c, hyp_id (HYPERCALL_assign_dev, 0) | 5 << 8, page, 0), STATUS_BAD_HYP,
                  "from another PD, DMA space: BAD_HYP");
}

/* Where capability and IOMMU are bad, either may be told */
static void neither (uint64_t sel, uint64_t iommu, char const *text)
{
    enum status const s = hyp_assign_dev (sel, iommu, 0);

    check (s == STATUS_BAD_CAP || s == STATUS_BAD_DEV, text);
}

static void bad_cap (void)
{
    struct domain d;
    uint64_t const gst = sel_alloc (0), iommu = machine_iommu() >> 12;

    domain_new (&d);
    neither (sel_alloc (0), NO_IOMMU >> 12, "null capability and no IOMMU: BAD_CAP or BAD_DEV");
    neither (wrong_cap(), ~UINT64_C (0) >> 12, "semaphore and no IOMMU: BAD_CAP or BAD_DEV");
    neither (beyond (0), 0, "selector beyond SELNUM and no IOMMU: BAD_CAP or BAD_DEV");
    neither (SEL_ROOT_HST, 0, "host space and no IOMMU: BAD_CAP or BAD_DEV");
    neither (d.pio, 0, "PIO space and no IOMMU: BAD_CAP or BAD_DEV");

    if (machine_virt()) {
        NEED (hyp_create_pd (CREATE_GST, gst, d.pd));
        neither (gst, 0, "guest space and no IOMMU: BAD_CAP or BAD_DEV");
    }

    if (!iommu)
        return;

    uint64_t const dma = sel_alloc (0);

    NEED (hyp_create_pd (CREATE_DMA, dma, d.pd));
    neither (cap_with (dma, PERM_SP_GRANT), NO_IOMMU >> 12, "without permission ASSIGN and no IOMMU: BAD_CAP or BAD_DEV");

    if (root.hip->features & HAS_IOMMU) {
        check_status (hyp_assign_dev (sel_alloc (0), iommu, 0), STATUS_BAD_CAP, "null capability: BAD_CAP");
        check_status (hyp_assign_dev (wrong_cap(), iommu, 0), STATUS_BAD_CAP, "semaphore: BAD_CAP");
        check_status (hyp_assign_dev (cap_with (dma, PERM_SP_GRANT), iommu, 0), STATUS_BAD_CAP, "without permission ASSIGN: BAD_CAP");
    }
}

static void bad_dev (void)
{
    uint64_t const iommu = machine_iommu() >> 12, dma = sel_alloc (0);

    if (!iommu) {
        check_status (hyp_create_pd (CREATE_DMA, dma, sel_root_pd()), STATUS_BAD_FTR, "no DMA space on this machine: BAD_FTR");
        return;
    }

    NEED (hyp_create_pd (CREATE_DMA, dma, sel_root_pd()));
    check_status (hyp_assign_dev (dma, NO_IOMMU >> 12, 0), STATUS_BAD_DEV, "memory: BAD_DEV");
    check_status (hyp_assign_dev (dma, 0, 0), STATUS_BAD_DEV, "address 0: BAD_DEV");
    check_status (hyp_assign_dev (dma, iommu + 0x100, 0), STATUS_BAD_DEV, "behind the IOMMU: BAD_DEV");
    check_status (hyp_assign_dev (dma, ~UINT64_C (0) >> 12, 0), STATUS_BAD_DEV, "largest address: BAD_DEV");
    check_status (hyp_assign_dev (cap_with (dma, PERM_SP_ASSIGN), 0, 0), STATUS_BAD_DEV, "ASSIGN is enough");

    if (!(root.hip->features & HAS_IOMMU))
        check_status (hyp_assign_dev (dma, iommu, 0), STATUS_BAD_DEV, "an IOMMU that the kernel does not drive: BAD_DEV");
}

static struct test const test[] = { { "bad_hyp", bad_hyp }, { "bad_cap", bad_cap }, { "bad_dev", bad_dev } };

TESTS ("assign_dev", test);

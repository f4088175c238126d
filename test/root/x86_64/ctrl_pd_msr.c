/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctrl_pd between MSR spaces. What such a space permits is seen by a guest only, so here it is about status codes; the bitmaps
 * themselves are read in test/host/space_msr.c.
 */
#include <help.h>

enum { RW = PERM_MSR_R | PERM_MSR_W, TSC = 0x10, LOW_END = 0x2000 };

static uint64_t msr_new (void)
{
    uint64_t const s = sel_alloc (0);

    NEED (hyp_create_pd (CREATE_MSR, s, sel_root_pd()));

    return s;
}

static uint64_t space;

static enum status grant (uint64_t msr, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (SEL_NOVA_MSR, space, msr, msr, ord, pmm, 0);
}

/* 8.2.3, and what is beside it */
static void rows (void)
{
    static struct { uint32_t msr; char const *text; } const row[] = {
        { 0x174, "IA32_SYSENTER_CS" }, { 0x175, "IA32_SYSENTER_ESP" }, { 0x176, "IA32_SYSENTER_EIP" }, { 0x277, "IA32_PAT" },
        { 0xc0000080, "IA32_EFER" }, { 0xc0000100, "IA32_FS_BASE" }, { 0xc0000101, "IA32_GS_BASE" },
        { 0xc0000102, "IA32_KERNEL_GS_BASE" }, { 0x49, "IA32_PRED_CMD" }, { 0x10b, "IA32_FLUSH_CMD" }, { 0x10, "IA32_TSC" },
        { 0x17, "IA32_PLATFORM_ID" }, { 0x8b, "IA32_BIOS_SIGN_ID" }, { 0xcf, "IA32_CORE_CAPABILITIES" }, { 0xe7, "IA32_MPERF" },
        { 0xe8, "IA32_APERF" }, { 0xfe, "IA32_MTRR_CAP" }, { 0x10a, "IA32_ARCH_CAPABILITIES" }, { 0x123, "IA32_MCU_OPT_CTRL" },
        { 0x195, "IA32_OVERCLOCKING_STATUS" }, { 0x198, "IA32_PERF_STATUS" }, { 0x19c, "IA32_THERM_STATUS" },
        { 0x1b1, "IA32_PACKAGE_THERM_STATUS" }, { 0xda0, "IA32_XSS" }, { 0xc0000081, "IA32_STAR" }, { 0xc0000082, "IA32_LSTAR" },
        { 0xc0000084, "IA32_FMASK" }, { 0xc0000103, "IA32_TSC_AUX" },
        { 0x1b, "IA32_APIC_BASE, a null capability" }, { 0, "MSR 0, a null capability" }, { 0x1fff, "MSR 0x1fff, a null capability" },
        { 0xc0001fff, "MSR 0xc0001fff, a null capability" },
    };

    space = msr_new();

    for (size_t i = 0; i < sizeof (row) / sizeof (row[0]); i++)
        check_status (grant (row[i].msr, 0, RW), STATUS_SUCCESS, row[i].text);

    unsigned good = 0;

    for (unsigned pmm = 0; pmm <= PERM_MASK; pmm++)
        good += grant (TSC, 0, pmm) == STATUS_SUCCESS;

    check_eq (good, PERM_MASK + 1, "each permission mask");
}

static void order (void)
{
    unsigned good = 0;

    space = msr_new();

    for (unsigned ord = 0; ord <= 13; ord++)
        good += grant (0, ord, RW) == STATUS_SUCCESS && grant (0xc0000000, ord, RW) == STATUS_SUCCESS;

    check_eq (good, 14, "each order up to the whole of both ranges");

    uint64_t const other = msr_new();

    check_status (hyp_ctrl_pd (space, other, 0, 0, 13, PERM_MSR_R, 0), STATUS_SUCCESS, "from one space to another");
    check_status (hyp_ctrl_pd (other, other, 0, 0, 13, 0, 0), STATUS_SUCCESS, "from a space to itself, which revokes");
    check (root.hip->mco_msr < 32, "the HIP tells an order without partial failure");
}

/* ECX has 32 bits; what has no place in the bitmaps of the CPUs is a null capability */
static void far (void)
{
    space = msr_new();
    check_status (grant (LOW_END, 0, RW), STATUS_SUCCESS, "MSR 0x2000, a null capability");
    check_status (grant (0x40000000, 0, RW), STATUS_SUCCESS, "MSR 0x40000000, a null capability");
    check_status (grant (0xc0010114, 0, RW), STATUS_SUCCESS, "MSR 0xc0010114, a null capability");
    check_status (grant (0xffffffff, 0, RW), STATUS_SUCCESS, "MSR 0xffffffff, a null capability");
    check_status (grant (0, 14, RW), STATUS_SUCCESS, "order 14");
    check_status (grant (0, 31, RW), STATUS_SUCCESS, "the lower half of all numbers");
    check_status (grant (UINT64_C (1) << 31, 31, RW), STATUS_SUCCESS, "the upper half of all numbers");
    check_status (grant (UINT64_C (1) << 31, 31, 0), STATUS_SUCCESS, "which is revoked");
}

static void bad_par (void)
{
    space = msr_new();
    check_status (hyp_ctrl_pd (SEL_NOVA_MSR, space, TSC, TSC + 1, 0, RW, 0), STATUS_BAD_PAR, "other MSR in the destination: BAD_PAR");
    check_status (hyp_ctrl_pd (SEL_NOVA_MSR, space, TSC, TSC + 1, 0, 0, 0), STATUS_BAD_PAR, "also if it only revokes: BAD_PAR");
    check_status (grant (TSC + 1, 1, RW), STATUS_BAD_PAR, "not aligned to the order: BAD_PAR");
    check_status (grant (UINT64_C (1) << 32, 0, RW), STATUS_BAD_PAR, "MSR 0x100000000: BAD_PAR");
    check_status (grant (UINT64_C (1) << 32, 31, 0), STATUS_BAD_PAR, "MSR 0x100000000, order 31: BAD_PAR");
    check_status (grant (~UINT64_C (0) >> 12, 0, RW), STATUS_BAD_PAR, "largest selector: BAD_PAR");
}

static void bad_cap (void)
{
    struct domain d;
    uint64_t const all = PERM_MSR_ALL, s = msr_new();

    domain_new (&d);
#define CTRL(src, dst) hyp_ctrl_pd (src, dst, TSC, TSC, 0, RW, 0)
    check_status (CTRL (sel_alloc (0), s), STATUS_BAD_CAP, "source is a null capability: BAD_CAP");
    check_status (CTRL (SEL_NOVA_MSR, sel_alloc (0)), STATUS_BAD_CAP, "destination is a null capability: BAD_CAP");
    check_status (CTRL (SEL_NOVA_MSR, SEL_ROOT_HST), STATUS_BAD_CAP, "destination is a host space: BAD_CAP");
    check_status (CTRL (SEL_NOVA_MSR, d.pio), STATUS_BAD_CAP, "destination is a PIO space: BAD_CAP");
    check_status (CTRL (SEL_NOVA_HST, s), STATUS_BAD_CAP, "source is a host space: BAD_CAP");
    check_status (CTRL (SEL_NOVA_PIO, s), STATUS_BAD_CAP, "source is a PIO space: BAD_CAP");
    check_status (CTRL (s, SEL_NOVA_MSR), STATUS_BAD_CAP, "to the NOVA MSR space: BAD_CAP");
    check_status (CTRL (cap_with (s, PERM_SP_GRANT | PERM_SP_ASSIGN), msr_new()), STATUS_BAD_CAP,
                  "source without permission TAKE: BAD_CAP");
    check_status (CTRL (SEL_NOVA_MSR, cap_with (s, all & ~PERM_SP_GRANT)), STATUS_BAD_CAP,
                  "destination without permission GRANT: BAD_CAP");
    check_status (CTRL (cap_with (SEL_NOVA_MSR, PERM_SP_TAKE), cap_with (s, PERM_SP_GRANT)), STATUS_SUCCESS,
                  "TAKE and GRANT are enough");
    check (cap_null (cap_with (SEL_NOVA_MSR, PERM_MASK & ~PERM_SP_TAKE)), "the NOVA MSR space: no other permission than TAKE");
    check (!cap_null (cap_with (SEL_NOVA_MSR, PERM_SP_TAKE)), "the NOVA MSR space: permission TAKE");
#undef CTRL
}

static struct test const test[] = {
    { "rows", rows }, { "order", order }, { "far", far }, { "bad_par", bad_par }, { "bad_cap", bad_cap },
};

TESTS ("ctrl_pd_msr", test);

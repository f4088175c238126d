/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel tells of frequencies and microcode of modelled CPUs. Reading a register that the CPU need not have fails: it is #GP. */
#include <facts.h>

#include <abi/record.h>
#include <cpu_features.h>
#include <machine.h>

#include <host.h>

static struct cpuid const intel = { 0x16, 0x756e6547, 0x6c65746e, 0x49656e69 }, amd = { 0x10, 0x68747541, 0x444d4163, 0x69746e65 },
                          hygon = { 0xd, 0x6f677948, 0x656e6975, 0x6e65476e }, other = { 0xd, 0x746e6543, 0x736c7561, 0x48727561 };

static struct model {
    struct cpuid vendor;
    uint32_t signature;
    bool     hypervisor, eist, turbo, hwp;              /* CPUID; turbo is not there while it is disabled           */
    bool     pstates, cpb, cppc;
    uint64_t misc_enable, pm_enable;
    uint64_t limit, hwcr, cppc_enable;
} m;

static uint64_t sign;                                   /* IA32_BIOS_SIGN_ID                                        */

static struct cpuid model_cpuid (uint32_t leaf, uint32_t sub UNUSED)
{
    struct cpuid r = { 0, 0, 0, 0 };

    switch (leaf) {
        case 0:          return m.vendor;
        case 1:
            r.eax = m.signature;
            r.ecx = (m.eist ? 1U << 7 : 0) | (m.hypervisor ? 1U << 31 : 0);
            sign |= UINT64_C (0x2b) << 32;              /* Intel SDM 3A, 10.11.7.1                                  */
            break;
        case 6:          r.eax = (m.turbo ? 1U << 1 : 0) | (m.hwp ? 1U << 7 : 0); break;
        case 0x80000000: r.eax = 0x80000008; break;
        case 0x80000007: r.edx = (m.pstates ? 1U << 7 : 0) | 1U << 8 | (m.cpb ? 1U << 9 : 0); break;
        case 0x80000008: r.eax = 48; r.ebx = m.cppc ? 1U << 27 : 0; break;
    }

    return r;
}

static bool is (struct cpuid v) { return m.vendor.ebx == v.ebx; }

static uint64_t model_rdmsr (uint32_t msr)
{
    bool const amds = is (amd) || is (hygon);

    assert_false (m.hypervisor || is (other));

    switch (msr) {
        case 0x8b:       return amds ? 0x830107b : sign;
        case 0x1a0:      assert_true (is (intel) && m.eist); return m.misc_enable;
        case 0x770:      assert_true (is (intel) && m.hwp); return m.pm_enable;
        case 0xc0010015: assert_true (amds && m.cpb); return m.hwcr;
        case 0xc0010061: assert_true (amds && m.pstates); return m.limit;
        case 0xc00102b1: assert_true (amds && m.cppc); return m.cppc_enable;
    }

    fail();
    return 0;
}

static void model_wrmsr (uint32_t msr, uint64_t val)
{
    assert_true (msr == 0x8b && is (intel) && !m.hypervisor);
    sign = val;
}

static struct record_platform p;

static void assert_told (uint64_t known, uint64_t on)
{
    machine_reset();
    machine.cpuid = model_cpuid;
    machine.rdmsr = model_rdmsr;
    machine.wrmsr = model_wrmsr;
    p = (struct record_platform) { .microcode = 0 };
    cpu_features_init();
    sign = 0;                                           /* what is there before CPUID is not what counts            */
    facts_arch (&p);
    assert_int_equal (p.cpu, m.signature);
    assert_int_equal (p.known, known);
    assert_int_equal (p.on, on);
}

enum { S = PLATFORM_SCALING, H = PLATFORM_HWP, T = PLATFORM_TURBO };

static void of_intel (void **state UNUSED)
{
    m = (struct model) { .vendor = intel, .signature = 0x906ea };
    assert_told (0, 0);
    assert_int_equal (p.microcode, 0x2b);

    m.eist = true;
    assert_told (S | T, 0);
    m.turbo = true;
    assert_told (S | T, T);
    m.misc_enable = UINT64_C (1) << 16;
    assert_told (S | T, S | T);
    m.misc_enable |= UINT64_C (1) << 38;
    assert_told (S | T, S);
    m.hwp = true;
    assert_told (S | T | H, S);
    m.pm_enable = 1;
    assert_told (S | T | H, S | H);

    m.pstates = m.cpb = m.cppc = true;                  /* AMD's bits                                               */
    assert_told (S | T | H, S | H);
}

static void of_amd (void **state UNUSED)
{
    for (unsigned i = 0; i < 2; i++) {

        m = (struct model) { .vendor = i ? hygon : amd, .signature = i ? 0x900f02 : 0xa20f12 };
        assert_told (0, 0);
        assert_int_equal (p.microcode, 0x830107b);

        m.cpb = true;
        assert_told (T, T);
        m.hwcr = ~(UINT64_C (1) << 25);
        assert_told (T, T);
        m.hwcr = UINT64_C (1) << 25;
        assert_told (T, 0);

        m.pstates = true;
        assert_told (S | T, 0);
        m.limit = ~UINT64_C (0x70);                     /* all but PstateMaxVal                                     */
        assert_told (S | T, 0);
        m.limit = 0x20;
        assert_told (S | T, S);

        m.cppc = true;
        assert_told (S | T | H, S);
        m.cppc_enable = 1;
        assert_told (S | T | H, S | H);

        m.eist = m.turbo = m.hwp = true;                /* Intel's bits                                             */
        assert_told (S | T | H, S | H);
    }
}

/* Virtual machines may lack any register, and nobody knows those of other vendors */
static void of_others (void **state UNUSED)
{
    static struct model const all = { .signature = 0xa20f12, .eist = true, .turbo = true, .hwp = true, .pstates = true, .cpb = true,
                                      .cppc = true };

    m = all;
    m.vendor = other;
    assert_told (0, 0);
    assert_int_equal (p.microcode, 0);

    m.hypervisor = true;
    m.vendor = intel;
    assert_told (0, 0);
    m.vendor = amd;
    assert_told (0, 0);
    assert_int_equal (p.microcode, 0);

    m = all;                                            /* before family 6                                          */
    m.vendor = intel;
    m.signature = 0x543;
    assert_told (0, 0);
}

int main (void)
{
    static struct CMUnitTest const tests[] = { cmocka_unit_test (of_intel), cmocka_unit_test (of_amd), cmocka_unit_test (of_others) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

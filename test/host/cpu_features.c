/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID decoding, and that no control-register bit is set that the CPU does not report. */
#include <cpu_features.h>

#include <cr.h>
#include <machine.h>
#include <msr.h>

#include <base/macros.h>

#include <host.h>

static struct cpuid leaf_0, leaf_1, leaf_6, leaf_7, leaf_7_1, leaf_d_1, ext_0, ext_1, ext_7, ext_8, ext_a;
static char const brand[49] = "      Model CPU @ 2.40GHz";
static uint64_t seed = 1, efer;

static struct cpuid model_cpuid (uint32_t leaf, uint32_t sub)
{
    struct cpuid r = { 0, 0, 0, 0 };

    if (leaf == 0x0)
        return leaf_0;
    if (leaf == 0x80000000)
        return ext_0;

    assert_true (leaf <= leaf_0.eax || (leaf >= 0x80000000 && leaf <= ext_0.eax));

    switch (leaf) {
        case 0x1:           return leaf_1;
        case 0x6:           return leaf_6;
        case 0x7:           assert_true (sub <= leaf_7.eax); return sub ? leaf_7_1 : leaf_7;
        case 0xd:           assert_int_equal (sub, 1); return leaf_d_1;
        case 0x80000001:    return ext_1;
        case 0x80000002 ... 0x80000004: memcpy (&r, brand + (leaf - 0x80000002) * 16, 16); return r;
        case 0x80000007:    return ext_7;
        case 0x80000008:    return ext_8;
        case 0x8000000a:    return ext_a;
    }

    fail();
    return r;
}

static uint64_t model_rdmsr (uint32_t msr)
{
    assert_int_equal (msr, IA32_EFER);
    return efer;
}

static void model_wrmsr (uint32_t msr, uint64_t val)
{
    assert_int_equal (msr, IA32_EFER);
    efer = val;
}

static int setup (void **state)
{
    (void)state;

    machine_reset();
    machine.cpuid = model_cpuid;
    machine.rdmsr = model_rdmsr;
    machine.wrmsr = model_wrmsr;

    leaf_0 = (struct cpuid) { 0xd, 0x756e6547, 0x6c65746e, 0x49656e69 };
    leaf_1 = (struct cpuid) { 0x806c1, 0, 0, BIT (24) };
    leaf_6 = leaf_7 = leaf_7_1 = leaf_d_1 = ext_7 = (struct cpuid) { 0, 0, 0, 0 };
    ext_0  = (struct cpuid) { 0x80000008, 0, 0, 0 };
    ext_1  = (struct cpuid) { 0, 0, 0, BIT (11) };
    ext_8  = (struct cpuid) { 0x3027, 0, 0, 0 };

    return 0;
}

static void identity (void **state)
{
    (void)state;

    cpu_features_init();
    assert_int_equal (cpu_vendor(), CPU_VENDOR_INTEL);
    assert_int_equal (cpu_family(), 6);
    assert_int_equal (cpu_model(), 0x8c);
    assert_int_equal (cpu_paddr_bits(), 39);
    assert_string_equal (cpu_brand(), "Model CPU @ 2.40GHz");
    assert_false (cpu_has (CPU_NX) || cpu_has (CPU_SMEP) || cpu_has (CPU_X2APIC));

    leaf_0 = (struct cpuid) { 0xd, 0x68747541, 0x444d4163, 0x69746e65 };
    leaf_1.eax = 0xa20f10;
    cpu_features_init();
    assert_int_equal (cpu_vendor(), CPU_VENDOR_AMD);
    assert_int_equal (cpu_family(), 0x19);
    assert_int_equal (cpu_model(), 0x21);

    leaf_7_1.edx = BIT (18);                            /* subleaf 1 does not exist                             */
    cpu_features_init();
    assert_false (cpu_has (CPU_CET_SSS));
    leaf_7.eax = 1;
    cpu_features_init();
    assert_true (cpu_has (CPU_CET_SSS));

    leaf_0.eax = 6;                                     /* no leaf 7 at all                                     */
    cpu_features_init();
    assert_false (cpu_has (CPU_CET_SSS));
}

static void registers (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 100000; i++) {

        leaf_1.ecx   = (uint32_t)host_random (&seed);
        leaf_1.edx   = (uint32_t)host_random (&seed) | BIT (24);
        leaf_7.ebx   = (uint32_t)host_random (&seed);
        leaf_7.ecx   = (uint32_t)host_random (&seed);
        leaf_7.edx   = (uint32_t)host_random (&seed);
        ext_1.edx    = (uint32_t)host_random (&seed) | BIT (11);

        uint64_t const keep4 = CR4_PAE | CR4_LA57 | CR4_PCIDE | CR4_VMXE | CR4_CET, old4 = host_random (&seed) & 0x1ffffff;

        machine.cr4 = old4;
        machine.cr0 = CR0_PG | CR0_PE | CR0_ET | (host_random (&seed) & (CR0_EM | CR0_NW | CR0_CD | CR0_AM | CR0_MP | CR0_TS));
        efer        = EFER_LME | EFER_LMA | (host_random (&seed) & (EFER_FFXSR | EFER_SVME | EFER_NXE));

        cpu_features_init();
        cpu_features_enable();

        assert_int_equal (machine.cr4 & keep4, old4 & keep4);
        assert_int_equal (!!(machine.cr4 & CR4_SMEP),    leaf_7.ebx >> 7 & 1);
        assert_int_equal (!!(machine.cr4 & CR4_SMAP),    leaf_7.ebx >> 20 & 1);
        assert_int_equal (!!(machine.cr4 & CR4_UMIP),    leaf_7.ecx >> 2 & 1);
        assert_int_equal (!!(machine.cr4 & CR4_OSXSAVE), leaf_1.ecx >> 26 & 1);
        assert_int_equal (!!(machine.cr4 & CR4_MCE),     leaf_1.edx >> 7 & 1);
        assert_int_equal (!!(machine.cr4 & CR4_PGE),     leaf_1.edx >> 13 & 1);
        assert_true (machine.cr4 & CR4_OSFXSR);
        assert_int_equal (machine.cr4 & (CR4_PKE | CR4_PKS | CR4_FSGSBASE | CR4_TSD | CR4_PCE | CR4_VME | CR4_PVI), 0);
        assert_int_equal (machine.cr0, CR0_PG | CR0_PE | CR0_ET | CR0_WP | CR0_NE | CR0_MP | CR0_TS);
        assert_int_equal (efer, EFER_LME | EFER_LMA | EFER_SCE | (ext_1.edx >> 20 & 1 ? EFER_NXE : 0));
    }
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup (identity, setup),
        cmocka_unit_test_setup (registers, setup),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

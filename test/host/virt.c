/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel makes of CPUID and the VMX capability registers; a register that the CPU need not have is not read. */
#include <virt.h>

#include <cpu_features.h>
#include <hpt.h>
#include <machine.h>
#include <msr.h>

#include <host.h>

static struct model {
    bool     vmx, svm, npt;
    uint64_t feature_control, primary, secondary, ept, vm_cr;
} m;

static struct cpuid model_cpuid (uint32_t leaf, uint32_t sub)
{
    struct cpuid r = { 0, 0, 0, 0 };

    (void)sub;

    switch (leaf) {
        case 0:          r.eax = 7; break;
        case 1:          r.ecx = m.vmx ? 1U << 5 : 0; break;
        case 0x80000000: r.eax = 0x8000000a; break;
        case 0x80000001: r.ecx = m.svm ? 1U << 2 : 0; break;
        case 0x8000000a: r.edx = m.npt ? 1 : 0; break;
    }

    return r;
}

/* Intel SDM 3D, A: which register exists if what is set in another one */
static uint64_t model_rdmsr (uint32_t msr)
{
    switch (msr) {
        case 0x3a:       assert_true (m.vmx); return m.feature_control;
        case 0x482:      assert_true (m.vmx); return m.primary;
        case 0x48b:      assert_true (m.vmx && m.primary >> 63); return m.secondary;
        case 0x48c:      assert_true (m.vmx && m.primary >> 63 && m.secondary >> 33 & 1); return m.ept;
        case 0xc0010114: assert_true (m.svm); return m.vm_cr;
    }

    fail();
    return 0;
}

unsigned hpt_levels = 4;

static enum virt_kind kind (void)
{
    machine_reset();
    machine.cpuid = model_cpuid;
    machine.rdmsr = model_rdmsr;
    cpu_features_init();
    host_lines_reset();
    virt_init();

    return virt_kind();
}

static struct model const intel = { .vmx = true, .feature_control = 5, .primary = UINT64_C (1) << 63,
                                    .secondary = UINT64_C (1) << 33 | UINT64_C (1) << 54, .ept = 0x34041 };
static struct model const amd = { .svm = true, .npt = true };

static void vmx (void **state)
{
    (void)state;

    m = intel;
    assert_int_equal (kind(), VIRT_VMX);
    assert_int_equal (virt_ept_leaf_max(), 2);
    assert_true (virt_ept_x_only() && virt_ept_mbec());
    assert_int_equal (virt_ept_levels(), 4);
    hpt_levels = 5;
    assert_int_equal (virt_ept_levels(), 4);            /* the CPU does not walk 5                                  */
    m.ept |= 1 << 7;
    assert_int_equal (kind(), VIRT_VMX);
    assert_int_equal (virt_ept_levels(), 5);
    hpt_levels = 4;
    assert_int_equal (virt_ept_levels(), 4);
    assert_lines ("VIRT: VMX, EPT with leaves up to level 2, execute-only, MBEC");

    m.ept = 0x14040;
    m.secondary = UINT64_C (1) << 33;
    assert_int_equal (kind(), VIRT_VMX);
    assert_int_equal (virt_ept_leaf_max(), 1);
    assert_false (virt_ept_x_only() || virt_ept_mbec());
    assert_lines ("VIRT: VMX, EPT with leaves up to level 1");

    m.ept = 0x24040;                                    /* 1 GiB without 2 MiB: the core cannot express that        */
    assert_int_equal (kind(), VIRT_VMX);
    assert_int_equal (virt_ept_leaf_max(), 0);

    for (unsigned way = 0; way < 6; way++) {

        m = intel;

        switch (way) {
            case 0: m.feature_control = 1; break;       /* locked off                                               */
            case 1: m.primary = 0; break;
            case 2: m.secondary = UINT64_C (1) << 54; break;
            case 3: m.ept &= ~UINT64_C (1 << 6); break;
            case 4: m.ept &= ~UINT64_C (1 << 14); break;
            case 5: m.vmx = false; break;
        }

        assert_int_equal (kind(), VIRT_NONE);
        assert_lines ("VIRT: none");
    }

    m = intel;
    m.feature_control = 0;                              /* not locked: the kernel may switch it on                  */
    assert_int_equal (kind(), VIRT_VMX);
}

static void svm (void **state)
{
    (void)state;

    m = amd;
    assert_int_equal (kind(), VIRT_SVM);
    assert_lines ("VIRT: SVM, NPT");
    m.vm_cr = 0x10;
    assert_int_equal (kind(), VIRT_NONE);
    m = amd;
    m.npt = false;
    assert_int_equal (kind(), VIRT_NONE);
    m = (struct model) { .npt = true };                 /* leaf 8000000A means nothing without SVM                  */
    assert_int_equal (kind(), VIRT_NONE);
}

int main (void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test (vmx), cmocka_unit_test (svm) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance counters of modelled x86 CPUs: of each counter that is taken, RDPMC reads what its event has to be by the manual, in user
 * mode and in the kernel. An access to a register that the CPU lacks, or to a reserved bit, fails the test: on hardware it is #GP.
 */
#include <pmu.h>

#include <cpu_features.h>
#include <cr.h>
#include <machine.h>

#include <host.h>

/* What RDPMC reads: event and unit mask, a fixed counter, or nothing, since the CPU cannot count it or has no counter left */
enum { FIXED = 0x10000, N = 0x20000, L = 0x20001 };

static struct model {
    struct cpuid leaf0, leaf1, leaf7, leafa, leaf1a, ext1, ext22;
    uint64_t     select[16], value[16];                 /* general counters                                     */
    uint64_t     fixed[16], fixed_ctrl, global;
    unsigned     generals, first;                       /* how many there are; number of the legacy ones        */
    uint32_t     fixed_has;
    bool         legacy, extended, has_global, swallows;
} m;

static struct cpuid model_cpuid (uint32_t leaf, uint32_t sub UNUSED)
{
    switch (leaf) {
        case 0x0:        return m.leaf0;
        case 0x1:        return m.leaf1;
        case 0x7:        return m.leaf7;
        case 0xa:        assert_true (m.leaf0.eax >= 0xa);  return m.leafa;
        case 0x1a:       assert_true (m.leaf0.eax >= 0x1a); return m.leaf1a;
        case 0x80000000: return (struct cpuid) { m.ext22.eax ? 0x80000022 : 0x80000001, 0, 0, 0 };
        case 0x80000001: return m.ext1;
        case 0x80000022: return m.ext22;
    }

    return (struct cpuid) { 0, 0, 0, 0 };
}

/* Where the model keeps a register, and the bits that can be set in it */
static uint64_t *reg (uint32_t msr, uint64_t *bits)
{
    bool const intel = !m.legacy && !m.extended;
    uint64_t const width = intel ? BIT64 (m.leafa.eax >> 16 & 0xff) - 1 : BIT64 (48) - 1;
    uint64_t fixed_bits = 0;

    for (unsigned i = 0; i < 16; i++)
        fixed_bits |= m.fixed_has & BIT (i) ? UINT64_C (0xb) << 4 * i : 0;

    *bits = 0x7fffff | 0xff000000;                      /* without INV, which nobody needs                      */

    if (intel && msr - 0x186 < m.generals)
        return &m.select[msr - 0x186];
    if (m.legacy && msr - 0xc0010000 < 4)
        return &m.select[msr - 0xc0010000];
    if (m.extended && msr - 0xc0010200 < 2 * m.generals && !(msr & 1))
        return &m.select[(msr - 0xc0010200) / 2];

    *bits = width;

    if (intel && msr - 0xc1 < m.generals)
        return &m.value[msr - 0xc1];
    if (m.legacy && msr - 0xc0010004 < 4)
        return &m.value[msr - 0xc0010004];
    if (m.extended && msr - 0xc0010200 < 2 * m.generals && msr & 1)
        return &m.value[(msr - 0xc0010200) / 2];
    if (intel && msr - 0x309 < 16 && m.fixed_has & BIT (msr - 0x309))
        return &m.fixed[msr - 0x309];

    *bits = fixed_bits;

    if (intel && msr == 0x38d && m.fixed_has)
        return &m.fixed_ctrl;

    *bits = (BIT64 (m.generals) - 1) | (uint64_t)m.fixed_has << 32;

    if (m.has_global && msr == (intel ? 0x38fU : 0xc0000301U))
        return &m.global;

    fail_msg ("#GP: MSR %#x", msr);
    return NULL;
}

static uint64_t model_rdmsr (uint32_t msr)
{
    uint64_t bits;

    return m.swallows ? 0 : *reg (msr, &bits);
}

static void model_wrmsr (uint32_t msr, uint64_t v)
{
    uint64_t bits, *const r = reg (msr, &bits);

    assert_int_equal (v & ~bits, 0);
    *r = m.swallows ? *r : v;
}

/* What RDPMC with this ECX reads, if it counts in all rings */
static unsigned counted (uint32_t ecx)
{
    unsigned const n = ecx & 0xffff;
    uint64_t const s = m.select[n & 15];

    if (ecx >> 30 == 1) {
        assert_true (n < 16 && m.fixed_has & BIT (n));
        return (m.fixed_ctrl >> 4 * n & 0xf) == 3 && m.global >> (32 + n) & 1 ? FIXED + n : N;
    }

    assert_true (ecx == n && n < m.generals);

    if ((m.has_global && !(m.global >> n & 1)) || (s & 0xffff0000) != 0x430000)
        return N;

    return s & 0xffff;
}

static void vendor (bool amd, uint32_t signature)
{
    machine_reset();
    machine.cpuid = model_cpuid;
    machine.rdmsr = model_rdmsr;
    machine.wrmsr = model_wrmsr;

    m = (struct model) { .leaf0 = { 0xb, 0x756e6547, 0x6c65746e, 0x49656e69 }, .leaf1 = { signature, 0, 0, BIT (24) },
                         .ext1  = { 0, 0, 0, BIT (11) } };

    if (amd)
        m.leaf0 = (struct cpuid) { 0x10, 0x68747541, 0x444d4163, 0x69746e65 };

    for (unsigned i = 0; i < 16; i++) {                 /* what firmware has left                               */
        m.value[i]  = 0x1234;
        m.select[i] = 0x5300c0;
    }
}

/* leaf 0xa of a version, with so many counters */
static void intel (uint32_t signature, unsigned version, unsigned generals, unsigned fixed, uint32_t missing)
{
    vendor (false, signature);
    m.leafa      = (struct cpuid) { version | generals << 8 | 48 << 16 | 7 << 24, missing, 0, version > 1 ? fixed | 47 << 5 : 0xffff };
    m.generals   = generals;
    m.fixed_has  = version > 1 ? BIT (fixed) - 1 : 0;
    m.has_global = version > 1;
}

static void amd (uint32_t signature, bool extended, unsigned v2)
{
    vendor (true, signature);
    m.extended   = extended;
    m.legacy     = !extended;
    m.generals   = v2 ? v2 : extended ? 6 : 4;
    m.has_global = v2;
    m.ext1.ecx   = extended ? BIT (23) : 0;
    m.ext22      = (struct cpuid) { v2 ? 1 : 0, v2, 0, 0 };
}

/* Which only the first four counters of an Intel CPU count */
static bool of_model (unsigned e)
{
    return !m.legacy && !m.extended && (e == PMU_L1D_MISSES || e == PMU_L2_MISSES || e == PMU_DTLB_MISSES || e == PMU_ITLB_MISSES);
}

static struct pmu_counter taken[PMU_EVENT_COUNT];

/* Asks for all events in their order */
static void assert_events (unsigned const *expected)
{
    cpu_features_init();
    assert_true (pmu_arch_init());

    for (unsigned e = 0; e < PMU_EVENT_COUNT; e++) {
        enum pmu_taken const t = pmu_arch_take ((enum pmu_event)e, &taken[e]);
        assert_int_equal (t, expected[e] == N ? PMU_NOT_COUNTED : expected[e] == L ? PMU_NONE_LEFT : PMU_TAKEN);
    }

    for (unsigned round = 0; round < 2; round++) {      /* twice: a CPU that wakes up begins again              */

        m.global     = round ? 0 : m.has_global ? 1 : 0;
        m.fixed_ctrl = 0;
        machine.cr4  = CR4_PAE;

        for (unsigned i = 0; i < 16; i++)               /* what firmware has counted                                */
            m.fixed[i] = m.fixed_has & BIT (i) ? 0x1234 : 0;

        assert_true (pmu_arch_enable());
        assert_int_equal (machine.cr4, CR4_PAE | CR4_PCE);

        for (unsigned e = 0; e < PMU_EVENT_COUNT; e++)
            if (expected[e] < N) {
                assert_int_equal (counted (taken[e].selector), expected[e]);
                assert_true (taken[e].selector < 4 || taken[e].selector >> 30 || !of_model (e));
                assert_int_equal (taken[e].width, taken[e].selector >> 30 ? 47 : 48);
            }

        for (unsigned i = 0; i < m.generals; i++)
            assert_int_equal (m.value[i], 0);
        for (unsigned i = 0; i < 16; i++)
            assert_int_equal (m.fixed[i], 0);
    }
}

#define EVENTS(...) ((unsigned const[PMU_EVENT_COUNT]) { __VA_ARGS__ })

/* By version of architectural performance monitoring; no model whose own events are known */
static void versions (void **state UNUSED)
{
    intel (0x6e8, 1, 2, 0, 0);                          /* no fixed counters, no global register                */
    assert_events (EVENTS (0x3c, 0xc0, L, N, N, L, N, N));
    pmu_arch_init();
    assert_int_equal (pmu_arch_take (PMU_L1D_MISSES, &taken[0]), PMU_NOT_COUNTED);
    assert_int_equal (pmu_arch_take (PMU_LLC_MISSES, &taken[0]), PMU_TAKEN);
    assert_int_equal (pmu_arch_take (PMU_BRANCH_MISSES, &taken[1]), PMU_TAKEN);
    assert_true (pmu_arch_enable());
    assert_int_equal (counted (taken[0].selector), 0x412e);
    assert_int_equal (counted (taken[1].selector), 0xc5);

    intel (0x6f6, 2, 2, 3, 0);
    assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, N, N, 0x412e, N, N));

    intel (0x6f6, 2, 2, 0, 0);                          /* a version 2 that does not report its fixed counters  */
    m.fixed_has = 0;
    assert_events (EVENTS (0x3c, 0xc0, L, N, N, L, N, N));

    intel (0x106a5, 3, 4, 3, 0);
    assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, N, N, 0x412e, N, N));

    intel (0x106a5, 4, 16, 3, BIT (6));                 /* more counters than there are MSRs; an event missing  */
    m.generals = 8;
    m.leafa.eax = (m.leafa.eax & ~0xff00U) | 0x1000;
    assert_events (EVENTS (FIXED + 1, FIXED + 0, N, N, N, 0x412e, N, N));

    intel (0x106a5, 4, 8, 3, 0);                        /* the vector ends before branch misses                 */
    m.leafa.eax = (m.leafa.eax & 0xffffff) | 5 << 24;
    assert_events (EVENTS (FIXED + 1, FIXED + 0, N, N, N, 0x412e, N, N));

    intel (0x106a5, 5, 8, 0, 0);                        /* fixed counters by their set: 1 and 2, not 0          */
    m.leafa.ecx = 6;
    m.fixed_has = 6;
    assert_events (EVENTS (FIXED + 1, 0xc0, 0xc5, N, N, 0x412e, N, N));

    intel (0x106a5, 2, 0, 3, 0);                        /* fixed ones only                                      */
    assert_events (EVENTS (FIXED + 1, FIXED + 0, L, N, N, L, N, N));
}

static void none (void **state UNUSED)
{
    intel (0x106a5, 0, 0, 0, 0);
    cpu_features_init();
    assert_false (pmu_arch_init());

    intel (0x106a5, 2, 4, 3, 0);                        /* the leaf is beyond the last one                      */
    m.leaf0.eax = 9;
    cpu_features_init();
    assert_false (pmu_arch_init());

    amd (0x663, false, 0);                              /* family 6: QEMU's max                                 */
    cpu_features_init();
    assert_false (pmu_arch_init());

    amd (0x830f10, false, 0);                           /* a hypervisor need not have them                      */
    m.leaf1.ecx = BIT (31);
    cpu_features_init();
    assert_false (pmu_arch_init());
}

/* Event codes of models (perfmon-events.intel.com), and that they are on counters which count them */
static void models (void **state UNUSED)
{
    static uint32_t const early[] = { 0x306c3, 0x306f2, 0x406f1, 0x506e3, 0x50654, 0x806ea, 0x906ed, 0x706e5, 0x606a6, 0xa0671 };
    static uint32_t const late[]  = { 0x806f8, 0xc06f2, 0x90672, 0xb0671 };

    for (unsigned i = 0; i < ARRAY_SIZE (early); i++) {
        intel (early[i], 4, 8, 3, 0);
        assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, 0x151, 0x2724, 0x412e, 0xe08, 0xe85));

        for (unsigned n = 4; n <= 8; n++) {             /* without fixed ones                                   */
            intel (early[i], 4, n, 0, 0);
            assert_events (EVENTS (0x3c, 0xc0, 0xc5, 0x151, n < 5 ? L : 0x2724, n < 6 ? L : 0x412e, n < 7 ? L : 0xe08, n < 8 ? L : 0xe85));
        }

        intel (early[i], 4, 4, 3, 0);                   /* hyper-threading halves them                          */
        assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, 0x151, 0x2724, 0x412e, L, L));
    }

    intel (0x806c1, 5, 8, 4, 0);
    assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, 0x151, N, 0x412e, 0xe08, 0xe85));

    for (unsigned i = 0; i < ARRAY_SIZE (late); i++) {
        intel (late[i], 5, 8, 4, 0);
        assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, 0x151, 0x2724, 0x412e, 0xe12, 0xe11));
    }

    intel (0x106e5, 3, 4, 3, 0);                        /* model 0x1e: nothing is known, nor of 0x4e in family 5 */
    assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, N, N, 0x412e, N, N));
}

/* Cores of two kinds in one machine: events of the model are those of one kind, and the other kind counts nothing that users could read */
static void hybrid (void **state UNUSED)
{
    intel (0x90672, 5, 8, 4, 0);
    m.leaf0.eax = 0x20;
    m.leaf7     = (struct cpuid) { 0, 0, 0, BIT (15) };
    m.leaf1a    = (struct cpuid) { 0x40000001, 0, 0, 0 };
    assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, 0x151, 0x2724, 0x412e, 0xe12, 0xe11));

    machine.cr4 = 0;
    m.leaf1a.eax = 0x20000001;
    assert_false (pmu_arch_enable());
    assert_int_equal (machine.cr4, 0);

    assert_events (EVENTS (FIXED + 1, FIXED + 0, 0xc5, N, N, 0x412e, N, N));
}

/* Another CPU has fewer counters, other ones, or is another model */
static void others (void **state UNUSED)
{
    for (unsigned i = 0; i < 6; i++) {

        intel (0x506e3, 4, 8, 3, 0);
        cpu_features_init();
        assert_true (pmu_arch_init());
        assert_int_equal (pmu_arch_take (PMU_CYCLES, &taken[0]), PMU_TAKEN);
        machine.cr4 = 0;

        switch (i) {
            case 1: m.leafa.eax -= 0x100; break;
            case 2: m.leafa.edx--; break;
            case 3: m.leafa.edx -= 0x20; break;
            case 4: m.leafa.ebx = 1; break;
            case 5: m.leaf1.eax++; break;
        }

        assert_int_equal (pmu_arch_enable(), !i);
        assert_int_equal (machine.cr4, i ? 0 : CR4_PCE);
    }
}

static void of_amd (void **state UNUSED)
{
    amd (0xf4a, false, 0);                              /* K8                                                   */
    assert_events (EVENTS (0x76, 0xc0, 0xc3, N, N, N, N, N));

    amd (0x800f12, true, 0);                            /* Zen: six counters for seven events                   */
    assert_events (EVENTS (0x76, 0xc0, 0xc3, 0xc860, 0x964, N, 0xf045, L));
}

static void amd_more (void **state UNUSED)
{
    amd (0xa20f10, true, 0);                            /* Zen 3                                                */
    cpu_features_init();
    assert_true (pmu_arch_init());

    static struct { enum pmu_event e; unsigned code; } const want[] = {
        { PMU_L1D_MISSES, 0xe860 }, { PMU_L2_MISSES, 0x964 }, { PMU_DTLB_MISSES, 0xf045 }, { PMU_ITLB_MISSES, 0x785 },
        { PMU_BRANCH_MISSES, 0xc3 }, { PMU_CYCLES, 0x76 } };

    for (unsigned i = 0; i < ARRAY_SIZE (want); i++)
        assert_int_equal (pmu_arch_take (want[i].e, &taken[i]), PMU_TAKEN);

    assert_int_equal (pmu_arch_take (PMU_INSTRUCTIONS, &taken[7]), PMU_NONE_LEFT);
    assert_int_equal (pmu_arch_take (PMU_LLC_MISSES, &taken[7]), PMU_NOT_COUNTED);
    assert_true (pmu_arch_enable());

    for (unsigned i = 0; i < ARRAY_SIZE (want); i++)
        assert_int_equal (counted (taken[i].selector), want[i].code);

    amd (0xa10f11, true, 5);                            /* PerfMonV2: the leaf says how many, one register for all */
    cpu_features_init();
    assert_true (pmu_arch_init());

    for (unsigned i = 0; i < ARRAY_SIZE (want); i++)
        assert_int_equal (pmu_arch_take (want[i].e, &taken[i]), i < 5 ? PMU_TAKEN : PMU_NONE_LEFT);

    assert_true (pmu_arch_enable());

    for (unsigned i = 0; i < 5; i++)
        assert_int_equal (counted (taken[i].selector), want[i].code);
}

/* An emulator that takes every write and keeps none */
static void swallowed (void **state UNUSED)
{
    amd (0x830f10, true, 0);
    m.swallows = true;
    cpu_features_init();
    assert_true (pmu_arch_init());
    assert_int_equal (pmu_arch_take (PMU_CYCLES, &taken[0]), PMU_TAKEN);
    assert_false (pmu_arch_enable());
    assert_int_equal (machine.cr4, 0);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (versions), cmocka_unit_test (none), cmocka_unit_test (models), cmocka_unit_test (hybrid),
        cmocka_unit_test (others), cmocka_unit_test (of_amd), cmocka_unit_test (amd_more), cmocka_unit_test (swallowed),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

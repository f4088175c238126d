/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance counters of modelled aarch64 CPUs: each that is taken counts its event at EL0 and EL2, EL0 can read it and nothing else,
 * and no register is touched that a CPU without counters lacks.
 */
#include <pmu.h>

#include <sysreg.h>

#include <host.h>

#define NSH 0x8000000

static struct model {
    unsigned version, events;
    uint64_t ceid0, ceid1;

    /* Registers, and what has been written to them but counts from the next ISB on only */
    uint64_t pmcr, mdcr, userenr, enabled, filter, select, synced_select, type[31];
    bool     opened_before_set;                         /* EL0 could read while something was yet to be set     */
} m;

static bool is (char const *a, char const *b) { return !strcmp (a, b); }

static bool exists (void) { return m.version && m.version != 0xf; }

uint64_t model_read (char const *name)
{
    if (is (name, "id_aa64dfr0_el1"))
        return 0x10305006 | (uint64_t)m.version << 8;

    assert_true (exists());

    if (is (name, "pmcr_el0"))
        return 0x41010000 | m.events << 11 | m.pmcr;
    if (is (name, "pmceid0_el0"))
        return m.ceid0;
    if (is (name, "pmceid1_el0"))
        return m.ceid1;

    fail_msg ("%s", name);
    return 0;
}

void model_write (char const *name, uint64_t v)
{
    assert_true (exists());

    if (is (name, "pmcr_el0"))
        m.pmcr = v;
    else if (is (name, "mdcr_el2"))
        m.mdcr = v;
    else if (is (name, "pmuserenr_el0"))
        m.userenr = v;
    else if (is (name, "pmcntenclr_el0"))
        m.enabled &= ~v;
    else if (is (name, "pmcntenset_el0"))
        m.enabled |= v;
    else if (is (name, "pmintenclr_el1"))
        assert_int_equal (v, 0xffffffff);
    else if (is (name, "pmccfiltr_el0"))
        m.filter = v;
    else if (is (name, "pmselr_el0"))
        m.select = v;
    else if (is (name, "pmxevtyper_el0")) {
        assert_int_equal (m.select, m.synced_select);   /* ISB in between                                       */
        assert_true (m.select < m.events);
        m.type[m.select] = v;
    } else
        fail_msg ("%s", name);

    m.opened_before_set |= m.userenr && !is (name, "pmuserenr_el0");
}

void model_isb (void) { m.synced_select = m.select; }
void model_dsb (char const *domain UNUSED) { }
void model_tlbi (char const *op UNUSED, uint64_t v UNUSED) { }

static uint16_t const number[] = { 0x11, 0x08, 0x10, 0x03, 0x17, 0x37, 0x05, 0x02 };

static void cpu (unsigned version, unsigned events)
{
    m = (struct model) { .version = version, .events = events, .pmcr = 0x39, .mdcr = 0x60 | events, .enabled = 0x80000015 };
    memset (m.type, 0xa5, sizeof m.type);

    for (unsigned i = 0; i < ARRAY_SIZE (number); i++) {
        m.ceid0 |= number[i] < 0x20 ? BIT64 (number[i]) : 0;
        m.ceid1 |= number[i] < 0x20 ? 0 : BIT64 (number[i] - 0x20);
    }

    m.ceid0 |= UINT64_C (0xffffffff) << 32;             /* events from 0x4000 on                                */
    m.ceid1 |= UINT64_C (0xffffffff) << 32;
}

/* Takes all, and says which; expected: set of events */
static void assert_events (uint32_t expected, enum pmu_taken why)
{
    struct pmu_counter c[PMU_EVENT_COUNT];
    uint32_t counters = 0, got = 0;

    assert_true (pmu_arch_init());

    for (unsigned e = 0; e < PMU_EVENT_COUNT; e++) {
        enum pmu_taken const t = pmu_arch_take ((enum pmu_event)e, &c[e]);
        got |= t == PMU_TAKEN ? BIT (e) : 0;
        assert_true (t == PMU_TAKEN || t == why);
    }

    assert_int_equal (got, expected);

    for (unsigned round = 0; round < 2; round++) {      /* the second time as after a sleep                     */

        m.userenr = m.opened_before_set = 0;
        m.mdcr    = 0x60 | m.events;

        assert_true (pmu_arch_enable());
        counters = 0;

        for (unsigned e = 0; e < PMU_EVENT_COUNT; e++) {

            if (!(expected & BIT (e)))
                continue;

            assert_false (counters & BIT (c[e].selector));
            counters |= BIT (c[e].selector);

            if (e == PMU_CYCLES) {
                assert_int_equal (c[e].selector, PMU_CYCLE_COUNTER);
                assert_int_equal (c[e].width, 64);
                assert_int_equal (m.filter, NSH);
            } else {
                assert_true (c[e].selector < m.events);
                assert_int_equal (c[e].width, m.version >= 6 ? 64 : 32);
                assert_int_equal (m.type[c[e].selector], NSH | number[e]);
            }
        }

        assert_int_equal (m.enabled, counters);
        assert_int_equal (m.pmcr, 0x47 | (m.version >= 6 ? 0x80 : 0));     /* E, P, C, LC, LP                  */
        assert_int_equal (m.mdcr, 0x20 | m.events);                         /* all are EL0's; PMCR_EL0 traps    */
        assert_int_equal (m.userenr, 0xc);                                  /* ER, CR: reading                  */
        assert_false (m.opened_before_set);
    }
}

static void versions (void **state UNUSED)
{
    static uint8_t const version[] = { 1, 4, 5, 6, 7, 8, 9 };

    for (unsigned i = 0; i < ARRAY_SIZE (version); i++)
        for (unsigned n = 7; n <= 31; n++) {
            cpu (version[i], n);
            assert_events (0xff, PMU_TAKEN);
        }

    cpu (0, 0);
    assert_false (pmu_arch_init());
    cpu (0xf, 6);
    assert_false (pmu_arch_init());
}

static void few (void **state UNUSED)
{
    for (unsigned n = 0; n < 7; n++) {
        cpu (1, n);
        assert_events ((2U << n) - 1, PMU_NONE_LEFT);
    }
}

static void unknown (void **state UNUSED)
{
    cpu (1, 6);
    m.ceid0 &= ~(BIT64 (0x03) | BIT64 (0x10));          /* what has its bit among events from 0x4000 on does not count */
    m.ceid1 &= ~BIT64 (0x17);
    assert_events (BIT (PMU_CYCLES) | BIT (PMU_INSTRUCTIONS) | BIT (PMU_L2_MISSES) | BIT (PMU_DTLB_MISSES) | BIT (PMU_ITLB_MISSES),
                   PMU_NOT_COUNTED);
}

/* CPUs of two kinds */
static void others (void **state UNUSED)
{
    struct pmu_counter c;

    for (unsigned i = 0; i < 6; i++) {

        cpu (6, 6);
        assert_true (pmu_arch_init());
        assert_int_equal (pmu_arch_take (PMU_CYCLES, &c), PMU_TAKEN);

        switch (i) {
            case 1: m.version = 5; break;
            case 2: m.events = 5; break;
            case 3: m.ceid0 ^= 1; break;
            case 4: m.ceid1 ^= 1; break;
            case 5: m.version = 0; break;
        }

        struct model const before = m;

        assert_int_equal (pmu_arch_enable(), !i);

        if (i)
            assert_memory_equal (&m, &before, sizeof m);
    }
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (versions), cmocka_unit_test (few), cmocka_unit_test (unknown), cmocka_unit_test (others),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

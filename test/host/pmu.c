/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pmu=: which words are taken, in which order, what is said of the others, and what the record tells. The counters are modelled. Includes
 * the source to start over.
 */
#include "../../kernel/pmu.c"

#include <host.h>

#include <cpuset.h>

struct cpu_local cpu_local;

void rcu_publish (_Atomic (uint64_t) *p UNUSED) { }

/* The modelled CPU: what it counts, and how many at a time */
static struct { bool present, broken; uint32_t knows; unsigned counters, used, enabled; } cpu;

bool pmu_arch_init (void) { return cpu.present; }

enum pmu_taken pmu_arch_take (enum pmu_event event, struct pmu_counter *c)
{
    assert_true (cpu.present && event < PMU_EVENT_COUNT);

    if (!(cpu.knows & BIT (event)))
        return PMU_NOT_COUNTED;

    if (cpu.used == cpu.counters)
        return PMU_NONE_LEFT;

    *c = (struct pmu_counter) { .event = 99, .selector = 0x40 + cpu.used++, .width = 48, .reserved = 99 };

    return PMU_TAKEN;
}

bool pmu_arch_enable (void)
{
    assert_true (cpu.present);
    cpu.enabled++;
    return !cpu.broken;
}

static _Alignas (8) char region[0x1000];

/* The record, or null */
static struct record_pmu *boot (char const *words, size_t size)
{
    host_lines_reset();
    memset (region, 0xa5, sizeof region);
    record_init (region, size);
    cpu.used = cpu.enabled = 0;
    record = NULL;
    cmdline_set (words);
    pmu_init();

    struct record_list const *const l = (void *)region;

    return rlx_load (&l->length) == sizeof *l ? NULL : (void *)(region + sizeof *l);
}

static int setup (void **state UNUSED)
{
    cpu = (typeof (cpu)) { .present = true, .knows = BIT (PMU_EVENT_COUNT) - 1, .counters = PMU_EVENT_COUNT };
    return 0;
}

static void assert_counters (struct record_pmu const *r, unsigned count, uint8_t const *event)
{
    assert_non_null (r);
    assert_int_equal (r->head.type, RECORD_PMU);
    assert_int_equal (r->head.length, sizeof *r + count * sizeof *r->counter);
    assert_int_equal (r->count, count);
    assert_int_equal (r->reserved, 0);
    assert_int_equal (rlx_load (&r->cpus), 0);

    for (unsigned i = 0; i < count; i++) {
        assert_int_equal (r->counter[i].event, event[i]);
        assert_int_equal (r->counter[i].selector, 0x40 + i);
        assert_int_equal (r->counter[i].width, 48);
        assert_int_equal (r->counter[i].reserved, 0);
    }
}

static void off (void **state UNUSED)
{
    assert_null (boot ("serial pmus=all apmu=all pmu", sizeof region));
    assert_no_lines();
    pmu_cpu_init();
    assert_int_equal (cpu.enabled, 0);

    cpu.present = false;
    assert_null (boot ("pmu=cycles", sizeof region));
    assert_lines ("PMU: pmu=cycles is ignored, this CPU has no performance counters");
    pmu_cpu_init();
    assert_int_equal (cpu.enabled, 0);
}

static void words (void **state UNUSED)
{
    assert_counters (boot ("pmu=branch-misses,cycles", sizeof region), 2, (uint8_t[]) { PMU_BRANCH_MISSES, PMU_CYCLES });
    assert_lines ("PMU: user mode may read branch-misses, cycles");

    assert_counters (boot ("pmu=all", sizeof region), 8, (uint8_t[]) { 0, 1, 2, 3, 4, 5, 6, 7 });
    assert_lines ("PMU: user mode may read cycles, instructions, branch-misses, l1d-misses, l2-misses, llc-misses, dtlb-misses, "
                  "itlb-misses");

    assert_counters (boot ("pmu=instructions,all,instructions,all", sizeof region), 8, (uint8_t[]) { 1, 0, 2, 3, 4, 5, 6, 7 });

    assert_counters (boot ("pmu=cycle,instructions,all-of-it,", sizeof region), 1, (uint8_t[]) { PMU_INSTRUCTIONS });
    assert_lines ("PMU: \"cycle\" is ignored, it is no event", "PMU: \"all-of-it\" is ignored, it is no event",
                  "PMU: \"\" is ignored, it is no event", "PMU: user mode may read instructions");

    assert_null (boot ("pmu=", sizeof region));
    assert_lines ("PMU: \"\" is ignored, it is no event", "PMU: user mode reads no counters");
}

static void few (void **state UNUSED)
{
    cpu.counters = 2;
    assert_counters (boot ("pmu=all", sizeof region), 2, (uint8_t[]) { PMU_CYCLES, PMU_INSTRUCTIONS });
    assert_lines ("PMU: no branch-misses: all counters are taken", "PMU: no l1d-misses: all counters are taken",
                  "PMU: no l2-misses: all counters are taken", "PMU: no llc-misses: all counters are taken",
                  "PMU: no dtlb-misses: all counters are taken", "PMU: no itlb-misses: all counters are taken",
                  "PMU: user mode may read cycles, instructions");

    cpu.counters = 8;
    cpu.knows    = BIT (PMU_CYCLES) | BIT (PMU_ITLB_MISSES);
    assert_counters (boot ("pmu=all", sizeof region), 2, (uint8_t[]) { PMU_CYCLES, PMU_ITLB_MISSES });
    assert_lines ("PMU: user mode may read cycles, itlb-misses");

    assert_counters (boot ("pmu=l2-misses,itlb-misses", sizeof region), 1, (uint8_t[]) { PMU_ITLB_MISSES });
    assert_lines ("PMU: no l2-misses: it is not known how this CPU counts them", "PMU: user mode may read itlb-misses");
}

/* Which CPUs count; nobody reads what user space writes there */
static void cpus (void **state UNUSED)
{
    struct record_pmu *const r = boot ("pmu=all", sizeof region);

    assert_non_null (r);

    for (unsigned i = 0; i < CPU_MAX; i++) {
        memset (r->counter, 0xff, sizeof *r->counter);
        r->count = 0;
        cpu_local.id = i;
        cpu.broken = i % 3 == 2;
        host_lines_reset();
        pmu_cpu_init();
        assert_int_equal (cpu.enabled, i + 1);
        assert_int_equal (rlx_load (&r->cpus) >> i, i % 3 != 2);

        if (cpu.broken)
            assert_lines ("PMU: user mode reads no counters here: they are not those of the boot CPU, or do not work");
        else
            assert_no_lines();
    }
}

/* No room for the record: then nobody opens what nobody is told of */
static void full (void **state UNUSED)
{
    for (unsigned i = 0; i < 2; i++) {
        size_t const need = sizeof (struct record_list) + sizeof (struct record_pmu) + 2 * sizeof (struct pmu_counter);

        assert_int_equal (!boot ("pmu=cycles,instructions", need - 8 * i), i);
    }

    assert_lines ("PMU: user mode reads no counters");
    pmu_cpu_init();
    assert_int_equal (cpu.enabled, 0);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup (off, setup),
        cmocka_unit_test_setup (words, setup),
        cmocka_unit_test_setup (few, setup),
        cmocka_unit_test_setup (cpus, setup),
        cmocka_unit_test_setup (full, setup),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

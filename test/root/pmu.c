/* SPDX-License-Identifier: GPL-2.0-only */
/* Performance counters (abi/record.h): those of pmu= count on each CPU and can be read, all others are refused. */
#include <base/atomic.h>
#include <help.h>
#include <probe.h>
#include <record.h>

int probe_insn_pmu (uint64_t selector, uint64_t *value);
int probe_insn_pmu_control (uint64_t number);

enum { ROUNDS = 1000, SELECTORS = 32 };

static struct record_pmu *pmu (void) { return record_find (RECORD_PMU); }

static bool counts_on (unsigned cpu) { return pmu() && rlx_load (&pmu()->cpus) >> cpu & 1; }

/* Of a thread on another CPU: what it has seen */
static uint64_t done;
static unsigned volatile refused, counted, wrong;

static uint64_t mask (struct pmu_counter const *c) { return c->width < 64 ? (UINT64_C (1) << c->width) - 1 : ~UINT64_C (0); }

/* A counter by its selector in struct pmu_counter */
static bool pmu_read (uint32_t selector, uint64_t *value) { probe_start(); return !probe_insn_pmu (selector, value); }

/* Was it an exception because user mode may not? */
static bool is_refused (void) { return probe_fault.vector == EVENT_NO_COUNTER; }

static void controls (void)
{
    unsigned n = 0;

    for (unsigned i = COUNTER_CONTROLS; i--; ) {
        probe_start();
        n += probe_insn_pmu_control (i) && is_refused();
    }

    check_eq (n, COUNTER_CONTROLS, "their controls are the kernel's");
}

static void work (void)
{
    for (unsigned volatile i = 0; i < ROUNDS; i++) { }
}

/* Reads what can be read on this CPU */
static void look (void)
{
    uint64_t before, after;

    refused = counted = wrong = 0;

    for (unsigned i = 0; pmu() && i < pmu()->count; i++) {

        struct pmu_counter const *const c = &pmu()->counter[i];

        if (!pmu_read (c->selector, &before)) {
            refused += is_refused();
            continue;
        }

        work();

        if (!pmu_read (c->selector, &after) || before & ~mask (c) || after & ~mask (c)) {
            wrong++;
            continue;
        }

        uint64_t const n = (after - before) & mask (c);

        counted++;
        wrong += n >> 30 || (c->event == PMU_INSTRUCTIONS && n < 2 * ROUNDS) || (c->event == PMU_CYCLES && !n);
    }
}

static void look_there (void *arg)
{
    (void) arg;
    look();
    hyp_sm_up (done);
}

static void closed (void)
{
    uint64_t v;
    unsigned n = 0, faults = 0;

    if (pmu())
        return;

    for (uint32_t i = 0; i < SELECTORS; i++) {
        faults += !pmu_read (i, &v);
        n      += is_refused();
    }

    check_eq (faults, SELECTORS, "without pmu=, reading a counter is an exception");
    check_eq (n, SELECTORS, "that says that it is not permitted");
    controls();
}

static void open (void)
{
    if (!pmu())
        return;

    struct record_pmu const *const r = pmu();

    need (r->head.length == sizeof (*r) + r->count * sizeof (r->counter[0]) && r->count && r->count <= PMU_EVENT_COUNT, "its length");

    for (unsigned i = 0; i < r->count; i++)
        for (unsigned j = 0; j < i; j++)
            check (r->counter[i].event != r->counter[j].event && r->counter[i].selector != r->counter[j].selector,
                   "each event is counted once");

    done = sm_new (0);

    for (unsigned cpu = 0; cpu < root.hip->cpu_num; cpu++) {

        if (cpu == worker->cpu)
            look();
        else {
            spawn_on (cpu, PRIO_LOW, look_there, NULL);
            check_status (await (done), STATUS_SUCCESS, "a thread there");
        }

        check_eq (counted, counts_on (cpu) ? r->count : 0, "each counter can be read where the record says so");
        check_eq (refused, counts_on (cpu) ? 0 : r->count, "and nowhere else");
        check_eq (wrong, 0, "and counts what this thread does");
    }

    controls();
}

static struct test const test[] = { { "closed", closed }, { "open", open } };

TESTS ("pmu", test);

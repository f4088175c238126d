/* SPDX-License-Identifier: GPL-2.0-only */
/* How many samples the benchmark suite takes, which it keeps, and when it stops: on a modelled machine and operation. */
#include <host.h>

#include <cold.h>
#include <control.h>
#include <delay.h>
#include <mem.h>
#include <method.h>
#include <neighbour.h>
#include <panic.h>
#include <record.h>
#include <root.h>
#include <stc.h>

struct root_env root;
uint64_t delay_behind;

static struct hip hip = { .stc_freq = 1000000000 };
static uint64_t now;                                    /* ticks                                                */
static bool machine_exact;
static unsigned operations, empties;                    /* how often they were run                              */
static uint64_t rounds, rounds_after;                   /* of the neighbour; it moves each so many operations   */
static uint64_t takes;                                  /* ticks of an operation                                */
static uint64_t seed = 1;
static int64_t (*model) (unsigned i);                   /* what operation i shows                               */

uint64_t stc_read (void) { return now; }

/* Those of the root task do not come back; here they do, with the next test */
static void *memory[8];
static unsigned memories;

void *mem_alloc (size_t size, uint64_t *phys UNUSED) { return memory[memories++] = calloc (1, size); }

static int forget (void **state UNUSED)
{
    while (memories)
        free (memory[--memories]);

    return 0;
}

static bool init (unsigned fixed)
{
    forget (NULL);

    return method_init (fixed);
}

bool control_exact (void) { return machine_exact; }

static unsigned sweeps;                                 /* so many, each of which takes a time                  */
static uint64_t sweep_takes;

bool cold_setup (struct bench_run *run UNUSED) { sweeps = 0; return true; }
void cold_sweep (void) { assert_int_equal (sweeps++, operations + empties); now += sweep_takes; }

uint64_t delay_target (uint64_t ticks) { return ticks; }
uint64_t neighbour_rounds (void) { return rounds; }
char const *status_name (enum status status UNUSED) { return "?"; }
bool bench_fail (struct bench_run *run, char const *fmt UNUSED, ...) { run->failed = true; return false; }
bool bench_skip (struct bench_run *run, char const *fmt UNUSED, ...) { run->skipped = true; return false; }

static uint64_t timed (struct hyp_regs *r, uint64_t aux UNUSED)
{
    r->p0 = STATUS_SUCCESS;
    now += takes;

    if (rounds_after && operations % rounds_after == rounds_after - 1)
        rounds++;

    return (uint64_t) model (operations++) + 21;
}

static uint64_t empty (struct hyp_regs *r UNUSED, uint64_t aux UNUSED)
{
    return empties++ % 5 ? 21 : 9000;                   /* now and then something else happens                  */
}

static uint64_t delayed (struct hyp_regs *r, uint64_t aux) { return timed (r, aux) + delay_behind; }

/* Other counters: what an operation shows in them, and an overhead of 7 and of 9. The counter wraps now and then,
 * but for counter 6, which has 64 bits. */
static uint64_t counted (bool odd, bool operation)
{
    unsigned const width = odd ? 40 : 32;

    assert_int_equal (counter_selector & 1, odd);

    uint64_t const v = (operation ? counter_selector * 1000 + operations++ % 3 : 0) + (odd ? 9 : 7);

    return operations % 4 || counter_selector == 6 ? v : v - (UINT64_C (1) << width);
}

static uint64_t timed_even (struct hyp_regs *r, uint64_t aux UNUSED) { r->p0 = STATUS_SUCCESS; return counted (false, true); }
static uint64_t timed_odd (struct hyp_regs *r, uint64_t aux UNUSED)  { r->p0 = STATUS_SUCCESS; return counted (true, true); }
static uint64_t empty_even (struct hyp_regs *r UNUSED, uint64_t aux UNUSED) { return counted (false, false); }
static uint64_t empty_odd (struct hyp_regs *r UNUSED, uint64_t aux UNUSED)  { return counted (true, false); }

/* As the linker makes it */
extern struct timed_forms const timed_start[2];
struct timed_forms const timed_start[2] = { { timed, delayed, { timed_even, timed_odd } }, { empty, NULL, { empty_even, empty_odd } } };
__asm__ (".globl timed_end; timed_end = timed_start + 64");
STATIC_ASSERT (sizeof timed_start == 64);

static union {
    struct record_pmu   head;
    char                room[sizeof (struct record_pmu) + 6 * sizeof (struct pmu_counter)];
} record;

void *record_find (uint32_t type) { return type == RECORD_PMU && record.head.count ? &record : NULL; }

static int64_t constant (unsigned i UNUSED) { return 300; }
static int64_t number (unsigned i) { return i; }
static int64_t noisy (unsigned i) { return 1000 + (int64_t) (i * UINT64_C (2654435761) % 3); }         /* 1000 ... 1002 */
static int64_t wild (unsigned i UNUSED) { return (int64_t) (host_random (&seed) % 1000000); }
static int64_t settles (unsigned i) { return i < 9000 ? 300 + i % 100 : 300; }

static struct bench bench = { .name = "x", .group = "g", .op = "o", .timed = timed, .empty = empty };

/* Measures the operation as the worker does */
static struct bench_run run_of (struct bench const *b, bool exact, unsigned fixed, int64_t (*of) (unsigned), uint64_t ticks)
{
    struct bench_run run = { .bench = b };

    root.hip = &hip;
    now = operations = empties = 0;
    rounds = 0;
    takes = ticks;
    model = of;
    machine_exact = exact;
    assert_true (init (fixed));
    assert_true (method_prepare (&run));
    assert_true (method_sample (&run));

    return run;
}

static void check (struct bench_run const *run, unsigned n, char const *stop)
{
    assert_int_equal (run->samples, n);
    assert_string_equal (run->stop, stop);
    assert_int_equal (run->overhead, 21);
}

static void test_number (void **state UNUSED)
{
    struct bench_run r = run_of (&bench, true, 0, constant, 300);
    check (&r, 1000, "narrow");
    assert_int_equal (r.min, 300);
    assert_int_equal (r.max, 300);

    r = run_of (&bench, false, 0, constant, 300);
    check (&r, 10000, "narrow");                        /* for p99.9                                            */

    r = run_of (&bench, false, 0, noisy, 300);
    check (&r, 10000, "narrow");
    assert_int_equal (r.median, 1001);
    assert_true (r.low <= 1001 && r.high >= 1001 && (r.high - r.low) * 200 <= r.median);

    r = run_of (&bench, false, 0, wild, 300);
    check (&r, 40000, "cap");
    assert_true ((r.high - r.low) * 200 > r.median);

    r = run_of (&bench, true, 0, settles, 300);         /* wide at first                                        */
    assert_true (r.samples > 1000 && r.samples <= 40000);
    assert_string_equal (r.stop, "narrow");
}

static void test_fixed (void **state UNUSED)
{
    for (unsigned n = 1; n < 300; n += 13) {
        struct bench_run const r = run_of (&bench, n & 1, n, wild, 300);
        check (&r, n, "fixed");
    }

    struct bench_run const r = run_of (&bench, false, 50000, constant, 100000000);         /* however long       */
    check (&r, 50000, "fixed");
}

static void test_own_limit (void **state UNUSED)
{
    struct bench b = bench;
    b.iterations = 200;

    struct bench_run r = run_of (&b, false, 0, constant, 300);
    check (&r, 200, "narrow");

    r = run_of (&b, false, 0, wild, 300);
    check (&r, 200, "cap");

    r = run_of (&b, false, 500, wild, 300);
    check (&r, 500, "fixed");

    b.iterations = 5;                                   /* too few to be sure of anything                       */
    r = run_of (&b, false, 0, constant, 300);
    check (&r, 5, "cap");
}

static void test_time (void **state UNUSED)
{
    struct bench_run r = run_of (&bench, false, 0, wild, 10000000);         /* 10 ms each: a second is over soon     */
    assert_string_equal (r.stop, "cap");
    assert_true (r.samples >= 64 && r.samples <= 192);
    assert_true (now <= UINT64_C (3000000000));

    r = run_of (&bench, true, 0, wild, 100000);         /* exact: 50 ms                                         */
    assert_string_equal (r.stop, "cap");
    assert_true (r.samples >= 256 && r.samples <= 640);
}

/* Before each operation, with or without something to measure, there is one sweep, however long it takes */
static void test_cold (void **state UNUSED)
{
    static struct {
        bool exact; unsigned fixed; uint64_t sweep; int64_t (*of) (unsigned); unsigned least, most; char const *stop;
    } const c[] = {
        { false, 0,  1000000,   constant, 100,  100,  "narrow" },
        { false, 0,  100000,    wild,     1000, 1000, "cap" },
        { false, 0,  10000000,  wild,     96,   112,  "cap" },          /* a second                             */
        { false, 0,  100000000, wild,     16,   16,   "cap" },
        { true,  0,  500000,    constant, 10,   10,   "narrow" },
        { true,  0,  500000,    wild,     80,   112,  "cap" },          /* 50 ms                                */
        { false, 70, 100000000, wild,     70,   70,   "fixed" },
    };

    root.hip = &hip;

    for (unsigned i = 0; i < sizeof (c) / sizeof (*c); i++) {

        struct bench_run run = { .bench = &bench, .cold = true };

        now = operations = empties = 0;
        machine_exact = c[i].exact;
        sweep_takes   = c[i].sweep;
        model         = c[i].of;
        takes         = 300;

        assert_true (init (c[i].fixed));
        assert_true (method_prepare (&run));
        assert_int_equal (run.overhead, 21);
        assert_true (now <= 40 * sweep_takes);          /* before the first sample                              */
        assert_true (method_sample (&run));
        assert_in_range (run.samples, c[i].least, c[i].most);
        assert_string_equal (run.stop, c[i].stop);
        assert_int_equal (sweeps, operations + empties);
    }
}

/* Samples are those of the operations in their order, but for the one that follows each move of 64 */
static void test_samples (void **state UNUSED)
{
    struct bench_run const r = run_of (&bench, true, 200, number, 1);

    for (unsigned i = 0; i < 200; i++)
        assert_int_equal (r.sample[i], 32 + i + i / METHOD_HOT + 1);

    assert_int_equal (r.min, r.sample[0]);
    assert_int_equal (r.max, r.sample[199]);
    assert_int_equal (r.median, r.sample[99]);
}

static void test_noise (void **state UNUSED)
{
    struct bench_run run = { .bench = &bench, .noise = true };

    root.hip = &hip;
    machine_exact = false;
    model = constant;
    takes = 300;

    for (unsigned each = 0; each < 2; each++) {

        now = operations = 0;
        rounds = 100;
        rounds_after = each ? 25000 : 0;
        run.samples = 0;
        assert_true (init (10000));
        assert_true (method_prepare (&run));
        assert_true (method_sample (&run));
        check (&run, 10000, "fixed");

        if (each) {
            assert_true (run.rounds > 0);               /* samples without it were taken again                  */
            assert_true (operations > 20000);
        } else {
            assert_int_equal (run.rounds, 0);           /* it never did anything: given up, and said            */
            assert_true (now >= hip.stc_freq && now < 2 * hip.stc_freq);
        }
    }

    rounds_after = 0;
}

static bool bad_setup (struct bench_run *run) { return bench_fail (run, "no"); }
static bool taken (struct bench_run *run UNUSED, int64_t *value) { *value = 4711; return true; }

static void test_failure (void **state UNUSED)
{
    struct bench b = bench;
    struct bench_run run = { .bench = &b, .expect = STATUS_BAD_HYP };

    assert_true (init (10));
    assert_false (method_prepare (&run));               /* another status than that to be expected              */
    assert_true (run.failed);

    b.setup = bad_setup;
    run = (struct bench_run) { .bench = &b };
    assert_false (method_prepare (&run));
    assert_true (run.failed);

    b = (struct bench) { .name = "x", .take = taken };
    run = (struct bench_run) { .bench = &b };
    assert_true (method_prepare (&run) && method_sample (&run));
    assert_int_equal (run.median, 4711);
    assert_int_equal (run.overhead, 0);

    run = (struct bench_run) { .bench = &b, .delay = 5 };
    assert_false (method_prepare (&run));               /* nothing that could delay it                          */
    assert_true (run.skipped);
}

static void test_delay (void **state UNUSED)
{
    struct bench b = bench;
    struct bench_run run = { .bench = &b, .delay = 5000 };

    assert_true (init (10));
    model = constant;
    assert_true (method_prepare (&run) && method_sample (&run));
    assert_int_equal (run.median, 5300);                /* behind the operation                                 */

    b.delays = true;
    run = (struct bench_run) { .bench = &b, .delay = 5000 };
    assert_true (method_prepare (&run) && method_sample (&run));
    assert_int_equal (run.median, 300);                 /* setup () would have put it in                        */
}

/* The kernel's record, read with caution */
static void test_record (void **state UNUSED)
{
    counter_init (0);
    assert_int_equal (counter_count(), 0);

    record.head = (struct record_pmu) { .head = { RECORD_PMU, sizeof (record) - sizeof (struct pmu_counter) }, .cpus = 6, .count = 1000 };
    struct pmu_counter *const c = record.head.counter;

    c[0] = (struct pmu_counter) { PMU_INSTRUCTIONS, 4, 32, 0 };
    c[1] = (struct pmu_counter) { PMU_EVENT_COUNT, 5, 32, 0 };         /* of a kernel to come                  */
    c[2] = (struct pmu_counter) { PMU_CYCLES, 5, 40, 0 };
    c[3] = (struct pmu_counter) { PMU_L2_MISSES, 6, 0, 0 };            /* nonsense                             */
    c[4] = (struct pmu_counter) { PMU_LLC_MISSES, 6, 64, 0 };
    c[5] = (struct pmu_counter) { PMU_ITLB_MISSES, 7, 32, 0 };         /* behind the end                       */

    counter_init (0);
    counter_init (64);
    assert_int_equal (counter_count(), 0);              /* not on these CPUs                                    */

    counter_init (2);
    assert_int_equal (counter_count(), 3);
    assert_string_equal (counter_get (0)->name, "instructions");
    assert_string_equal (counter_get (1)->name, "cycles");
    assert_string_equal (counter_get (2)->name, "llc-misses");
    assert_int_equal (counter_passed (counter_get (0), UINT64_C (0xffffffff00000005)), 5);
    assert_int_equal (counter_passed (counter_get (1), UINT64_C (0xffffffff00000005)), UINT64_C (0xff00000005));
    assert_int_equal (counter_passed (counter_get (2), (uint64_t)-3), -3);
}

/* A batch for each counter, of operations of its own; the one of ticks stays as it is */
static void test_batches (void **state UNUSED)
{
    static int64_t ticks[40000];

    for (unsigned f = 0; f < 3; f++) {

        unsigned const number = f == 1 ? 77 : f == 2 ? 3000 : 0;
        struct bench_run run = run_of (&bench, false, number, wild, 30);
        struct bench_run const before = run;

        memcpy (ticks, run.sample, run.samples * sizeof (*ticks));
        assert_true (method_count (&run));
        assert_int_equal (run.batches, 3);
        assert_int_equal (run.median, before.median);
        assert_int_equal (run.samples, before.samples);
        assert_memory_equal (ticks, run.sample, run.samples * sizeof (*ticks));

        for (unsigned i = 0; i < 3; i++) {

            struct bench_run const *const b = method_batch (i);
            unsigned const selector = counter_get (i)->selector;

            assert_ptr_equal (b->counter, counter_get (i));
            assert_int_equal (b->samples, number ? number : 1000);
            assert_int_equal (b->overhead, selector & 1 ? 9 : 7);
            assert_int_equal (b->min, selector * 1000);
            assert_int_equal (b->median, selector * 1000 + 1);
            assert_int_equal (b->max, selector * 1000 + 2);
            assert_true (b->sample >= run.sample + before.samples || b->sample + b->samples <= run.sample);
            assert_true (!i || b->sample >= method_batch (i - 1)->sample + b->samples);
        }
    }
}

/* What no counter can be read around, and what is wrong */
static void test_no_batches (void **state UNUSED)
{
    struct bench b = { .name = "x", .take = taken };
    struct bench_run run = { .bench = &b };

    root.hip = &hip;
    assert_true (init (10));
    assert_true (method_prepare (&run) && method_sample (&run) && method_count (&run));
    assert_int_equal (run.batches, 0);

    run = (struct bench_run) { .bench = &bench, .delay = 5000 };
    assert_true (method_prepare (&run) && method_sample (&run) && method_count (&run));
    assert_int_equal (run.batches, 0);

    b = (struct bench) { .name = "x", .timed = timed };     /* no form without the operation                    */
    run = (struct bench_run) { .bench = &b };
    assert_true (method_prepare (&run) && method_sample (&run) && method_count (&run));
    assert_int_equal (run.batches, 0);

    run = run_of (&bench, false, 10, constant, 30);
    run.expect = STATUS_BAD_HYP;
    assert_false (method_count (&run));
    assert_true (run.failed);
}

static int64_t of_instructions (unsigned i) { return 4000 + i % 3; }

/* Where a tick is an instruction, the counter of instructions has to agree */
static void test_agreement (void **state UNUSED)
{
    struct bench_run run = run_of (&bench, true, 99, of_instructions, 30);

    assert_true (method_count (&run));
    assert_int_equal (run.batches, 3);

    run = run_of (&bench, true, 99, constant, 30);
    assert_false (method_count (&run));
    assert_true (run.failed);

    run = run_of (&bench, false, 99, constant, 30);
    assert_true (method_count (&run));
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_number),
        cmocka_unit_test (test_fixed),
        cmocka_unit_test (test_own_limit),
        cmocka_unit_test (test_time),
        cmocka_unit_test (test_cold),
        cmocka_unit_test (test_samples),
        cmocka_unit_test (test_noise),
        cmocka_unit_test (test_failure),
        cmocka_unit_test (test_delay),
        cmocka_unit_test (test_record),                 /* from here on there are other counters                */
        cmocka_unit_test (test_batches),
        cmocka_unit_test (test_no_batches),
        cmocka_unit_test (test_agreement),
    };

    return cmocka_run_group_tests (tests, NULL, forget);
}

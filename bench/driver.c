/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the selected benchmarks and prints their results. Each one runs in a global EC of its own, so that its time slice is
 * longer than the benchmark, and so that this EC, which has the highest priority, can end the run when a benchmark hangs.
 */
#include <bench.h>
#include <fault.h>
#include <format.h>
#include <glob.h>
#include <line.h>
#include <mem.h>
#include <meta.h>
#include <panic.h>
#include <root.h>
#include <stats.h>
#include <stc.h>
#include <string.h>
#include <timer.h>

enum { MAX_ITERATIONS = 1000000, OVERHEAD_ITERATIONS = 255, TIMEOUT_S = 20, SWEEP_BYTES = 8 << 20, LINE_BYTES = 64 };

extern struct bench_table const registry_start[], registry_end[];

static int64_t *sample, *sorted;                        /* iterations of them, written by the worker            */
static int64_t *part;                                   /* so many for each stage of the current benchmark      */
static uint8_t volatile *sweep;
static size_t sweep_bytes, sample_bytes;
static uint64_t done, go;                               /* semaphores: the worker reports, the worker may go on */

static char const * const kind_name[KINDS] =
{
    [KIND_OPERATION] = "operation", [KIND_ROUND_TRIP] = "round-trip", [KIND_ONE_WAY] = "one-way", [KIND_LATENCY] = "latency",
    [KIND_SIZE] = "size", [KIND_TIME] = "time",
};

static char const * const unit_name[UNITS] = { [UNIT_TICKS] = "ticks", [UNIT_BYTES] = "bytes", [UNIT_PPM] = "ppm" };

static unsigned cpus (struct bench const *b) { return b->cpus ? b->cpus : 1; }

__attribute__ ((format (printf, 3, 0)))
static bool note (struct bench_run *run, bool *flag, char const *fmt, va_list args)
{
    if (!run->failed && !run->skipped)
        format_v (run->reason, sizeof (run->reason), fmt, args);

    *flag = true;

    return false;
}

bool bench_fail (struct bench_run *run, char const *fmt, ...)
{
    va_list args;
    va_start (args, fmt);
    note (run, &run->failed, fmt, args);
    va_end (args);
    return false;
}

bool bench_skip (struct bench_run *run, char const *fmt, ...)
{
    va_list args;
    va_start (args, fmt);
    note (run, &run->skipped, fmt, args);
    va_end (args);
    return false;
}

/* Puts other data where the operation's data were in the caches */
static void cool (struct bench_run const *run)
{
    if (run->cold)
        for (size_t i = 0; i < sweep_bytes; i += LINE_BYTES)
            sweep[i]++;
}

static void measure_overhead (struct bench_run *run)
{
    if (!run->bench->empty)
        return;

    for (unsigned i = 0; i < WARM_UP + OVERHEAD_ITERATIONS; i++) {

        struct hyp_regs r = run->regs;

        cool (run);

        int64_t const ticks = (int64_t) run->bench->empty (&r, run->aux);

        if (i >= WARM_UP)
            sorted[i - WARM_UP] = ticks;
        else if (run->cold)
            i = WARM_UP - 1;                            /* a sweep is long, and warming up is not the point     */
    }

    stats_sort (sorted, OVERHEAD_ITERATIONS);
    run->overhead = stats_median (sorted, OVERHEAD_ITERATIONS);
}

/* One operation; false after bench_fail () */
static bool sample_once (struct bench_run *run, struct hyp_regs *r, unsigned i, int64_t *value)
{
    if (run->bench->take)
        return run->bench->take (run, value);

    *value = (int64_t) run->bench->timed (r, run->aux);

    return hyp_status (*r) == run->expect || bench_fail (run, "operation %u: %s", i, status_name (hyp_status (*r)));
}

/* Notes the stages of sample i */
static bool split (struct bench_run *run, unsigned i)
{
    int64_t ticks[STAGES_MAX];

    if (!run->bench->split (run, run->sample[i], ticks))
        return false;

    for (unsigned s = 0; run->bench->stage[s]; s++)
        part[s * run->iterations + i] = ticks[s];

    return true;
}

static bool measure (struct bench_run *run, unsigned count, bool keep)
{
    struct bench const *const b = run->bench;

    for (unsigned i = 0; i < count; i++) {

        struct hyp_regs r = run->regs;

        if (b->before && !b->before (run, &r))
            return false;

        cool (run);

        int64_t value;

        if (!sample_once (run, &r, i, &value))
            return false;

        if (keep)
            run->sample[i] = value - run->overhead;

        bool const good = !keep || !b->split || split (run, i);

        if (b->after && !b->after (run, &r))
            return false;

        if (!good) {

            if (run->repeated++ == count)
                return bench_fail (run, "%u of %u operations went another way", run->repeated, i + run->repeated);

            i--;
        }
    }

    return true;
}

static void worker (void *arg)
{
    struct bench_run *const run = arg;

    if (!run->bench->setup || run->bench->setup (run)) {

        measure_overhead (run);

        if (measure (run, run->cold ? 1 : WARM_UP, false)) {

            hyp_sm_up (done);
            hyp_sm_down (go, 0);

            if (measure (run, run->iterations, true))
                run->samples = run->iterations;

            if (run->bench->end && !run->bench->end (run))
                run->failed = true;
        }
    }

    run->ended = true;
    hyp_sm_up (done);
}

static struct bench_run *current;                       /* NULL: between benchmarks                             */

/* The worker, or this driver, did something that it must not, or its stack was too small: it is dead when this returns */
static void fault (struct fault const *f)
{
    if (!current)
        panic ("exception %u at %#lx, error %#lx, address %#lx", f->vector, f->ip, f->error, f->address);

    bench_fail (current, "exception %u at %#lx, error %#lx, address %#lx", f->vector, f->ip, f->error, f->address);
    current->ended = true;
    hyp_sm_up (done);
}

static bool await (struct bench_run *run, uint64_t timeout_s)
{
    enum status const status = hyp_sm_down (done, timeout_s && timer_works() ? stc_read() + timeout_s * root.hip->stc_freq : 0);

    return status == STATUS_SUCCESS || bench_fail (run, "hangs: %s", status_name (status));
}

/* Returns false if the benchmark did not end: it may still be running, so no other one can be measured */
static bool run_worker (struct bench_run *run, uint64_t timeout_s)
{
    run->self = mem_alloc (sizeof (*run->self), NULL);

    if (run->bench->split && !part)
        part = mem_alloc (STAGES_MAX * sample_bytes, NULL);

    if (!run->self || (run->bench->split && !part))
        return bench_fail (run, "no memory"), true;

    enum status status = thread_create_global (run->self, run->bench->fpu ? FLAG_EC_FPU : 0, root.hip->cpu_bsp, worker, run);

    if (status == STATUS_SUCCESS)
        status = fault_watch (run->self);

    current = run;

    if (status == STATUS_SUCCESS)
        status = thread_start (run->self, hyp_scd (BUDGET_MS, PRIO_WORKER, 0));

    if (status != STATUS_SUCCESS)
        return bench_fail (run, "worker: %s", status_name (status)), true;

    if (!await (run, timeout_s))
        return false;

    if (!run->ended) {
        hyp_sm_up (go);
        return await (run, run->bench->unwatched ? 0 : timeout_s);
    }

    return true;
}

static void report (struct bench_run *run, char const *name)
{
    struct bench const *const b = run->bench;
    char word[256];
    int64_t low = 0, high = 0;

    if (run->samples) {
        memcpy (sorted, run->sample, run->samples * sizeof (*sorted));
        stats_sort (sorted, run->samples);
        run->min    = sorted[0];
        run->median = stats_median (sorted, run->samples);
        run->max    = sorted[run->samples - 1];
        stats_interval (sorted, run->samples, &low, &high);

        if (b->verify)
            b->verify (run);
    }

    line ("bench", "name=%s group=%s variant=%s kind=%s cpus=%u unit=%s op=%s iterations=%u overhead=%ld", name, b->group,
          run->cold ? "cold" : "warm", kind_name[b->kind], cpus (b), unit_name[b->unit], line_word (word, sizeof (word), b->op),
          run->iterations, run->overhead);

    if (run->failed || run->skipped) {
        line (run->failed ? "fail" : "skip", "name=%s reason=%s", name, line_word (word, sizeof (word), run->reason));
        return;
    }

    line_samples ("samples", name, NULL, run->sample, run->samples);

    unsigned stages = 0;

    for (; b->split && b->stage[stages]; stages++)
        line_samples ("stage", name, b->stage[stages], part + stages * run->iterations, run->samples);

    line ("result", stages ? "name=%s n=%u min=%ld median=%ld max=%ld stop=%s ci=%ld,%ld stages=%u repeated=%u" :
          "name=%s n=%u min=%ld median=%ld max=%ld stop=%s ci=%ld,%ld",
          name, run->samples, run->min, run->median, run->max, "fixed", low, high, stages, run->repeated);
}

struct suite {
    char            patterns[512];
    bool            list, all;
    unsigned        iterations, benches, failed;        /* iterations: 0 if the command line says nothing       */
    uint64_t        timeout_s;
    bool            stuck;
};

/* Is the benchmark among those that the command line asks for? */
static bool selected (struct suite const *s, struct bench const *b, bool cold, char *name, size_t size)
{
    format (name, size, cold ? "%s.cold" : "%s", b->name);

    return s->all || glob_any (s->patterns, name);
}

static unsigned count_selected (struct suite const *s)
{
    unsigned n = 0;
    char name[64];

    for (struct bench_table const *t = registry_start; t < registry_end; t++)
        for (size_t i = 0; i < t->count; i++)
            n += selected (s, t->bench + i, false, name, sizeof (name)) +
                 (t->bench[i].cold && selected (s, t->bench + i, true, name, sizeof (name)));

    return n;
}

static void visit (struct suite *s, struct bench const *b, bool cold)
{
    struct bench_run run = { .bench = b, .cold = cold, .sample = sample };
    char name[64], word[64];

    if (!selected (s, b, cold, name, sizeof (name)))
        return;

    if (s->list) {
        line ("list", "name=%s group=%s unit=%s", name, b->group, unit_name[b->unit]);
        return;
    }

    run.iterations = s->iterations ? s->iterations : cold ? COLD_ITERATIONS : b->iterations ? b->iterations : DEFAULT_ITERATIONS;

    s->benches++;

    if (s->stuck)
        bench_fail (&run, "not run, an earlier benchmark hangs");
    else if (root.hip->cpu_num < cpus (b))
        bench_skip (&run, "wants %u CPUs, this machine has %u", cpus (b), root.hip->cpu_num);
    else
        s->stuck = !run_worker (&run, s->timeout_s);

    report (&run, line_word (word, sizeof (word), name));

    s->failed += run.failed;
    current = NULL;
}

int main (void)
{
    static struct suite s;
    char buf[8];

    s.list       = root_option ("list", buf, sizeof (buf));
    s.all        = !root_option ("bench", s.patterns, sizeof (s.patterns));
    s.iterations = (unsigned) root_option_number ("iterations", 0);
    s.iterations = s.iterations > MAX_ITERATIONS ? MAX_ITERATIONS : s.iterations;
    s.timeout_s  = root_option_number ("timeout", TIMEOUT_S);
    sweep_bytes  = root_option_number ("sweep", SWEEP_BYTES);

    sample_bytes = (s.iterations > DEFAULT_ITERATIONS ? s.iterations : DEFAULT_ITERATIONS) * sizeof (*sample);

    sample = mem_alloc (sample_bytes, NULL);
    sorted = mem_alloc (sample_bytes, NULL);
    sweep  = mem_alloc (sweep_bytes, NULL);
    done   = sel_alloc (0);
    go     = sel_alloc (0);

    if (!sample || !sorted || !sweep)
        panic ("no memory for samples");

    MUST (hyp_create_sm (done, sel_root_pd(), 0));
    MUST (hyp_create_sm (go,   sel_root_pd(), 0));

    MUST (fault_init (root.hip->cpu_bsp, fault));
    MUST (fault_watch (&(struct thread) { .evt = SEL_EVENT }));

    line ("begin", "suite=kilonova schema=2 benches=%u", count_selected (&s));
    meta_print();
    timer_probe (root.hip->cpu_bsp);
    line ("meta", "timeouts=%s", timer_works() ? "work" : "lost");

    for (struct bench_table const *t = registry_start; t < registry_end; t++)
        for (size_t i = 0; i < t->count; i++) {
            visit (&s, t->bench + i, false);
            if (t->bench[i].cold)
                visit (&s, t->bench + i, true);
        }

    line ("done", "benches=%u failed=%u", s.benches, s.failed);

    return s.failed ? 1 : 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the selected benchmarks and prints their results. Each one runs in a global EC of its own, so that its time slice is
 * longer than the benchmark, and so that this EC, which has the highest priority, can end the run when a benchmark hangs.
 */
#include <bench.h>
#include <buffer.h>
#include <cold.h>
#include <delay.h>
#include <fault.h>
#include <format.h>
#include <glob.h>
#include <line.h>
#include <mem.h>
#include <meta.h>
#include <method.h>
#include <neighbour.h>
#include <panic.h>
#include <root.h>
#include <screen.h>
#include <stc.h>
#include <string.h>
#include <timer.h>

enum { MAX_ITERATIONS = 1000000, TIMEOUT_S = 20, TRIALS = 3 };

/* What is made of one benchmark */
enum variant { WARM, COLD, NOISE, CONTROL, VARIANTS };

extern struct bench_table const registry_start[], registry_end[];

static uint64_t done, go;                               /* semaphores: the worker reports, the worker may go on */

static char const * const kind_name[KINDS] =
{
    [KIND_OPERATION] = "operation", [KIND_ROUND_TRIP] = "round-trip", [KIND_ONE_WAY] = "one-way", [KIND_LATENCY] = "latency",
    [KIND_SIZE] = "size", [KIND_TIME] = "time",
};

static char const * const unit_name[UNITS] = { [UNIT_TICKS] = "ticks", [UNIT_BYTES] = "bytes", [UNIT_PPM] = "ppm" };

/* A neighbour has a CPU of its own, behind those of the benchmark */
static unsigned cpus (struct bench const *b, bool noise) { return (b->cpus ? b->cpus : 1) + noise; }

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

static void worker (void *arg)
{
    struct bench_run *const run = arg;

    if (method_prepare (run)) {

        hyp_sm_up (done);
        hyp_sm_down (go, 0);

        if (!run->failed && method_sample (run))
            method_count (run);

        if (run->bench->end && !run->bench->end (run))
            run->failed = true;
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

/*
 * Returns false if the benchmark, or its neighbour, did not end: it may still be running, so no other one can be measured.
 * What could not be started, for want of memory or of a CPU that runs it, has failed, and is over.
 */
static bool run_worker (struct bench_run *run, uint64_t timeout_s)
{
    run->self = mem_alloc (sizeof (*run->self), NULL);

    if (!run->self)
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

    if (run->ended)
        return true;

    /* Without the neighbour the worker measures nothing, but gets to its end: the next benchmark is to find nothing of this one */
    bool const noise = run->noise && neighbour_start (run, (root.hip->cpu_bsp + cpus (run->bench, false)) % root.hip->cpu_num);

    hyp_sm_up (go);

    /* Each counter has as much time as ticks */
    bool const ended = await (run, run->bench->unwatched ? 0 : timeout_s * (1 + counter_count())), quiet = !noise || neighbour_stop (run);

    return ended && quiet;
}

/* The benchmark without a delay, and with one of known size: the figures must be apart as far as that, within 2 % of it */
static bool run_control (struct bench_run *run, struct bench_run *base, uint64_t timeout_s)
{
    struct bench_run const fresh = *run;

    /* Exact ticks are right at once. Elsewhere the machine may have done something else in between. */
    for (unsigned i = method_exact() ? 1 : TRIALS; i--; ) {

        *base = *run = fresh;
        base->delay = 0;

        bool const over = run_worker (base, timeout_s);

        if (!over || base->failed || base->skipped) {
            memcpy (run->reason, base->reason, sizeof (run->reason));
            run->failed  = base->failed;
            run->skipped = base->skipped;
            return over;
        }

        if (!run_worker (run, timeout_s))
            return false;

        int64_t const delay = (int64_t) run->delay, off = run->median - base->median - delay;

        if (run->failed || run->skipped || (off < 0 ? -off : off) * 50 <= delay)
            return true;
    }

    bench_fail (run, "a delay of %lu ticks makes %ld of %ld", run->delay, run->median, base->median);

    return true;
}

/* Samples, and what they come to */
static void report_samples (struct bench_run const *run, char const *name)
{
    struct bench const *const b = run->bench;
    unsigned stages = 0;
    char more[64] = "";
    size_t n = 0;

    line_samples ("samples", name, NULL, NULL, run->sample, run->samples);

    for (; b->split && b->stage[stages]; stages++)
        line_samples ("stage", name, "stage", b->stage[stages], method_stage (stages), run->samples);

    for (unsigned i = 0; i < run->batches; i++) {

        struct bench_run const *const c = method_batch (i);

        line_samples ("samples", name, "counter", c->counter->name, c->sample, c->samples);
        line ("batch", "name=%s counter=%s overhead=%ld n=%u min=%ld median=%ld max=%ld", name, c->counter->name, c->overhead,
              c->samples, c->min, c->median, c->max);
    }

    if (stages)
        n += format (more + n, sizeof (more) - n, " stages=%u repeated=%u", stages, run->repeated);

    if (run->batches)
        n += format (more + n, sizeof (more) - n, " batches=%u", run->batches);

    line ("result", "name=%s n=%u min=%ld median=%ld max=%ld stop=%s ci=%ld,%ld%s",
          name, run->samples, run->min, run->median, run->max, run->stop, run->low, run->high, more);
}

static void report (struct bench_run *run, struct bench_run const *base, char const *name)
{
    struct bench const *const b = run->bench;
    char word[256], more[96] = "";
    size_t n = 0;

    if (run->samples && run->noise && !run->rounds)
        bench_fail (run, "the neighbour did nothing meanwhile");

    if (run->samples && !run->failed && b->verify)
        b->verify (run);

    if (run->delay)
        n += format (more + n, sizeof (more) - n, " delay=%lu", run->delay);

    if (run->control)
        n += format (more + n, sizeof (more) - n, " base=%ld of=%s", base->median, b->name);

    if (run->noise)
        n += format (more + n, sizeof (more) - n, " neighbour=%s rounds=%lu", neighbour_kind(), run->rounds);

    char const *const variant = run->cold ? "cold" : run->noise ? "noise" : b->iterations == 1 ? "once" : "warm";

    line ("bench", "name=%s group=%s variant=%s kind=%s cpus=%u unit=%s op=%s iterations=%u overhead=%ld%s", name,
          run->control ? "control" : b->group, variant, kind_name[b->kind],
          cpus (b, run->noise), unit_name[b->unit], line_word (word, sizeof (word), b->op), run->samples, run->overhead, more);

    if (run->failed || run->skipped)
        line (run->failed ? "fail" : "skip", "name=%s reason=%s", name, line_word (word, sizeof (word), run->reason));
    else
        report_samples (run, name);
}

struct suite {
    char            patterns[512], inject[32];          /* inject: group whose benchmarks are delayed           */
    bool            list, all;
    unsigned        benches, failed;
    uint64_t        timeout_s, ticks;
    bool            stuck;
};

static bool offered (struct bench const *b, enum variant v)
{
    return v == WARM || (v == COLD ? b->cold : v == NOISE ? b->noise : b->control);
}

/* Is this variant of the benchmark among those that the command line asks for? */
static bool selected (struct suite const *s, struct bench const *b, enum variant v, char *name, size_t size)
{
    static char const * const suffix[VARIANTS] = { [WARM] = "", [COLD] = ".cold", [NOISE] = ".noise" };

    if (!offered (b, v))
        return false;

    if (v == CONTROL)
        format (name, size, "control.%s", b->group);
    else
        format (name, size, "%s%s", b->name, suffix[v]);

    return s->all || glob_any (s->patterns, name);
}

static void visit (struct suite *s, struct bench const *b, enum variant v)
{
    struct bench_run run = { .bench = b, .cold = v == COLD, .noise = v == NOISE, .control = v == CONTROL };
    struct bench_run base = { .bench = b };
    char name[64], word[64];

    if (!selected (s, b, v, name, sizeof (name)))
        return;

    if (s->list) {
        line ("list", "name=%s group=%s unit=%s", name, run.control ? "control" : b->group, unit_name[b->unit]);
        return;
    }

    run.delay = run.control ? delay_control() : strcmp (s->inject, b->group) ? 0 : s->ticks;

    s->benches++;
    screen_bench (name);

    if (s->stuck)
        bench_fail (&run, "not run, an earlier benchmark hangs");
    else if (root.hip->cpu_num < cpus (b, run.noise))
        bench_skip (&run, "wants more CPUs than this machine has, %u", root.hip->cpu_num);
    else if (run.noise && method_exact())
        bench_skip (&run, "ticks are instructions here, of all CPUs: no neighbour makes an operation longer");
    else
        s->stuck = !(run.control ? run_control (&run, &base, s->timeout_s) : run_worker (&run, s->timeout_s));

    report (&run, &base, line_word (word, sizeof (word), name));

    screen_result (name, &run);

    s->failed += run.failed;
    current = NULL;
}

/* Calls f for all benchmarks in all their variants */
static void every (struct suite *s, void (*f) (struct suite *, struct bench const *, enum variant))
{
    for (struct bench_table const *t = registry_start; t < registry_end; t++)
        for (size_t i = 0; i < t->count; i++)
            for (enum variant v = WARM; v < VARIANTS; v++)
                f (s, t->bench + i, v);
}

static void count (struct suite *s, struct bench const *b, enum variant v)
{
    char name[64];

    s->benches += selected (s, b, v, name, sizeof (name));
}

static void know (struct suite *s, struct bench const *b, enum variant v)
{
    s->failed += v == WARM && !strcmp (s->inject, b->group);
}

/* Is there a control for the group of this one? Sizes cannot be delayed, nor can what is not there yet, nor what was, once. */
static bool controlled (struct bench const *b)
{
    if ((!b->timed && !b->take) || b->iterations == 1)
        return true;

    for (struct bench_table const *t = registry_start; t < registry_end; t++)
        for (size_t i = 0; i < t->count; i++)
            if (!strcmp (t->bench[i].group, b->group) && (t->bench[i].control || t->bench[i].unit == UNIT_BYTES))
                return true;

    return !strcmp (b->group, "control");
}

/* Says so of a benchmark whose group lacks one */
static void check_control (struct suite *s, struct bench const *b, enum variant v)
{
    (void) s;

    if (v == WARM && !controlled (b))
        line ("meta", "uncontrolled_%s=%s", b->name, b->group);
}

/* inject=GROUP:TICKS. Panics if that makes no sense, since a run that should have a delay and has none proves nothing. */
static void take_inject (struct suite *s)
{
    char word[64];

    if (!root_option ("inject", word, sizeof (word)))
        return;

    char *const colon = strchr (word, ':');

    for (char const *c = colon ? colon + 1 : ""; *c >= '0' && *c <= '9' && s->ticks < UINT32_MAX; c++)
        s->ticks = s->ticks * 10 + (uint64_t) (*c - '0');

    if (colon) {
        *colon = 0;
        string_copy (s->inject, word, sizeof (s->inject));
    }

    every (s, know);

    if (!s->ticks || !s->failed)
        panic ("inject= wants GROUP:TICKS of a group that there is");

    s->failed = 0;
}

int main (void)
{
    static struct suite s;
    char buf[8];

    s.list      = root_option ("list", buf, sizeof (buf));
    s.all       = !root_option ("bench", s.patterns, sizeof (s.patterns));
    s.timeout_s = root_option_number ("timeout", TIMEOUT_S);

    uint64_t const number = root_option_number ("iterations", 0);

    take_inject (&s);
    buffer_init();
    delay_init();
    counter_init (root.hip->cpu_bsp);

    if (!method_init (number > MAX_ITERATIONS ? MAX_ITERATIONS : (unsigned) number))
        panic ("no memory for samples");

    if (!cold_init (method_exact(), root_option_number ("sweep", 0)))
        panic ("no memory to write before cold samples: sweep=BYTES");

    if (!neighbour_init (root_option ("neighbour", buf, sizeof (buf)) ? buf : "memory"))
        panic ("neighbour=%s: no such neighbour, there are memory, ipc and map", buf);

    done = sel_alloc (0);
    go   = sel_alloc (0);

    MUST (hyp_create_sm (done, sel_root_pd(), 0));
    MUST (hyp_create_sm (go,   sel_root_pd(), 0));

    MUST (fault_init (root.hip->cpu_bsp, fault));
    MUST (fault_watch (&(struct thread) { .evt = SEL_EVENT }));

    every (&s, count);
    unsigned const benches = s.benches;

    line ("begin", "suite=kilonova schema=2 benches=%u", benches);
    s.benches = 0;
    meta_print();
    buffer_meta();
    timer_probe (root.hip->cpu_bsp);
    line ("meta", "timeouts=%s exact=%s sweep=%zu", timer_works() ? "work" : "lost", method_exact() ? "yes" : "no", cold_bytes());
    every (&s, check_control);

    if (!s.list)
        screen_begin (benches);

    every (&s, visit);

    line ("done", "benches=%u failed=%u", s.benches, s.failed);
    screen_end();

    return s.failed ? 1 : 0;
}

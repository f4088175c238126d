/* SPDX-License-Identifier: GPL-2.0-only */
#include <method.h>

#include <cold.h>
#include <control.h>
#include <delay.h>
#include <mem.h>
#include <neighbour.h>
#include <panic.h>
#include <root.h>
#include <stats.h>
#include <stc.h>
#include <string.h>

enum { OVERHEAD_ITERATIONS = 255, OVERHEAD_COLD = 31, WARM_UP = 32, COLD_PIECE = 16, NARROW = 200, CAP_MS = 1000, CAP_EXACT_MS = 50 };

static struct limit { unsigned least, most; } const limit_warm[] = { { 10000, 40000 }, { 1000, 40000 } },    /* exact ticks: 1  */
    limit_cold[] = { { 100, 1000 }, { 10, 1000 } }, limit_control = { 200, 2000 };

enum { COUNTED_MOST = 1000, CONTROLLED = 10 };          /* samples of a batch of another counter; with which it is compared */

extern struct timed_forms const timed_start[], timed_end[];

static int64_t hot[METHOD_HOT] __attribute__ ((aligned (METHOD_LINE)));
static int64_t *sample, *sorted;                        /* capacity of them, written by the worker              */
static int64_t *part;                                   /* so many for each stage of the current benchmark      */
static int64_t *counted;                                /* counted_most for each counter but ticks              */
static unsigned counted_most;
static struct bench_run counted_run[COUNTERS_MAX];
static unsigned capacity, fixed;
static bool exact;

bool method_init (unsigned number)
{
    fixed    = number;
    capacity = fixed > limit_warm[0].most ? fixed : limit_warm[0].most;

    /* What mem_alloc () hands out was written: the first store of a sample causes no page fault */
    sample = mem_alloc (capacity * sizeof (*sample), NULL);
    sorted = mem_alloc (capacity * sizeof (*sorted), NULL);
    exact  = control_exact();

    counted_most = fixed ? fixed : COUNTED_MOST;

    if (counter_count())
        counted = mem_alloc (counter_count() * counted_most * sizeof (*counted), NULL);

    return sample && sorted && (counted || !counter_count());
}

bool method_exact (void) { return exact; }

int64_t const *method_stage (unsigned s) { return part + s * capacity; }

static struct limit limit (struct bench_run const *run)
{
    struct limit l = run->control ? limit_control : run->cold ? limit_cold[exact] : limit_warm[exact];
    unsigned const own = run->bench->iterations;

    if (own == 1)                                       /* what happens once in a boot                          */
        return (struct limit) { 1, 1 };

    if (own && own < l.most)
        l.most = own;

    if (run->counter && l.most > COUNTED_MOST)
        l.most = COUNTED_MOST;

    if (run->most && run->most < l.most)
        l.most = run->most;

    if (fixed)
        l.most = fixed;

    return (struct limit) { fixed ? fixed : l.least < l.most ? l.least : l.most, l.most };
}

/* Ticks, or what the other counter has counted */
static int64_t reading (struct bench_run const *run, uint64_t difference)
{
    return run->counter ? counter_passed (run->counter, difference) : (int64_t) difference;
}

/* A sweep is long, and warming up is not the point: once is enough */
static unsigned warm_ups (struct bench_run const *run) { return run->cold ? 1 : WARM_UP; }

static void measure_overhead (struct bench_run *run)
{
    unsigned const dropped = warm_ups (run), count = run->cold ? OVERHEAD_COLD : OVERHEAD_ITERATIONS;

    if (!run->empty)
        return;

    for (unsigned i = 0; i < dropped + count; i++) {

        struct hyp_regs r = run->regs;

        if (run->cold)
            cold_sweep();

        int64_t const ticks = reading (run, run->empty (&r, run->aux));

        if (i >= dropped)
            sorted[i - dropped] = ticks;
    }

    stats_sort (sorted, count);
    run->overhead = stats_median (sorted, count);
}

/* Notes the stages of sample i */
static bool split (struct bench_run *run, unsigned i, int64_t value)
{
    int64_t ticks[STAGES_MAX];

    if (!run->bench->split (run, value, ticks))
        return false;

    for (unsigned s = 0; run->bench->stage[s]; s++)
        part[s * capacity + i] = ticks[s];

    return true;
}

/* The operation once, with what belongs to it. False after bench_fail () or bench_skip (). */
static bool operate (struct bench_run *run, int64_t *value)
{
    struct bench const *const b = run->bench;
    struct hyp_regs r = run->regs;

    if (b->before && !b->before (run, &r))
        return false;

    if (run->cold)
        cold_sweep();

    if (b->take) {
        if (!b->take (run, value))
            return false;
    } else {
        *value = reading (run, run->timed (&r, run->aux));
        if (hyp_status (r) != run->expect)
            return bench_fail (run, "operation: %s", status_name (hyp_status (r)));
    }

    *value -= run->overhead;

    return !b->after || b->after (run, &r);
}

static bool warm_up (struct bench_run *run)
{
    int64_t dropped;

    for (unsigned i = warm_ups (run); i--; )
        if (!operate (run, &dropped))
            return false;

    return true;
}

/*
 * Samples until there are count, or the time is up. They are written to a few cache lines that stay where they are, and moved from there
 * to memory; the operation after the move, which may have displaced something, is dropped. Cold ones are few and slow: the time is looked
 * at more often.
 */
static bool batch (struct bench_run *run, unsigned count, uint64_t end)
{
    while (run->samples < count && (fixed || !run->samples || stc_read() < end)) {

        unsigned const left = count - run->samples, most = run->cold ? COLD_PIECE : METHOD_HOT, n = left < most ? left : most;
        int64_t dropped;

        if (!run->cold && !operate (run, &dropped))
            return false;

        for (unsigned i = 0; i < n; ) {

            if (!operate (run, hot + i))
                return false;

            if (!run->bench->split || run->counter || split (run, run->samples + i, hot[i]))
                i++;
            else if (run->repeated++ == count)
                return bench_fail (run, "%u of %u operations went another way", run->repeated, run->samples + i + run->repeated);
        }

        memcpy (run->sample + run->samples, hot, n * sizeof (*hot));
        run->samples += n;
    }

    return true;
}

/* Figures of the samples so far. Is the interval narrow? */
static bool conclude (struct bench_run *run)
{
    memcpy (sorted, run->sample, run->samples * sizeof (*sorted));
    stats_sort (sorted, run->samples);

    run->min    = sorted[0];
    run->median = stats_median (sorted, run->samples);
    run->max    = sorted[run->samples - 1];

    stats_interval (sorted, run->samples, &run->low, &run->high);

    int64_t const median = run->median < 0 ? -run->median : run->median;

    return stats_rank (run->samples) && (run->high - run->low) * NARROW <= median;
}

static struct timed_forms const *forms (bench_timed *plain)
{
    for (struct timed_forms const *f = timed_start; plain && f < timed_end; f++)
        if (f->plain == plain)
            return f;

    return NULL;
}

bool method_prepare (struct bench_run *run)
{
    struct bench const *const b = run->bench;

    run->sample = sample;
    run->timed  = b->timed;
    run->empty  = b->empty;

    if (b->split && !part && !(part = mem_alloc (STAGES_MAX * capacity * sizeof (*part), NULL)))
        return bench_fail (run, "no memory");

    if (run->delay && !b->delays) {

        struct timed_forms const *const f = forms (b->timed);

        if (!f)
            return bench_skip (run, "no delay can be put into it");

        run->timed = f->delayed;
        delay_behind = delay_target (run->delay);
    }

    if ((run->cold && !cold_setup (run)) || (b->setup && !b->setup (run)))
        return false;

    measure_overhead (run);

    return warm_up (run);
}

bool method_sample (struct bench_run *run)
{
    struct limit const l = limit (run);
    uint64_t const end = stc_read() + root.hip->stc_freq / 1000 * (exact ? CAP_EXACT_MS : CAP_MS);
    uint64_t const first = neighbour_rounds();

    for (unsigned count = l.least; ; ) {

        unsigned const before = run->samples;
        uint64_t const rounds = neighbour_rounds();

        if ((before && !warm_up (run)) || !batch (run, count, end))
            return false;

        run->rounds = neighbour_rounds() - first;

        bool const late = stc_read() >= end;

        if (run->noise && neighbour_rounds() == rounds && !late) {
            run->samples = before;                      /* the neighbour did nothing meanwhile: once more       */
            continue;
        }

        bool const narrow = conclude (run);

        if (fixed || narrow || late || run->samples >= l.most) {
            run->stop = fixed ? "fixed" : narrow ? "narrow" : "cap";
            return true;
        }

        count = 2 * count < l.most ? 2 * count : l.most;
    }
}

/* A batch is a run of its own, of the benchmark that is set up. What is measured by a delay stays one of ticks. */
bool method_count (struct bench_run *run)
{
    struct timed_forms const *const timed = forms (run->bench->timed), *const empty = forms (run->bench->empty);

    if (!timed || !empty || run->bench->take || run->delay || run->control)
        return true;

    for (unsigned i = 0; i < counter_count(); i++) {

        struct bench_run *const b = &counted_run[i];

        *b = *run;
        b->counter = counter_get (i);
        b->timed   = timed->counted[b->counter->way];
        b->empty   = empty->counted[b->counter->way];
        b->sample  = counted + i * counted_most;
        b->samples = b->repeated = 0;

        counter_select (b->counter);
        measure_overhead (b);

        if (!warm_up (b) || !method_sample (b))
            return bench_fail (run, "%s: %s", b->counter->name, b->reason);

        /* Two ways to count the same: each is the other's control */
        if (exact && b->counter->event == PMU_INSTRUCTIONS && b->samples >= CONTROLLED && b->median != run->median)
            return bench_fail (run, "%ld instructions by their counter, %ld by ticks", b->median, run->median);

        run->batches++;
    }

    return true;
}

struct bench_run const *method_batch (unsigned b) { return &counted_run[b]; }

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a benchmark is, and what the driver gives it. A benchmark file holds one constant array of struct bench and registers
 * it with BENCHES (array); nothing else has to know of it. README.md shows an example.
 */
#pragma once

#include <counter.h>
#include <hypercall.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <thread.h>

struct bench_run;

/* Runs the operation once between two readings of the counter; takes and returns the parameter registers. See timed.h. */
typedef uint64_t bench_timed (struct hyp_regs *, uint64_t aux);

/* What TIMED makes of an operation: itself, with a delay behind it (delay.h), and between two readings of another counter (counter.h),
 * whose difference it returns. Registered, so that the one leads to the others. */
struct timed_forms {
    bench_timed *   plain;
    bench_timed *   delayed;
    bench_timed *   counted[COUNTER_WAYS];
};

#define TIMED_FORMS(name)                                                                                                   \
    static struct timed_forms const name##_forms __attribute__ ((used, section ("registry_timed"), aligned (8))) =         \
        { name, name##_delayed, { TIMED_COUNTED (name) } }

/* From where to where a sample goes, doc/bench/README.md; kind_name () has the words of the protocol */
enum bench_kind { KIND_OPERATION, KIND_ROUND_TRIP, KIND_ONE_WAY, KIND_LATENCY, KIND_SIZE, KIND_TIME, KINDS };
enum bench_unit { UNIT_TICKS, UNIT_BYTES, UNIT_PPM, UNITS };

struct bench {
    char const *    name;                               /* group first: "ipc.same.w8"                           */
    char const *    group;
    char const *    op;                                 /* what exactly one sample covers                       */
    bench_timed *   timed;
    bench_timed *   empty;                              /* the same code without the operation; null: overhead 0 */
    enum bench_kind kind;
    enum bench_unit unit;                               /* of what take () hands back                           */
    unsigned        cpus;                               /* skipped where there are fewer; 0: 1                  */
    unsigned        iterations;                         /* no more than these; 0: as many as it takes, method.h */
    bool            cold;                               /* offered as NAME.cold too                             */
    bool            noise;                              /* offered as NAME.noise too: a neighbour works meanwhile   */
    bool            control;                            /* one of a group: control.GROUP is this one, delayed   */
    bool            delays;                             /* setup () or take () put run->delay in, where the part of user
                                                           mode ends (delay.h); else it comes behind the operation      */
    bool            unwatched;                          /* no timeout while it measures, as an armed one changes
                                                           what the kernel does when it schedules               */
    bool            fpu;                                /* the EC that runs it may use the FPU                  */
    unsigned        param;                              /* for the functions below: number of words, priority   */

    /* Untimed, all optional. They return false after bench_fail () or bench_skip (). */
    bool         (* setup) (struct bench_run *);        /* sets run->regs, aux, expect                          */
    bool         (* before) (struct bench_run *, struct hyp_regs *);    /* each time; may change the registers  */
    bool         (* after) (struct bench_run *, struct hyp_regs const *);       /* each time: undoes            */
    bool         (* end) (struct bench_run *);          /* once, when all is measured                           */
    bool         (* verify) (struct bench_run *);       /* once, in the driver: are the figures plausible?      */

    /* Instead of timed: one sample, of what begins in one EC or on one CPU and ends in another, or is no time. The overhead is
     * subtracted from it as it is from that of timed. */
    bool         (* take) (struct bench_run *, int64_t *value);

    /* Of what stages the sample consists, whose ticks add up to it; optional. Called for each one, after the operation. False: the
     * operation went another way than the one to be measured, and is repeated; part is unspecified. */
    bool         (* split) (struct bench_run *, int64_t sample, int64_t *part);
    char const * const *    stage;                      /* their names, and null                                */
};

enum { STAGES_MAX = 16 };

struct bench_run {
    struct bench const *    bench;
    bool                    cold, noise, control;
    uint64_t                delay;                      /* ticks by which the operation is to be longer         */
    struct thread *         self;                       /* the global EC that runs this benchmark               */
    struct hyp_regs         regs;                       /* parameters of the operation                          */
    uint64_t                aux;                        /* one more register for operations of several parts    */
    enum status             expect;                     /* status that each operation must have                 */
    unsigned                most;                       /* setup (): no more samples than these; 0: says nothing */
    bool                    failed, skipped, ended;
    char                    reason[96];
    bench_timed *           timed;                      /* bench->timed, or another form of it                  */
    bench_timed *           empty;                      /* of bench->empty                                      */
    struct counter const *  counter;                    /* what is read; null: ticks                            */
    unsigned                batches;                    /* of other counters that were measured, too            */
    int64_t *               sample;
    unsigned                samples, repeated;
    int64_t                 overhead, min, median, max;
    int64_t                 low, high;                  /* 95 % confidence interval of the median               */
    char const *            stop;                       /* why there are so many samples, as the protocol says it   */
    uint64_t                rounds;                     /* of the neighbour while this one was measured         */
};

/* Priorities: the driver above all, so that it can end a benchmark that hangs */
enum { PRIO_WORKER = 126, BUDGET_MS = 0xffff };

bool bench_fail (struct bench_run *, char const *fmt, ...) __attribute__ ((format (printf, 2, 3)));
bool bench_skip (struct bench_run *, char const *fmt, ...) __attribute__ ((format (printf, 2, 3)));

/* In a function that returns bool: bench_fail () unless the hypercall was successful */
#define TRY(run, call)                                                                                                      \
    do {                                                                                                                    \
        enum status const try_status = (call);                                                                              \
        if (try_status != STATUS_SUCCESS)                                                                                   \
            return bench_fail (run, "%s: %s", #call, status_name (try_status));                                             \
    } while (0)

struct bench_table {
    struct bench const *    bench;
    size_t                  count;
};

/* The alignment keeps the compiler from choosing a larger one, which would leave holes in the table of tables */
#define BENCHES(array)                                                                                                      \
    static struct bench_table const bench_table_of_##array __attribute__ ((used, section ("registry.bench"), aligned (8))) = \
        { array, sizeof (array) / sizeof ((array)[0]) }

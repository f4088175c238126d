/* SPDX-License-Identifier: GPL-2.0-only */
/* The rings of trace points (abi/record.h) on a kernel that was booted with trace=ipc; elsewhere this theme has nothing to check. */
#include <base/atomic.h>
#include <help.h>
#include <record.h>

enum { POINTS = 14 };                                   /* trace points of a round trip                         */

static uint32_t answer (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p;
    (void) u;

    return mtd;
}

static bool call (struct portal const *p, unsigned trips)
{
    bool good = true;

    for (unsigned i = 0; i < trips; i++) {
        uint32_t mtd = 0;
        good &= hyp_ipc_call (p->sel, &mtd) == STATUS_SUCCESS;
    }

    return good;
}

static uint64_t written (unsigned cpu) { return acq_load (&record_trace_ring (cpu)->written); }

static struct trace_entry const *entry (unsigned cpu, uint64_t n)
{
    return &record_trace_ring (cpu)->entry[n & (record_trace()->entries - 1)];
}

/* May a CPU be at that trace point after the other? A fast path can be left before the look-up is over. */
static bool follows (uint64_t before, uint64_t id)
{
    switch (id) {
        case TRACE_ENTER:       return before == TRACE_PROBE || before == TRACE_CALL_SAVED || before == TRACE_CALL_LEAVE ||
                                       before == TRACE_REPLY_SAVED || before == TRACE_REPLY_LEAVE;
        case TRACE_CALL_SAVED:
        case TRACE_REPLY_SAVED: return before == TRACE_PROBE;
        default:                return id > TRACE_ENTER && id <= TRACE_REPLY_LEAVE && before == id - 1;
    }
}

/* How many whole round trips are in these entries; 0 if an entry does not follow the one before it, or is older */
static unsigned round_trips (unsigned cpu, uint64_t from, uint64_t to)
{
    unsigned calls = 0, replies = 0;

    for (uint64_t n = from; n < to; n++) {

        uint64_t const id = rlx_load (&entry (cpu, n)->id);

        if (n > from && (!follows (rlx_load (&entry (cpu, n - 1)->id), id) ||
                         rlx_load (&entry (cpu, n)->time) < rlx_load (&entry (cpu, n - 1)->time)))
            return 0;

        calls   += id == TRACE_CALL_LEAVE;
        replies += id == TRACE_REPLY_LEAVE;
    }

    return calls < replies ? calls : replies;
}

static void points (void)
{
    if (!record_trace())
        return;

    static uint8_t const expected[POINTS] = {
        TRACE_ENTER, TRACE_PROBE, TRACE_CALL_SAVED, TRACE_CALL_FOUND, TRACE_CALL_COPIED, TRACE_CALL_SWITCHED, TRACE_CALL_LEAVE,
        TRACE_ENTER, TRACE_PROBE, TRACE_REPLY_SAVED, TRACE_REPLY_FOUND, TRACE_REPLY_COPIED, TRACE_REPLY_SWITCHED, TRACE_REPLY_LEAVE };

    unsigned const cpu = worker->cpu;
    struct portal *const p = portal_new (local_new (0), answer, NULL);
    uint64_t const sm = sm_new (0);
    uint64_t before, after, earlier;
    unsigned tries = 0, wrong = 0;

    do {                                                /* an interrupt may send one the slow way               */
        before  = written (cpu);
        earlier = stc_read();
        call (p, 1);
        after   = written (cpu);
    } while (after - before != POINTS && ++tries < 10);

    check_eq (after - before, POINTS, "a round trip passes all trace points");

    for (unsigned i = 0; i < POINTS; i++)
        wrong += rlx_load (&entry (cpu, before + i)->id) != expected[i];

    check_eq (wrong, 0, "each once, in their order");
    check (rlx_load (&entry (cpu, before)->time) >= earlier && rlx_load (&entry (cpu, after - 1)->time) <= stc_read(),
           "their times are of the clock that user space reads");
    check_eq (round_trips (cpu, before, after), 1, "and do not decrease");

    before = written (cpu);
    NEED (hyp_sm_up (sm));
    check_eq (written (cpu) - before, 2, "other hypercalls pass those of the entry");
}

static void wrap (void)
{
    if (!record_trace())
        return;

    unsigned const cpu = worker->cpu, entries = record_trace()->entries;
    struct portal *const p = portal_new (local_new (0), answer, NULL);
    uint64_t const before = written (cpu);

    check (call (p, 3 * entries / POINTS), "round trips for a ring three times over");

    uint64_t const after = written (cpu);

    check_ge (after - before, 2 * entries, "that many entries");
    check_ge (round_trips (cpu, after - entries, after), entries / POINTS * 9 / 10,
              "the ring has the last of them, each behind the one before");
}

struct side {
    struct portal * portal;
    unsigned        cpu;
    uint64_t        ready, go, done, from, to;
    bool            good;
};

/* Fewer than a ring holds: all entries of the round trips are still there */
static void measure (struct side *s)
{
    s->from = written (s->cpu);
    s->good = call (s->portal, record_trace()->entries / POINTS / 2);
    s->to   = written (s->cpu);
}

static void other (void *arg)
{
    struct side *const s = arg;

    hyp_sm_up (s->ready);
    hyp_sm_down (s->go, 0);
    measure (s);
    hyp_sm_up (s->done);
}

static void cpus (void)
{
    unsigned const here = worker->cpu, there = here ? 0 : 1;

    if (!record_trace() || root.hip->cpu_num < 2)
        return;

    need (record_trace()->cpus >= root.hip->cpu_num, "a ring for each CPU");

    struct side a = { .portal = portal_new (local_on (here, 0), answer, NULL), .cpu = here };
    static struct side b;
    unsigned const trips = record_trace()->entries / POINTS / 2;

    b = (struct side) { .portal = portal_new (local_on (there, 0), answer, NULL), .cpu = there,
                        .ready = sm_new (0), .go = sm_new (0), .done = sm_new (0) };

    spawn_on (there, PRIO_WORKER, other, &b);
    NEED (await (b.ready));

    uint64_t const quiet = written (there);

    measure (&a);
    check_eq (written (there) - quiet, 0, "round trips here leave nothing in the ring of another CPU, which waits");

    NEED (hyp_sm_up (b.go));
    measure (&a);
    NEED (await (b.done));
    check (a.good && b.good, "round trips on two CPUs at a time");
    check_ge (round_trips (here, a.from, a.to), trips * 9 / 10, "are in the ring of this one");
    check_ge (round_trips (there, b.from, b.to), trips * 9 / 10, "and in that of the other, and do not mix");
}

static struct test const test[] = { { "points", points }, { "wrap", wrap }, { "cpus", cpus } };

TESTS ("trace", test);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much memory of the kernel an object takes. While objects are created the free pages go down: by some for each object, by more
 * when a slab is full. Between two such moments, a whole number of slabs was filled. doc/bench/objects.md
 */
#include <mem.h>
#include <object.h>
#include <panic.h>
#include <record.h>
#include <root.h>

enum { ORD = 8, COUNT = 1 << ORD, PAGE = 4096, KEPT = 4, ITERATIONS = 5 };

static uint64_t object, parent;                         /* selectors, COUNT each                                */
static uintptr_t utcb;                                  /* addresses, of twice as many pages                    */

static bool setup (struct bench_run *run)
{
    if (!record_find (RECORD_MEMORY))
        return bench_skip (run, "the kernel does not tell how much memory is free");

    if (!utcb) {
        object = sel_alloc (ORD);
        parent = sel_alloc (ORD);
        utcb   = mem_window (2 * COUNT, ORD);
    }

    return (utcb || bench_fail (run, "no virtual addresses left")) && object_setup (run, run->bench->param);
}

static enum status create (enum object o, uint64_t base, unsigned i)
{
    uintptr_t const at = utcb + (base == parent ? COUNT + i : i) * (uintptr_t) PAGE;

    return hyp_status (hyp_raw (object_regs (o, base + i, parent + i, at)));
}

/*
 * An EC with an FPU state is in two slabs, whose growth must not mix. So slabs of ECs are there, with few in them: at least one of KEPT
 * in a row, and places for all that are to come.
 */
static bool places (struct bench_run *run)
{
    for (unsigned i = 0; i < COUNT; i++)
        TRY (run, create (OBJECT_EC, parent, i));

    for (unsigned i = 0; i < COUNT; i++)
        if (i % KEPT)
            TRY (run, sel_revoke (parent + i, 0));

    return object_settle (run);
}

static unsigned objects (struct bench_run const *run) { return run->bench->param == OBJECT_EC_FPU ? COUNT / 2 : COUNT; }

/* Pages that went with each of the objects */
static bool count (struct bench_run *run, unsigned *pages)
{
    enum object const o = run->bench->param, p = object_parent (o);

    for (unsigned i = 0; p != OBJECT_NONE && i < COUNT; i++)
        TRY (run, create (p, parent, i));

    if (o == OBJECT_EC_FPU && !places (run))
        return false;

    for (unsigned i = 0; i < objects (run); i++) {

        uint64_t const free = record_memory_free();

        TRY (run, create (o, object, i));

        pages[i] = (unsigned) (free - record_memory_free());
    }

    TRY (run, sel_revoke (object, ORD));
    TRY (run, sel_revoke (parent, ORD));

    return object_settle (run);
}

static bool take (struct bench_run *run, int64_t *value)
{
    static unsigned pages[COUNT];
    unsigned least = ~0U, more = 0, first = COUNT, last = COUNT, sum = 0;
    unsigned const n = objects (run);

    if (!object_settle (run) || !count (run, pages))
        return false;

    for (unsigned i = 0; i < n; i++)
        least = pages[i] < least ? pages[i] : least;

    for (unsigned i = 0; i < n; i++)
        if (pages[i] > least) {
            first = first == COUNT ? i : first;
            last  = i;
            sum  += more;
            more  = pages[i] - least;
        }

    if (first == last)
        return bench_fail (run, "%u objects do not fill two slabs", n);

    *value = (int64_t) least * PAGE + (int64_t) sum * PAGE / (last - first);

    if (run->bench->param == OBJECT_EC_FPU)
        *value -= PAGE;                                 /* its UTCB                                             */

    return true;
}

#define SIZE(n, o, text)                                                                                                    \
    { .name = "size.object." n, .group = "size", .op = "memory of the kernel for " text, .kind = KIND_SIZE,                 \
      .unit = UNIT_BYTES, .iterations = ITERATIONS, .param = o, .setup = setup, .take = take }

static struct bench const size[] = {
    SIZE ("sm", OBJECT_SM, "an SM"),
    SIZE ("pt", OBJECT_PT, "a PT"),
    SIZE ("ec", OBJECT_EC, "an EC and its UTCB"),
    SIZE ("fpu", OBJECT_EC_FPU, "the FPU state of an EC"),
    SIZE ("sc", OBJECT_SC, "an SC"),
    SIZE ("pd", OBJECT_PD, "a PD without spaces"),
    SIZE ("obj", OBJECT_OBJ, "an empty object space"),
    SIZE ("hst", OBJECT_HST, "an empty host space"),
    SIZE ("pio", OBJECT_PIO, "an empty PIO space"),
};

BENCHES (size);

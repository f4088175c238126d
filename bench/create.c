/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Creation and destruction of kernel objects. Few iterations, because NOVA never gives the memory of an object back.
 * doc/bench/objects.md
 */
#include <mem.h>
#include <object.h>
#include <panic.h>
#include <record.h>
#include <root.h>
#include <timed.h>
#include <timer.h>

enum { ITERATIONS = 200, ITERATIONS_LOST = 20, BALLAST_ORD = 7, BALLAST = 4 };

static uint64_t sel, parent;                            /* of each object, and of what it needs: destroyed before the next is created */
static uint64_t ballast, ballast_parent;                /* selectors of others, which stay                      */
static struct record_memory *memory;

/* The UTCB of a destroyed EC may stay where it was, so that each EC gets a page of its own */
static bool next (struct bench_run *run, enum object o, uint64_t at, uint64_t from, struct hyp_regs *r)
{
    uintptr_t const utcb = mem_window (1, 0);

    *r = object_regs (o, at, from, utcb);

    return utcb || bench_fail (run, "no virtual addresses left");
}

/* What the object needs is there, and here are the parameters of its creation */
static bool prepare (struct bench_run *run, uint64_t at, uint64_t from, struct hyp_regs *r)
{
    enum object const o = run->bench->param, p = object_parent (o);

    if (p != OBJECT_NONE) {

        if (!next (run, p, from, 0, r))
            return false;

        TRY (run, hyp_status (hyp_raw (*r)));
    }

    return next (run, o, at, from, r);
}

static bool destroy (struct bench_run *run, uint64_t at, uint64_t from, unsigned ord)
{
    TRY (run, sel_revoke (at, ord));

    if (object_parent (run->bench->param) != OBJECT_NONE)
        TRY (run, sel_revoke (from, ord));

    return object_settle (run);
}

/* One more object that stays. pages: what it took, where the kernel tells */
static bool add (struct bench_run *run, unsigned n, uint64_t *pages)
{
    struct hyp_regs r;

    if (!prepare (run, ballast + n, ballast_parent + n, &r))
        return false;

    uint64_t const free = record_memory_free();

    TRY (run, hyp_status (hyp_raw (r)));

    *pages = free - record_memory_free();

    return true;
}

/*
 * Objects that stay, so that what allocators do does not depend on what was before this benchmark: first until one of them begins a new
 * slab, which has places for all that follows; then some more, and one of these goes, so that there is a free page whose neighbour is
 * not free: it is neither split from a larger one, nor put together with another one. Where the kernel does not tell its free memory,
 * it does not give any back either, and slabs fill anyway.
 */
static bool setup_create (struct bench_run *run)
{
    unsigned n = 0;

    if (!ballast) {
        ballast        = sel_alloc (BALLAST_ORD);
        ballast_parent = sel_alloc (BALLAST_ORD);
        parent         = sel_alloc (0);
        sel            = sel_alloc (0);
        memory         = record_find (RECORD_MEMORY);
    }

    if (!object_setup (run, run->bench->param) || !object_settle (run))
        return false;

    for (uint64_t pages = 0, least = ~UINT64_C (0); memory && pages <= least && n < (1 << BALLAST_ORD) - BALLAST; n++) {

        least = n && pages < least ? pages : least;

        if (!add (run, n, &pages))
            return false;
    }

    for (uint64_t pages, end = n + BALLAST; n < end; n++)
        if (!add (run, n, &pages))
            return false;

    return destroy (run, ballast + n - 2, ballast_parent + n - 2, 0);
}

/* Where nothing is given back, most of these have to do with fewer objects: not all of the kernel's memory is for them */
static bool setup_few (struct bench_run *run)
{
    if (!setup_create (run))
        return false;

    run->most = memory ? 0 : ITERATIONS_LOST;

    return true;
}

/* Where SCs live on without a capability, their ECs run now: they block for ever, before the next benchmark is measured */
static bool end_create (struct bench_run *run)
{
    timer_sleep (1);

    return destroy (run, ballast, ballast_parent, BALLAST_ORD);
}

static bool before_create (struct bench_run *run, struct hyp_regs *r) { return prepare (run, sel, parent, r); }

static bool after_create (struct bench_run *run, struct hyp_regs const *r)
{
    (void) r;

    return destroy (run, sel, parent, 0);
}

/* The last capability goes */
static struct hyp_regs revoke (void)
{
    return (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pd, 0) | abi_put_ctrl_pd_src (sel_root_obj()), .p1 = sel_root_obj(),
                               .p2 = abi_put_ctrl_pd_ssb (sel), .p3 = abi_put_ctrl_pd_dsb (sel) };
}

static bool before_destroy (struct bench_run *run, struct hyp_regs *r)
{
    if (!before_create (run, r))
        return false;

    TRY (run, hyp_status (hyp_raw (*r)));

    *r = revoke();

    return true;
}

static bool setup_freed (struct bench_run *run)
{
    if (!record_find (RECORD_MEMORY))
        return bench_skip (run, "the kernel does not tell when memory is free");

    if (!setup_create (run))
        return false;

    run->aux = (uintptr_t) &memory->waiting;

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");
TIMED (timed_settle, ABI_TRAP "; " INSN_SETTLE);
TIMED (empty_settle, INSN_SETTLE);

#define CREATE(n, o, text, ...)                                                                                             \
    { .name = "create." n, .group = "create", .op = text, .timed = timed, .empty = empty, .iterations = ITERATIONS,         \
      .param = o, .before = before_create, .after = after_create, .end = end_create, __VA_ARGS__ }

#define DESTROY(n, o, text, ...)                                                                                            \
    { .name = "destroy." n, .group = "destroy", .op = "ctrl_pd with no permissions over the last capability of " text,      \
      .timed = timed, .empty = empty, .iterations = ITERATIONS, .param = o, .setup = setup_few,                             \
      .before = before_destroy, .after = after_create, .end = end_create, __VA_ARGS__ },                                    \
    { .name = "destroy." n ".freed", .group = "destroy", .op = "the same, until the memory of " text " is free again",      \
      .timed = timed_settle, .empty = empty_settle, .iterations = ITERATIONS, .param = o, .setup = setup_freed,             \
      .before = before_destroy, .after = after_create, .end = end_create }

static struct bench const create[] = {
    CREATE  ("sm",        OBJECT_SM,        "create_sm", .setup = setup_create, .control = true),
    CREATE  ("pt",        OBJECT_PT,        "create_pt", .setup = setup_create),
    CREATE  ("ec",        OBJECT_EC,        "create_ec, local", .setup = setup_create),
    CREATE  ("ec.global", OBJECT_EC_GLOBAL, "create_ec, global", .setup = setup_few),
    CREATE  ("sc",        OBJECT_SC,        "create_sc, for a global EC: below the caller", .setup = setup_few),
    CREATE  ("pd",        OBJECT_PD,        "create_pd", .setup = setup_few),
    CREATE  ("obj",       OBJECT_OBJ,       "create_pd of an object space", .setup = setup_few),
    CREATE  ("hst",       OBJECT_HST,       "create_pd of a host space", .setup = setup_few),
    CREATE  ("pio",       OBJECT_PIO,       "create_pd of a PIO space", .setup = setup_few),
    DESTROY ("sm",        OBJECT_SM,        "an SM", .control = true),
    DESTROY ("pt",        OBJECT_PT,        "a PT"),
    DESTROY ("ec",        OBJECT_EC,        "a local EC"),
    DESTROY ("ec.global", OBJECT_EC_GLOBAL, "a global EC"),
    DESTROY ("sc",        OBJECT_SC,        "an SC"),
    DESTROY ("pd",        OBJECT_PD,        "a PD"),
    DESTROY ("obj",       OBJECT_OBJ,       "an empty object space"),
    DESTROY ("hst",       OBJECT_HST,       "an empty host space"),
    DESTROY ("pio",       OBJECT_PIO,       "an empty PIO space"),
};

BENCHES (create);

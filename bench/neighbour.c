/* SPDX-License-Identifier: GPL-2.0-only */
#include <neighbour.h>

#include <base/atomic.h>
#include <cache.h>
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <stc.h>
#include <string.h>
#include <timer.h>

enum { PIECE = 64 << 10, LINE_BYTES = 64, WAIT_S = 5 };

#define MEMORY_LEAST    ((size_t) 64 << 20)

struct kind {
    char const *    name;
    bool         (* setup) (struct bench_run *, unsigned cpu);
    bool         (* round) (void);                      /* false: something went wrong                          */
};

static struct kind const *kind;
static _Atomic (uint64_t) rounds;                       /* Ordering: relaxed, a counter of one writer           */

/* Of each start its own: a neighbour that comes too late, or never, has nothing to do with the next one */
static struct neighbour {
    struct thread       thread;
    uint64_t            left;                           /* semaphore: it has stopped                            */
    _Atomic (bool)      leave, broken;                  /* Ordering: relaxed; the semaphore orders the end      */
} *current;

static uint8_t volatile *memory;
static size_t memory_bytes, memory_at;

static bool memory_setup (struct bench_run *run, unsigned cpu)
{
    (void) cpu;

    if (memory)
        return true;

    memory_bytes = 2 * cache_bytes() > MEMORY_LEAST ? 2 * cache_bytes() : MEMORY_LEAST;
    memory_bytes = (memory_bytes + PIECE - 1) / PIECE * PIECE;

    while (!(memory = mem_alloc (memory_bytes, NULL)) && memory_bytes > PIECE)
        memory_bytes = memory_bytes / 2 / PIECE * PIECE;

    return memory || bench_fail (run, "no memory for the neighbour");
}

static bool memory_round (void)
{
    for (size_t i = 0; i < PIECE; i += LINE_BYTES)
        memory[memory_at + i]++;

    memory_at = memory_at + PIECE < memory_bytes ? memory_at + PIECE : 0;

    return true;
}

static uint64_t portal;

static bool ipc_setup (struct bench_run *run, unsigned cpu)
{
    uint64_t const ec = sel_alloc (0);
    uintptr_t const utcb = mem_window (1, 0);

    if (!utcb)
        return bench_fail (run, "no virtual addresses left");

    portal = sel_alloc (0);

    TRY (run, hyp_create_ec (0, ec, sel_root_pd(), utcb >> 12, cpu, utcb, 0));
    TRY (run, hyp_create_pt (portal, sel_root_pd(), ec, (uintptr_t) server_reply));

    return true;
}

static bool ipc_round (void)
{
    uint32_t mtd = mtd_words (1);

    return hyp_ipc_call (portal, &mtd) == STATUS_SUCCESS;
}

static uint64_t page, window;

static bool map_setup (struct bench_run *run, unsigned cpu)
{
    (void) cpu;

    if (!page) {
        void const *const p = mem_alloc (4096, NULL);

        window = mem_window (1, 0) >> 12;
        page   = (uintptr_t) p >> 12;
    }

    return (page && window) || bench_fail (run, "no memory for the neighbour");
}

static bool map_round (void)
{
    return hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, page, window, 0, PERM_MEM_R | PERM_MEM_W, 0) == STATUS_SUCCESS &&
           hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, page, window, 0, 0, 0) == STATUS_SUCCESS;
}

static struct kind const kinds[] = {
    { "memory", memory_setup, memory_round },
    { "ipc",    ipc_setup,    ipc_round },
    { "map",    map_setup,    map_round },
};

static void work (void *arg)
{
    struct neighbour *const n = arg;

    while (!rlx_load (&n->leave)) {

        if (!kind->round()) {
            rlx_store (&n->broken, true);
            break;
        }

        rlx_store (&rounds, rlx_load (&rounds) + 1);
    }

    hyp_sm_up (n->left);
}

bool neighbour_init (char const *name)
{
    for (size_t i = 0; i < sizeof (kinds) / sizeof (*kinds); i++)
        if (!strcmp (kinds[i].name, name))
            kind = kinds + i;

    return kind;
}

char const *neighbour_kind (void) { return kind->name; }

uint64_t neighbour_rounds (void) { return rlx_load (&rounds); }

bool neighbour_start (struct bench_run *run, unsigned cpu)
{
    struct neighbour *const n = current = mem_alloc (sizeof (*n), NULL);

    if (!n)
        return bench_fail (run, "no memory for the neighbour");

    n->left = sel_alloc (0);

    TRY (run, hyp_create_sm (n->left, sel_root_pd(), 0));

    if (!kind->setup (run, cpu))
        return false;

    uint64_t const before = neighbour_rounds(), end = stc_read() + WAIT_S * root.hip->stc_freq;

    TRY (run, thread_create_global (&n->thread, 0, cpu, work, n));
    TRY (run, thread_start (&n->thread, hyp_scd (BUDGET_MS, PRIO_WORKER, 0)));

    while (neighbour_rounds() == before)
        if (rlx_load (&n->broken) || stc_read() >= end) {
            rlx_store (&n->leave, true);                /* it may still come                                    */
            return bench_fail (run, "the neighbour %s", rlx_load (&n->broken) ? "goes wrong at once" : "does not start");
        }

    return true;
}

bool neighbour_stop (struct bench_run *run)
{
    rlx_store (&current->leave, true);

    uint64_t const end = timer_works() ? stc_read() + WAIT_S * root.hip->stc_freq : 0;

    if (hyp_sm_down (current->left, end) != STATUS_SUCCESS)
        return bench_fail (run, "the neighbour does not stop");

    if (rlx_load (&current->broken))
        bench_fail (run, "the neighbour went wrong after %lu rounds", neighbour_rounds());

    return true;
}

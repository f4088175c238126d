/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking a permission away from a page that several CPUs have in their TLBs: an EC of the same PD spins on each of them and reads the
 * page. Not unmapping, since these ECs would fault; the kernel has the same to do.
 */
#include <cpu_pause.h>
#include <mem.h>
#include <panic.h>
#include <peer.h>
#include <root.h>
#include <timed.h>

enum { LINE = 64 };

static struct reader {
    _Atomic (uint64_t)  reads;
    uint8_t             other_lines[LINE - sizeof (uint64_t)];
} *reader;                                              /* one for each CPU                                     */

static uint64_t *page;                                  /* of the root's host space, at another address, too    */
static uint64_t volatile *alias;
static _Atomic (bool) stop;

/* The worker's and those of the readers */
static unsigned cpus (struct bench_run const *run) { return run->bench->param ? run->bench->param : root.hip->cpu_num; }

static enum status permit (unsigned pmm)
{
    return hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, (uintptr_t) page >> 12, (uintptr_t) alias >> 12, 0, pmm, 0);
}

static void read_on (void *arg)
{
    struct reader *const r = arg;

    for (uint64_t n = 1; !rlx_load (&stop); rel_store (&r->reads, n++)) {
        (void) *alias;
        cpu_pause();
    }

    rel_store (&r->reads, 0);                           /* gone                                                     */
}

/* The readers so far are told to end, and have ended when this returns */
static bool dismiss (struct bench_run *run, unsigned readers)
{
    rlx_store (&stop, true);

    for (unsigned i = 1; i < readers; i++)
        for (uint64_t n; (n = acq_load (&reader[i].reads)); )
            if (!peer_wait (run, &reader[i].reads, n))
                return false;

    return true;
}

static bool setup (struct bench_run *run)
{
    if (!reader)
        reader = mem_alloc (root.hip->cpu_num * sizeof (*reader), NULL);
    if (!page)
        page = mem_alloc (4096, NULL);
    if (!alias)
        alias = (void *) mem_window (1, 0);

    if (!reader || !page || !alias)
        return bench_fail (run, "no memory");

    TRY (run, permit (PERM_MEM_R | PERM_MEM_W));

    rlx_store (&stop, false);

    for (unsigned i = 1; i < cpus (run); i++) {

        rlx_store (&reader[i].reads, 0);

        if (!peer_start (run, peer_cpu (run, i), PRIO_WORKER, BUDGET_MS, read_on, reader + i) ||
            !peer_wait (run, &reader[i].reads, 0)) {
            dismiss (run, i);
            return false;
        }
    }

    run->regs = (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pd, 0) | abi_put_ctrl_pd_src (SEL_ROOT_HST), .p1 = SEL_ROOT_HST,
                                    .p2 = abi_put_ctrl_pd_ssb ((uintptr_t) page >> 12),
                                    .p3 = abi_put_ctrl_pd_dsb ((uintptr_t) alias >> 12) | abi_put_ctrl_pd_pmm (PERM_MEM_R) };

    return true;
}

/* Untimed: the page can be written again, this CPU has done so, and each of the others goes on reading it */
static bool restore (struct bench_run *run, struct hyp_regs *r)
{
    (void) r;

    TRY (run, permit (PERM_MEM_R | PERM_MEM_W));

    *alias = 0;

    for (unsigned i = 1; i < cpus (run); i++)
        if (!peer_wait (run, &reader[i].reads, rlx_load (&reader[i].reads)))
            return false;

    return true;
}

static bool end (struct bench_run *run) { return dismiss (run, cpus (run)); }

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

#define SHOOTDOWN(what, text, least, count)                                                                                 \
    { .name = "map.shootdown." what, .group = "map",                                                                        \
      .op = "ctrl_pd that makes a page of the own PD read-only, while ECs of it run on " text,                              \
      .kind = KIND_OPERATION, .cpus = least, .unwatched = true, .timed = timed, .empty = empty, .param = count,             \
      .setup = setup, .before = restore, .end = end }

#define CPUS(n) SHOOTDOWN ("c" #n, #n " CPUs", n, n)

static struct bench const shootdown[] = {
    CPUS (1), CPUS (2), CPUS (3), CPUS (4), CPUS (8), CPUS (16), CPUS (32), CPUS (64), SHOOTDOWN ("all", "all CPUs", 2, 0),
};

BENCHES (shootdown);

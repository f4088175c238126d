/* SPDX-License-Identifier: GPL-2.0-only */
/* Mapping a page of memory into a host space and taking it away. */
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { MAP = 1 << 0, OWN = 1 << 1 };

static struct child child;
static uint64_t src, dst;                               /* pages; dst is free in both host spaces               */

static uint64_t dst_space (struct bench_run const *run) { return run->bench->param & OWN ? SEL_ROOT_HST : child.hst; }

static struct hyp_regs regs (struct bench_run const *run, bool map)
{
    return (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pd, 0) | abi_put_ctrl_pd_src (SEL_ROOT_HST), .p1 = dst_space (run),
                               .p2 = abi_put_ctrl_pd_ssb (src),
                               .p3 = abi_put_ctrl_pd_dsb (dst) | abi_put_ctrl_pd_pmm (map ? PERM_MEM_R | PERM_MEM_W : 0) };
}

/* The page tables for dst are there when the first sample is taken. */
static bool setup (struct bench_run *run)
{
    if (!src) {

        void const *const page = mem_alloc (4096, NULL);

        if (!page || !child_create (run, &child))
            return bench_fail (run, "no memory");

        dst = mem_window (1, 0) >> 12;
        src = (uintptr_t) page >> 12;
    }

    TRY (run, hyp_status (hyp_raw (regs (run, true))));
    TRY (run, hyp_status (hyp_raw (regs (run, false))));

    run->regs = regs (run, run->bench->param & MAP);

    return true;
}

/* Untimed: what the operation did is undone, or what it will undo is done */
static bool undo (struct bench_run *run, struct hyp_regs const *r)
{
    (void) r;

    TRY (run, hyp_status (hyp_raw (regs (run, false))));

    return true;
}

static bool prepare (struct bench_run *run, struct hyp_regs *r)
{
    (void) r;

    TRY (run, hyp_status (hyp_raw (regs (run, true))));

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

static struct bench const map[] = {
    { .name = "map.other.map", .group = "map", .op = "ctrl_pd of one 4 KiB page into another PD", .timed = timed, .empty = empty,
      .noise = true, .control = true, .param = MAP, .setup = setup, .after = undo },
    { .name = "map.other.unmap", .group = "map", .op = "ctrl_pd with no permissions over a 4 KiB page of another PD",
      .timed = timed, .empty = empty, .param = 0, .setup = setup, .before = prepare },
    { .name = "map.own.map", .group = "map", .op = "ctrl_pd of one 4 KiB page inside the own PD", .timed = timed, .empty = empty,
      .unwatched = true, .param = MAP | OWN, .setup = setup, .after = undo },
    { .name = "map.own.unmap", .group = "map", .op = "ctrl_pd with no permissions over a 4 KiB page of the own PD", .timed = timed,
      .empty = empty, .noise = true, .unwatched = true, .param = OWN, .setup = setup, .before = prepare },
};

BENCHES (map);

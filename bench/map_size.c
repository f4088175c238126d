/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping more than one page into another host space: pages of 4 KiB in one call, pages of 2 MiB and 1 GiB, and a 2 MiB page that is
 * split and made whole again. Nobody touches what is mapped, so that any address of the NOVA host space will do for the large pages.
 */
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { ORD_2M = 9, ORD_1G = 18 };

/* Page numbers: in the child, 1 GiB each between the root task's image and MEM_WINDOW_BASE; of a 2 MiB page, any one page of 4 KiB */
enum { DST = 0x80000, FILL = 0xc0000, PROTECTED = 7, TRIES = 4 };

/* What a benchmark does: an operation on 2^ord pages. FROM_PAGES: the source is the root's host space, where they are pages of 4 KiB. */
enum { ORD = 0x1f, UNMAP = 1 << 5, FROM_PAGES = 1 << 6, SPLIT = 1 << 7, MERGE = 1 << 8 };

static struct child child;
static uint64_t pages;                                  /* page number in the root: 2^ORD_2M times one page     */
static uint64_t frame;                                  /* of physical memory: 1 GiB without protected ranges   */

/* Free RAM if that has so much in one piece, else what is behind the last RAM and behind the devices that are below 4 GiB */
static uint64_t free_frame (void)
{
    uint64_t const size = UINT64_C (4096) << ORD_1G;
    uint64_t top = UINT64_C (1) << 32;

    for (unsigned i = 0; i < root.rams; i++) {

        uint64_t const start = (root.ram[i].start + size - 1) & ~(size - 1);

        if (start < root.ram[i].end && root.ram[i].end - start >= size)
            return start >> 12;

        if (top < root.ram[i].end)
            top = root.ram[i].end;
    }

    return ((top + size - 1) & ~(size - 1)) >> 12;
}

/* The same page 512 times: entries of page tables are what counts, and each of them is one of a page of 4 KiB */
static bool map_pages (struct bench_run *run)
{
    void const *const page = mem_alloc (4096, NULL);
    uint64_t const window = mem_window (1 << ORD_2M, ORD_2M) >> 12;

    if (!page || !window)
        return bench_fail (run, "no memory");

    for (unsigned i = 0; i < 1 << ORD_2M; i++)
        TRY (run, hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, (uintptr_t) page >> 12, window + i, 0, PERM_MEM_R | PERM_MEM_W, 0));

    pages = window;

    return true;
}

static struct hyp_regs regs (uint64_t offset, unsigned ord, unsigned pmm, bool from_pages)
{
    return (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pd, 0) | abi_put_ctrl_pd_src (from_pages ? SEL_ROOT_HST : SEL_NOVA_HST),
                               .p1 = child.hst,
                               .p2 = abi_put_ctrl_pd_ssb ((from_pages ? pages : frame) + offset) | abi_put_ctrl_pd_ord (ord),
                               .p3 = abi_put_ctrl_pd_dsb (DST + offset) | abi_put_ctrl_pd_pmm (pmm),
                               .p4 = abi_put_ctrl_pd_mad (MAD_RAM) };
}

static enum status whole (struct bench_run const *run, unsigned pmm)
{
    return hyp_status (hyp_raw (regs (0, run->bench->param & ORD, pmm, run->bench->param & FROM_PAGES)));
}

static enum status protect (void) { return hyp_status (hyp_raw (regs (PROTECTED, 0, PERM_MEM_R, false))); }

static bool before (struct bench_run *, struct hyp_regs *);

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

/* A table more, for one page somewhere else: one page of the kernel's pool less */
static bool fill (struct bench_run *run)
{
    static unsigned tables;

    TRY (run, hyp_ctrl_pd (SEL_NOVA_HST, child.hst, frame, FILL + ((uint64_t) tables++ << ORD_2M), 0, PERM_MEM_R, MAD_RAM));

    return true;
}

/* What the operation takes the second time */
static bool trial (struct bench_run *run, uint64_t *ticks)
{
    for (unsigned i = 0; i < 2; i++) {

        struct hyp_regs r = run->regs;

        if (!before (run, &r))
            return false;

        *ticks = timed (&r, 0);
    }

    return true;
}

/*
 * Where an operation takes a page for a table, or gives one back, it counts whether the pool has a page whose neighbour is in use, or has
 * to split a larger block, and join it again. That depends on all that happened before; so pages are taken until it has one.
 */
static bool settle (struct bench_run *run)
{
    uint64_t least = ~UINT64_C (0), ticks;

    for (unsigned i = 0; i < TRIES; i++) {

        if (!trial (run, &ticks) || !fill (run))
            return false;

        if (ticks < least)
            least = ticks;
    }

    for (unsigned i = 0; i < TRIES; i++) {

        if (!trial (run, &ticks))
            return false;

        if (ticks <= least)
            break;

        if (!fill (run))
            return false;
    }

    return true;
}

static bool setup (struct bench_run *run)
{
    unsigned const param = run->bench->param;

    if (!frame) {

        if (!child_create (run, &child) || !map_pages (run))
            return false;

        frame = free_frame();
    }

    /* The tables above the entries stay: the first sample is like the others */
    TRY (run, whole (run, PERM_MEM_R | PERM_MEM_W));
    TRY (run, whole (run, 0));

    run->regs = param & SPLIT ? regs (PROTECTED, 0, PERM_MEM_R, false) :
                regs (0, param & ORD, param & UNMAP ? 0 : PERM_MEM_R | PERM_MEM_W, param & FROM_PAGES);

    return settle (run);
}

/* Untimed: what the operation finds */
static bool before (struct bench_run *run, struct hyp_regs *r)
{
    unsigned const param = run->bench->param;

    (void) r;

    TRY (run, whole (run, param & (UNMAP | SPLIT | MERGE) ? PERM_MEM_R | PERM_MEM_W : 0));

    if (param & MERGE)
        TRY (run, protect());

    return true;
}

/* Nothing stays mapped */
static bool end (struct bench_run *run)
{
    TRY (run, whole (run, 0));

    return true;
}

#define OPERATION(what, text, parameter)                                                                                    \
    { .name = "map." what, .group = "map", .op = text, .kind = KIND_OPERATION, .timed = timed, .empty = empty,              \
      .param = parameter, .setup = setup, .before = before, .end = end }

#define SIZE(what, text, parameter)                                                                                         \
    OPERATION (what ".map",   "ctrl_pd of " text " into another PD", parameter),                                            \
    OPERATION (what ".unmap", "ctrl_pd with no permissions over " text " of another PD", (parameter) | UNMAP)

static struct bench const map_size[] = {
    SIZE ("n8",   "8 pages of 4 KiB",   3 | FROM_PAGES),
    SIZE ("n64",  "64 pages of 4 KiB",  6 | FROM_PAGES),
    SIZE ("n512", "512 pages of 4 KiB", 9 | FROM_PAGES),
    SIZE ("2m",   "2 MiB in one piece", ORD_2M),
    SIZE ("1g",   "1 GiB in one piece", ORD_1G),
    OPERATION ("split", "ctrl_pd that makes one 4 KiB page of a 2 MiB page read-only, in another PD", ORD_2M | SPLIT),
    OPERATION ("merge", "ctrl_pd of 2 MiB over the pages that such a page was split into", ORD_2M | MERGE),
};

BENCHES (map_size);

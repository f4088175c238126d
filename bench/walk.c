/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a TLB miss costs: loads each of which needs the address that the one before has loaded, in random order over more pages than a
 * TLB has entries. As many loads through one large page are the overhead: words of the same lines of the caches, in the same order,
 * and no TLB misses. doc/bench/walk.md draws it.
 */
#include <bench.h>
#include <features.h>
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <timed.h>

enum { ORD_2M = 9, ORD_1G = 18, LINE = 64, PAGE = 4096, LINES = PAGE / LINE };

#define BYTES(ord)  (UINT64_C (4096) << (ord))

/* Where the views begin: 256 GiB that the root task does not use, the upper half of the smallest space that has them (39 bits) */
#define BASE    (UINT64_C (1) << 38)

/* A view: node i, of count, is in page i, one of 4096 << ord bytes at BASE + i * stride pages; count and stride are powers of 2 */
static struct view {
    unsigned    ord, stride, count;
} const view[] = {
    { 0,      0,      8192 },
    { 0,      ORD_2M, 1024 },
    { 0,      ORD_1G, 256  },
    { ORD_2M, ORD_2M, 4096 },
    { ORD_2M, ORD_1G, 256  },
    { ORD_1G, ORD_1G, 256  },
};

/* A line of memory is a node: where the next one is, as the view and as the large page show it */
struct node {
    uint64_t    next, flat;
    uint8_t     rest[LINE - 2 * sizeof (uint64_t)];
};

static struct node *node;                               /* of the root's space, in one large page               */
static uint64_t frame;                                  /* page number in physical memory: that large page      */
static uint64_t flat;                                   /* where the next sample of the overhead goes on        */

static struct view const *of (struct bench_run const *run) { return view + run->bench->param; }

/* Page number of memory behind page i of the view: all pages show the same memory, as far as their size allows */
static uint64_t behind (struct view const *v, unsigned i) { return frame + (v->ord ? 0 : i / LINES); }

static uint64_t in_view (struct view const *v, unsigned i)
{
    return BASE + ((uint64_t) i << (v->stride + 12)) + (v->ord ? i * LINE : i % LINES * LINE);
}

static uint64_t in_flat (unsigned i) { return (uintptr_t) &node[i].flat; }

/* 1 GiB of free RAM in one piece, of which only the first page is used */
static bool find_1g (struct bench_run *run, uint64_t *phys)
{
    uint64_t const bytes = BYTES (ORD_1G);

    for (unsigned i = 0; i < root.rams; i++) {

        uint64_t const start = (root.ram[i].start + bytes - 1) & ~(bytes - 1);

        if (start >= root.ram[i].end || root.ram[i].end - start < bytes)
            continue;

        ram_remove (start, start + BYTES (ORD_2M));
        *phys = start;

        return true;
    }

    return bench_skip (run, "no 1 GiB of free memory in one piece");
}

/* Large enough that 2 MiB of it are aligned */
static bool find_2m (struct bench_run *run, uint64_t *phys)
{
    uint64_t const bytes = BYTES (ORD_2M);

    if (!mem_alloc (2 * bytes - PAGE, phys))
        return bench_fail (run, "no memory");

    *phys = (*phys + bytes - 1) & ~(bytes - 1);

    return true;
}

static bool find_memory (struct bench_run *run, struct view const *v)
{
    static struct { uint64_t frame; struct node *node; } small, large;      /* 2 MiB and 1 GiB                  */
    __typeof__ (small) *const m = v->ord == ORD_1G ? &large : &small;

    if (!m->node) {

        uint64_t phys;

        if (!(v->ord == ORD_1G ? find_1g (run, &phys) : find_2m (run, &phys)))
            return false;

        m->frame = phys >> 12;
        m->node  = mem_map (phys, BYTES (ORD_2M), PERM_MEM_R | PERM_MEM_W, MAD_RAM);
    }

    frame = m->frame;
    node  = m->node;

    return node || bench_fail (run, "no virtual addresses left");
}

/* A cycle through all nodes in random order (Sattolo's algorithm), the same in each run */
static void link_nodes (struct view const *v)
{
    static uint16_t order[8192];
    uint64_t x = 0x9e3779b97f4a7c15;

    for (unsigned i = 0; i < v->count; i++)
        order[i] = (uint16_t) i;

    for (unsigned i = v->count - 1; i; i--) {

        x ^= x << 13;                                   /* xorshift, G. Marsaglia 2003                          */
        x ^= x >> 7;
        x ^= x << 17;

        unsigned const k = (unsigned) (x % i);
        uint16_t const t = order[i];

        order[i] = order[k];
        order[k] = t;
    }

    for (unsigned i = 0; i < v->count; i++) {

        unsigned const next = order[i + 1 < v->count ? i + 1 : 0];

        node[order[i]].next = in_view (v, next);
        node[order[i]].flat = in_flat (next);
    }
}

static enum status map_view (struct view const *v, unsigned pmm)
{
    enum status status = STATUS_SUCCESS;

    for (unsigned i = 0; i < v->count && status == STATUS_SUCCESS; i++)
        status = hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, behind (v, i), (BASE >> 12) + ((uint64_t) i << v->stride), v->ord, pmm, MAD_RAM);

    return status;
}

/* The cycle is whole in both views: else a few pages would be measured that the TLB has */
static bool check_cycle (struct bench_run *run, struct view const *v)
{
    uint64_t p = in_view (v, 0), q = in_flat (0);

    for (unsigned i = 0; i < v->count; i++) {

        p = *(uint64_t const volatile *) p;
        q = *(uint64_t const volatile *) q;

        if ((p == in_view (v, 0) || q == in_flat (0)) != (i + 1 == v->count))
            return bench_fail (run, "the cycle of %u pages ends after %u", v->count, i + 1);
    }

    return p == in_view (v, 0) && q == in_flat (0);
}

static bool setup (struct bench_run *run)
{
    struct view const *const v = of (run);

    if ((uintptr_t) root.hip < 2 * BASE)
        return bench_skip (run, "virtual addresses end below 512 GiB");

    if (v->ord == ORD_1G && !features_page_1g())
        return bench_skip (run, "the CPU has no pages of 1 GiB");

    if (!find_memory (run, v))
        return false;

    link_nodes (v);

    TRY (run, map_view (v, PERM_MEM_R));

    run->regs = (struct hyp_regs) { .p1 = in_view (v, 0) };
    flat      = in_flat (0);

    return check_cycle (run, v);
}

static bool end (struct bench_run *run)
{
    TRY (run, map_view (of (run), 0));

    return true;
}

TIMED (chase, ".rept 64; " INSN_CHASE "; .endr");

static uint64_t chase_flat (struct hyp_regs *r, uint64_t aux)
{
    r->p1 = flat;

    uint64_t const ticks = chase (r, aux);

    flat = r->p1;

    return ticks;
}

/* Untimed: the next sample goes on where this one has stopped */
static bool after (struct bench_run *run, struct hyp_regs const *r)
{
    run->regs.p1 = r->p1;

    return true;
}

#define WALK(what, text, parameter)                                                                                         \
    { .name = "walk." what, .group = "walk", .op = "64 dependent loads of " text ", less the same loads within one large page", \
      .kind = KIND_OPERATION, .timed = chase, .empty = chase_flat, .cold = true, .control = !(parameter),                 \
      .param = parameter, .setup = setup, .after = after, .end = end }

static struct bench const walk[] = {
    WALK ("4k.t1", "4 KiB pages side by side", 0),
    WALK ("4k.t2", "4 KiB pages, 2 MiB apart", 1),
    WALK ("4k.t3", "4 KiB pages, 1 GiB apart", 2),
    WALK ("2m.t1", "2 MiB pages side by side", 3),
    WALK ("2m.t2", "2 MiB pages, 1 GiB apart", 4),
    WALK ("1g.t1", "1 GiB pages side by side", 5),
};

BENCHES (walk);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults. The handler skips the instruction, or maps a page there and lets it be executed again; as much state as the MTD of
 * the portal says is transferred both ways. doc/bench/exc.md
 */
#include <exc.h>
#include <exc_arch.h>

#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { SKIP, MAP, PAGER };

static struct page {
    uint64_t            src, dst;                       /* pages; nothing is at dst but while a sample is taken */
    struct hyp_regs *   map;                            /* parameters of ctrl_pd, in a page of their own        */
} page;

static bool unmap (struct bench_run *run, struct hyp_regs const *r)
{
    (void) r;

    TRY (run, hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, page.src, page.dst, 0, 0, 0));

    return true;
}

/* The page tables for dst are there when the first sample is taken. */
static bool setup_pages (struct bench_run *run)
{
    if (!page.map) {

        void const *const p = mem_alloc (4096, NULL);
        struct hyp_regs *const map = mem_alloc (4096, NULL);
        uintptr_t const at = mem_window (1, 0);

        if (!p || !map || !at)
            return bench_fail (run, "no memory");

        *map = (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pd, 0) | abi_put_ctrl_pd_src (SEL_ROOT_HST), .p1 = SEL_ROOT_HST,
                                   .p2 = abi_put_ctrl_pd_ssb ((uintptr_t) p >> 12),
                                   .p3 = abi_put_ctrl_pd_dsb (at >> 12) | abi_put_ctrl_pd_pmm (PERM_MEM_R) };

        page = (struct page) { .src = (uintptr_t) p >> 12, .dst = at >> 12, .map = map };
    }

    TRY (run, hyp_status (hyp_raw (*page.map)));

    return unmap (run, NULL);
}

/* A pager in a PD of its own has what it needs at the same places: capabilities for the space, and the parameters */
static bool pager_pd (struct bench_run *run, uint64_t *pd)
{
    uint64_t const at = (uintptr_t) page.map >> 12;
    struct child c;

    if (!child_create (run, &c))
        return false;

    TRY (run, hyp_ctrl_pd (sel_root_obj(), c.obj, SEL_ROOT_HST, SEL_ROOT_HST, 0, PERM_MASK, 0));
    TRY (run, hyp_ctrl_pd (SEL_ROOT_HST, c.hst, at, at, 0, PERM_MEM_R, 0));

    *pd = c.pd;

    return true;
}

static bool setup (struct bench_run *run, unsigned handler, uint32_t mtd)
{
    uint64_t pd = sel_root_pd(), ec;

    if (!setup_pages (run) || (handler == PAGER && !pager_pd (run, &pd)) || !server_create (run, &ec, pd, 0))
        return false;

    run->aux = page.dst << 12;

    return exc_portal (run, EVENT_PAGE_FAULT, ec, handler == SKIP ? server_skip : server_map, (uintptr_t) page.map, mtd);
}

static uint32_t const state[] = { MTD_STATE_IP, MTD_STATE_GPR, MTD_STATE_ALL };

static bool setup_skip (struct bench_run *run) { return setup (run, SKIP, state[run->bench->param]); }
static bool setup_map (struct bench_run *run) { return setup (run, MAP, state[run->bench->param]); }
static bool setup_pager (struct bench_run *run) { return setup (run, PAGER, state[run->bench->param]); }

TIMED (timed, INSN_LOAD);
TIMED (empty, "");

#define FAULT(n, text) .name = "exc.pf." n, .group = "exc", .op = "page fault of a load, " text, .kind = KIND_ROUND_TRIP,   \
                       .timed = timed, .empty = empty

#define SKIPS(n, text, p)                                                                                                   \
    { FAULT ("skip." n, text " to a handler in the PD that skips it"), .param = p, .setup = setup_skip }

#define MAPS(n, text, p)                                                                                                    \
    { FAULT ("map." n, text " to a handler in the PD that maps the page; the load again"), .cold = !p, .param = p,          \
      .setup = setup_map, .after = unmap }

#define PAGES(n, text, p)                                                                                                   \
    { FAULT ("pager." n, text " to a handler in another PD that maps the page; the load again"), .cold = !p, .param = p,    \
      .setup = setup_pager, .after = unmap }

static struct bench const exc_pf[] = {
    SKIPS ("ip", "IP", 0), SKIPS ("gpr", "IP and general registers", 1), SKIPS ("all", "all state", 2),
    MAPS  ("ip", "IP", 0), MAPS  ("gpr", "IP and general registers", 1), MAPS  ("all", "all state", 2),
    PAGES ("ip", "IP", 0), PAGES ("gpr", "IP and general registers", 1), PAGES ("all", "all state", 2),
};

BENCHES (exc_pf);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One page is mapped 4096 times, for .tlb and .cold. So the sweep takes one cache line of code and data, besides the entries of the page
 * tables: 32 KiB, that is what caches lose with it.
 */
#include <tlb.h>

#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>

enum { PAGES = 4096 };

static uintptr_t alias;                                 /* server_return in the first of them                   */

bool tlb_setup (struct bench_run *run)
{
    uintptr_t const page = (uintptr_t) server_page, at = mem_window (PAGES, 9);

    if (alias)
        return true;

    if (!at)
        return bench_fail (run, "no virtual addresses left");

    for (unsigned i = 0; i < PAGES; i++)
        TRY (run, hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, page >> 12, (at >> 12) + i, 0, PERM_MEM_R | PERM_MEM_XU, 0));

    alias = at + ((uintptr_t) server_return - page);

    return true;
}

void tlb_displace (void)
{
    for (unsigned i = 0; i < PAGES; i++) {

        uintptr_t const at = alias + ((uintptr_t) i << 12);

        *(uint8_t const volatile *) at;                 /* by the data TLB, too                                 */
        ((void (*) (void)) at)();
    }
}

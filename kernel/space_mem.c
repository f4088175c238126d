/* SPDX-License-Identifier: GPL-2.0-only */
/* Protected physical memory: a short list of ranges, filled at boot. Everything else belongs to the NOVA host space. */
#include <space_mem.h>

#include <base/macros.h>
#include <console/console.h>

#define RANGES 96

static struct { paddr_t start, end; } range[RANGES];    /* fixed after boot                                         */
static unsigned ranges;

void space_mem_protect (paddr_t start, paddr_t end)
{
    start = align_dn (start, PAGE_SIZE);
    end   = end > ~UINT64_C (0) - PAGE_MASK ? ~UINT64_C (0) : align_up (end, PAGE_SIZE);

    if (start >= end)
        return;

    if (ranges == RANGES) {
        print ("MEM: more than %u protected ranges: everything from %#lx up is protected", RANGES, start);
        range[RANGES - 1].start = MIN (range[RANGES - 1].start, start);
        range[RANGES - 1].end   = ~UINT64_C (0);
        return;
    }

    range[ranges].start = start;
    range[ranges].end   = end;
    ranges++;
}

/* Each range leaves of the block what is all in it or all outside: one pass, since a smaller block stays so for those before. */
INDIRECT_NEVER bool space_mem_allowed (paddr_t addr, unsigned *order)
{
    bool allowed = true;

    for (unsigned i = 0; i < ranges; i++) {

        bool const inside = range[i].start <= addr && addr < range[i].end;

        for (;; --*order) {

            paddr_t const s = align_dn (addr, PAGE_SIZE << *order), e = s + (PAGE_SIZE << *order);

            if (inside ? range[i].start <= s && e <= range[i].end : e <= range[i].start || range[i].end <= s)
                break;
        }

        allowed &= !inside;
    }

    return allowed;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of free physical memory, root.ram. */
#include <root.h>

enum { PAGE = 0x1000, LOW_MEMORY = 0x100000 };

void ram_add (uint64_t start, uint64_t end)
{
    start = (start + PAGE - 1) & ~UINT64_C (0xfff);
    end  &= ~UINT64_C (0xfff);
    start = start < LOW_MEMORY ? LOW_MEMORY : start;

    if (start < end && root.rams < ROOT_RANGES)
        root.ram[root.rams++] = (struct range) { start, end };
}

void ram_remove (uint64_t start, uint64_t end)
{
    start &= ~UINT64_C (0xfff);
    end    = (end + PAGE - 1) & ~UINT64_C (0xfff);

    for (unsigned i = root.rams; start < end && i--; ) {

        struct range const r = root.ram[i];

        if (end <= r.start || r.end <= start)
            continue;

        root.ram[i] = root.ram[--root.rams];

        if (r.start < start)
            ram_add (r.start, start);
        if (end < r.end)
            ram_add (end, r.end);
    }
}

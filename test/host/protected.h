/* SPDX-License-Identifier: GPL-2.0-only */
/* Protected memory, as the tests of delegation know it. */
#pragma once

#include <space_mem.h>

#include <host.h>

static struct { paddr_t start, end; } const range[] = {
    { 0x1000, 0x3000 }, { 0x200000, 0xa01000 }, { 0x3fffe000, 0x40001000 }, { 0x80000000, 0xc0000000 }, { 0x100003000, 0x100004000 },
    { 0x2000000000, 0x2000200000 }, { 0x3ffffffff000, 0x400000000000 },
};

static inline bool allowed (paddr_t pa)
{
    for (unsigned i = 0; i < ARRAY_SIZE (range); i++)
        if (pa >= range[i].start && pa < range[i].end)
            return false;

    return true;
}

/* Near the border of one of them */
static inline paddr_t interesting (uint64_t *seed)
{
    uint64_t const r = host_random (seed);
    unsigned const i = (unsigned)(r % ARRAY_SIZE (range));
    uint64_t const at = r >> 8 & 1 ? range[i].start : range[i].end;

    return (at + ((r >> 10 & 15) << 12) - 0x8000) & (BIT64 (46) - PAGE_SIZE);
}

/* Tells the kernel, which rounds outwards */
static inline void protect (void)
{
    for (unsigned i = 0; i < ARRAY_SIZE (range); i++)
        space_mem_protect (range[i].start + (i & 1), range[i].end - (i & 2));
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include <cold.h>

#include <cache.h>
#include <mem.h>
#include <root.h>
#include <tlb.h>

enum { LINE = 64 };

#define LEAST       ((size_t) 8 << 20)
#define UNKNOWN     ((size_t) 32 << 20)                 /* where nobody says how large caches are               */

static uint8_t volatile *memory;
static size_t memory_bytes;

/* A quarter of the memory is left to it. Where ticks are instructions, there are no caches. */
static size_t wanted (bool exact)
{
    size_t const caches = cache_bytes() ? 2 * cache_bytes() : UNKNOWN;
    uint64_t largest = 0;

    for (unsigned i = 0; i < root.rams; i++)
        if (root.ram[i].end - root.ram[i].start > largest)
            largest = root.ram[i].end - root.ram[i].start;

    size_t const most = largest / 4, bytes = caches < most ? caches : most;

    return exact || bytes < LEAST ? LEAST : bytes;
}

bool cold_init (bool exact, size_t bytes)
{
    memory_bytes = bytes ? bytes : wanted (exact);
    memory       = mem_alloc (memory_bytes, NULL);

    return memory;
}

size_t cold_bytes (void) { return memory_bytes; }

bool cold_setup (struct bench_run *run) { return tlb_setup (run); }

void cold_sweep (void)
{
    for (size_t i = 0; i < memory_bytes; i += LINE)
        memory[i]++;

    tlb_displace();
    cold_code();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Modelled physical memory behind window_map. */
#include <window.h>

#include <host.h>

#include <sanitizer/asan_interface.h>

#define REGIONS_MAX 512

static struct { uint64_t addr; size_t size; uint8_t *data; } region[REGIONS_MAX];
static unsigned regions;
static uint8_t *mapping[WINDOW_COUNT];

uint64_t host_phys_end = UINT64_C (1) << HOST_PHYS_BITS, host_mem_changes;

static void unmap (enum window w)
{
    free (mapping[w]);
    mapping[w] = NULL;
}

void host_mem_reset (void)
{
    while (regions)
        free (region[--regions].data);

    host_phys_end = UINT64_C (1) << HOST_PHYS_BITS;
    host_mem_changes = 0;

    for (unsigned w = 0; w < WINDOW_COUNT; w++)
        unmap (w);
}

void host_mem_put (uint64_t addr, void const *data, size_t size)
{
    assert_true (regions < REGIONS_MAX);

    if (!size)
        return;

    region[regions].addr = addr;
    region[regions].size = size;
    region[regions].data = malloc (size);
    memcpy (region[regions++].data, data, size);
}

void const *window_map (enum window w, paddr_t addr, size_t size)
{
    assert_true (w < WINDOW_COUNT);

    unmap (w);                                          /* even a refused mapping ends the one before               */

    if (!size || size > WINDOW_MAX || addr >= host_phys_end || size > host_phys_end - addr)
        return NULL;

    /* Same alignment as the physical address has, and the end of the copy is the end of the allocation */
    size_t const pad = addr & 15;
    uint8_t *const p = mapping[w] = malloc (pad + size);

    memset (p, 0xff, pad + size);

    for (unsigned i = 0; i < regions; i++) {

        uint64_t const start = MAX (addr, region[i].addr), end = MIN (addr + size, region[i].addr + region[i].size);

        if (start < end)
            memcpy (p + pad + (start - addr), region[i].data + (start - region[i].addr), end - start);
    }

    /* Memory that somebody else writes: what this mapping shows need not be what the one before showed */
    if (host_mem_changes && !(host_random (&host_mem_changes) & 3))
        p[pad + host_random (&host_mem_changes) % size] ^= (uint8_t)(1 + host_random (&host_mem_changes) % 255);

    ASAN_POISON_MEMORY_REGION (p, pad);

    return p + pad;
}

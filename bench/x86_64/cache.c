/* SPDX-License-Identifier: GPL-2.0-only */
#include <cache.h>

#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>

enum { TYPE_NONE = 0, TYPE_CODE = 2, SUBLEAVES = 16 };

/* Ways, partitions, bytes of a line and sets, each less one */
static size_t bytes (struct cpuid r)
{
    return (size_t) ((r.ebx >> 22) + 1) * ((r.ebx >> 12 & 0x3ff) + 1) * ((r.ebx & 0xfff) + 1) * ((size_t) r.ecx + 1);
}

/* Intel: leaf 4 (SDM 2A, CPUID). AMD: leaf 0x8000001D, of the same form, where TopologyExtensions says so (APM 3, E.4.15). */
size_t cache_bytes (void)
{
    bool const amd = cpuid (0x80000000, 0).eax >= 0x8000001d && cpuid (0x80000001, 0).ecx >> 22 & 1;
    size_t largest = 0;

    if (!amd && cpuid (0, 0).eax < 4)
        return 0;

    for (uint32_t i = 0; i < SUBLEAVES; i++) {

        struct cpuid const r = cpuid (amd ? 0x8000001d : 4, i);

        if ((r.eax & 0x1f) == TYPE_NONE)
            break;

        if ((r.eax & 0x1f) != TYPE_CODE && bytes (r) > largest)
            largest = bytes (r);
    }

    return largest;
}

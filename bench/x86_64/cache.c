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

/* CLFLUSH, of lines whose size is in leaf 1; MFENCE orders it (SDM 2A, CLFLUSH). Where it is missing (EDX[19]), nothing is done. */
void cache_clean (void const *start, size_t n)
{
    static uintptr_t line;

    if (!line) {
        struct cpuid const r = cpuid (1, 0);
        line = r.edx >> 19 & 1 && r.ebx >> 8 & 0xff ? (r.ebx >> 8 & 0xff) * 8 : UINTPTR_MAX;
    }

    if (line == UINTPTR_MAX)
        return;

    for (uintptr_t a = (uintptr_t) start & ~(line - 1), end = (uintptr_t) start + n; a < end; a += line)
        __asm__ volatile ("clflush (%0)" : : "r" (a) : "memory");

    __asm__ volatile ("mfence" : : : "memory");
}

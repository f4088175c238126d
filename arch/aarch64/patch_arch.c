/* SPDX-License-Identifier: GPL-2.0-only */
/* What the table of patch.h asks on aarch64. */
#include <patch.h>

#include <base/macros.h>
#include <sysreg.h>

#define NOP UINT32_C (0xd503201f)

char const *const patch_name[PATCH_FEATURES] = { [PATCH_LSE] = "LSE", [PATCH_VHE] = "VHE" };

bool patch_in_use (unsigned feature)
{
    switch (feature) {
        case PATCH_LSE: return sysreg_read (id_aa64isar0_el1) >> 20 & 0xf;
        case PATCH_VHE: return sysreg_read (hcr_el2) & HCR_E2H;
    }

    return false;
}

void patch_fill (void *at, size_t size)
{
    for (uint32_t *i = at; size >= sizeof *i; size -= sizeof *i)
        *i++ = NOP;
}

/* To where instructions are fetched from, by the smallest lines there are (Arm ARM, B2.4.4). Other CPUs start with the MMU off. */
void patch_sync (void *at, size_t size)
{
    uintptr_t const start = (uintptr_t)at, end = start + size;

    for (uintptr_t a = align_dn (start, 16); a < end; a += 16)
        __asm__ volatile ("dc cvau, %0" : : "r" (a) : "memory");

    dsb (ish);

    for (uintptr_t a = align_dn (start, 16); a < end; a += 16)
        __asm__ volatile ("ic ivau, %0" : : "r" (a) : "memory");

    dsb (ish);
    isb();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Two instructions of tag.h that depend on where the tables of user memory are: with VHE in TTBR0_EL2, else in VTTBR_EL2. */
#pragma once

#include <base/types.h>
#include <patch.h>

static inline void root_write (uint64_t v)
{
    __asm__ volatile (PATCHABLE "msr ttbr0_el2, %0" PATCH (PATCH_VHE, "msr vttbr_el2, %0") : : "r" (v) : "memory");
}

/* Of this CPU; tables with tag 0 are loaded */
static inline void tlbi_tag_0 (void)
{
    __asm__ volatile (PATCHABLE "tlbi aside1, xzr" PATCH (PATCH_VHE, "tlbi vmalls12e1") : : : "memory");
}

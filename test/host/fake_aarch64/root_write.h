/* SPDX-License-Identifier: GPL-2.0-only */
/* As boot patching makes them. */
#pragma once

#include <sysreg.h>
#include <vhe.h>

static inline void root_write (uint64_t v)
{
    if (vhe())
        sysreg_write (ttbr0_el2, v);
    else
        sysreg_write (vttbr_el2, v);
}

static inline void tlbi_tag_0 (void)
{
    if (vhe())
        tlbi_with (aside1, 0);
    else
        tlbi (vmalls12e1);
}

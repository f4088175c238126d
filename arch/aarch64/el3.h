/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel can do through EL3 if it was entered there: el3.S. Usable in assembly. */
#pragma once

#define EL3_WRITE   0x4b4e                              /* immediate value of SMC: no service of others has one but 0   */

#ifndef __ASSEMBLY__
#include <base/types.h>

/* Boot CPU, if platform.el3: writes a device register as the secure world does. Returns what is read there afterwards. */
static inline uint32_t el3_write32 (paddr_t reg, uint32_t value)
{
    register uint64_t x0 __asm__ ("x0") = reg, x1 __asm__ ("x1") = value;

    __asm__ volatile ("smc %2" : "+r" (x0), "+r" (x1) : "i" (EL3_WRITE) : "x2", "x3", "memory");

    return (uint32_t)x0;
}
#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Boot-time patching. The sites hold a NOP of the same length; nothing is executed there before this has run. */
#include <patch.h>

#include <cpu_features.h>
#include <exception.h>
#include <string.h>

/* User mode can set RFLAGS.AC, and only SYSCALL clears it by itself: with SMAP, the other entries need CLAC (SDM 2A, CLAC). */
static unsigned char const clac[3] = { 0x0f, 0x01, 0xca };

void patch_init (void)
{
    if (!cpu_has (CPU_SMAP))
        return;

    memcpy ((void *)(uintptr_t)clac_user, clac, sizeof clac);
    memcpy ((void *)(uintptr_t)clac_kernel, clac, sizeof clac);
}

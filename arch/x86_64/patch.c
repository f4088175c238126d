/* SPDX-License-Identifier: GPL-2.0-only */
/* Boot-time patching. The sites hold a NOP of the same length; nothing is executed there before this has run. */
#include <patch.h>

#include <cpu_features.h>
#include <cr.h>
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

/* The text is read-only by now. Nothing has run there: no stale instruction has been fetched by a jump to it (SDM 3A, 8.1.3). */
void patch_pcid (void)
{
    uint64_t const cr0 = cr0_read();

    cr0_write (cr0 & ~(uint64_t)CR0_WP);
    memcpy ((void *)(uintptr_t)call_check, call_check_pcid, PATCH_PCID_SIZE);
    memcpy ((void *)(uintptr_t)reply_check, reply_check_pcid, PATCH_PCID_SIZE);
    cr0_write (cr0);
}

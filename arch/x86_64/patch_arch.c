/* SPDX-License-Identifier: GPL-2.0-only */
/* What of the instructions with two forms this machine uses, and how its NOPs look. */
#include <patch.h>

#include <cfp.h>
#include <cpu_features.h>
#include <cpuid.h>
#include <fpu.h>
#include <pcid.h>
#include <string.h>

#include <base/macros.h>

char const *const patch_name[PATCH_FEATURES] = {
    [PATCH_SMAP]        = "SMAP",
    [PATCH_PCID]        = "PCID",
    [PATCH_SHSTK]       = "SHSTK",
    [PATCH_XSAVES]      = "XSAVES",
    [PATCH_XSAVEC]      = "XSAVEC",
    [PATCH_XSAVEOPT]    = "XSAVEOPT",
    [PATCH_XSAVE]       = "XSAVE",
};

bool patch_in_use (unsigned feature)
{
    switch (feature) {
    case PATCH_SMAP:        return cpu_has (CPU_SMAP);
    case PATCH_PCID:        return pcid_in_use();
    case PATCH_SHSTK:       return cfp.ret;
    case PATCH_XSAVES:      return fpu_form() >= FPU_XSAVES;
    case PATCH_XSAVEC:      return fpu_form() >= FPU_XSAVEC;
    case PATCH_XSAVEOPT:    return fpu_form() >= FPU_XSAVEOPT;
    case PATCH_XSAVE:       return fpu_form() >= FPU_XSAVE;
    }

    return false;
}

/* Recommended NOPs of up to 9 bytes (Intel SDM 2B, NOP, table 4-12) */
static uint8_t const nop[][9] = {
    { 0x90 },
    { 0x66, 0x90 },
    { 0x0f, 0x1f, 0x00 },
    { 0x0f, 0x1f, 0x40, 0x00 },
    { 0x0f, 0x1f, 0x44, 0x00, 0x00 },
    { 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
    { 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
    { 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
    { 0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
};

#define NOP_PREFIX  0x66                                /* more of them change nothing (SDM 2A, 2.1.1)              */
#define NOP_MAX     15                                  /* bytes of an instruction: #GP beyond (SDM 3B, 22.25)      */

/* One instruction for up to 15 bytes. Some old cores take a few cycles to decode one with more than three prefixes, which is still less
 * than what stood there. */
void patch_fill (void *at, size_t size)
{
    for (uint8_t *p = at; size; ) {

        size_t const n = MIN (size, (size_t)NOP_MAX), core = MIN (n, ARRAY_SIZE (nop));

        memset (p, NOP_PREFIX, n - core);
        memcpy (p + n - core, nop[core - 1], core);
        p    += n;
        size -= n;
    }
}

/* Code that was written by the CPU that will run it: a serializing instruction in between (SDM 3A, 8.1.3) */
void patch_sync (UNUSED void *at, UNUSED size_t size)
{
    __asm__ volatile ("" : : : "memory");
    cpuid (0, 0);
}

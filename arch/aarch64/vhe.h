/* SPDX-License-Identifier: GPL-2.0-only */
/* Does the kernel use the virtualization host extensions? start.S decides, before the MMU goes on, and says it by HCR_EL2.E2H. */
#pragma once

#include <base/types.h>
#include <patch.h>

/*
 * A branch or a NOP: boot patching knows. From patch_apply() on. Where branches have landing pads, Clang gives one to each label of an
 * asm goto, which would then be open to any jump: there it is a constant.
 */
static inline bool vhe (void)
{
#if CFP_BRANCH && defined (__clang__)
    unsigned yes;

    __asm__ (PATCHABLE "mov %w0, #1" PATCH (PATCH_VHE, "mov %w0, #0") : "=r" (yes));

    return yes;
#else
    __asm__ goto (PATCHABLE "b %l[yes]" PATCH (PATCH_VHE, "") : : : : yes);
    return false;
yes:
    return true;
#endif
}

/* Boot CPU, where the image is, MMU and caches off: does the device tree, if it is one, say that the kernel is to do without? */
bool early_novhe (uintptr_t tree);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FPU, SSE and AVX state of user space. The kernel itself uses none of it: CR0.TS is set except while an EC with FPU
 * permission runs, and around fpu_save() and fpu_load().
 *
 * State components (Intel SDM 1, 13.1): x87, SSE, AVX and all three of AVX-512 when the CPU has them. Left out on purpose:
 *  - MPX: withdrawn from the architecture, and bounds registers change branches of code that does not know them;
 *  - PKRU: user pages have no keys here (CR4.PKE is 0), so it would be a register without a meaning;
 *  - AMX: 8 KiB more for every EC with FPU permission, used or not, as long as there is no IA32_XFD handling;
 *  - supervisor components (IA32_XSS): none is switched with the FPU.
 */
#pragma once

#include <base/types.h>

#define FPU_ALIGN 64                                    /* of a state area: XSAVE needs it, FXSAVE 16 (SDM 2)   */

/* How states are saved. Each one can do more than the one before it: write only what is not initial or has changed, or write
 * components without gaps (compacted format). */
enum fpu_form { FPU_FXSAVE, FPU_XSAVE, FPU_XSAVEOPT, FPU_XSAVEC, FPU_XSAVES };

/* Boot CPU, after cpu_features_enable(), before everything else of this header: decides how */
void fpu_detect (void);

enum fpu_form fpu_form (void);

/* Every CPU, after cpu_features_enable(). Leaves the FPU disabled. The boot CPU prints one line. */
void fpu_init (void);

size_t fpu_size (void);                                 /* bytes of a state area, a multiple of FPU_ALIGN       */

void fpu_enable (void);                                 /* CR0.TS = 0: instructions work                        */
void fpu_disable (void);                                /* CR0.TS = 1: they cause #NM                           */

/* Makes an area that loads as the state after FNINIT, with MXCSR = 0x1f80 and zero registers. Uses no FPU register. */
void fpu_reset (void *area);

/*
 * Only while enabled. A state is saved to the area that was loaded last on this CPU, and to no other: XSAVEOPT and XSAVES
 * write only what changed since then.
 */
void fpu_save (void *area);
void fpu_load (void const *area);

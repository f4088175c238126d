/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FPU and SIMD state of user space: V0...V31, FPSR, FPCR. The kernel itself uses none of it: CPTR_EL2.TFP is set except while an EC with
 * FPU permission runs, and around fpu_save() and fpu_load(). SVE stays trapped.
 */
#pragma once

#include <base/types.h>

/* Every CPU; the boot CPU first. Leaves the FPU disabled. */
void fpu_init (void);

size_t fpu_size (void);                                 /* bytes of a state area                                    */

void fpu_enable (void);
void fpu_disable (void);                                /* instructions trap with exception class EXC_FPU           */

/* Makes an area that loads as zero registers, with round to nearest and no exception enabled. Uses no FPU register. */
void fpu_reset (void *area);

/* Only while enabled */
void fpu_save (void *area);
void fpu_load (void const *area);

/* SPDX-License-Identifier: GPL-2.0-only */
#include <fpu.h>

#include <memfill.h>
#include <patch.h>
#include <sysreg.h>

#define FPU_SIZE (32 * 16 + 16)                         /* V0...V31; FPSR and FPCR, 8 bytes each                    */

size_t fpu_size (void) { return FPU_SIZE; }

void fpu_init (void) { fpu_disable(); }

/* CPTR_EL2.FPEN with VHE, CPTR_EL2.TFP without */
#define TRAP(vhe, without) \
    do {                                                                                                            \
        uint64_t v = sysreg_read (cptr_el2);                                                                        \
        __asm__ (PATCHABLE vhe PATCH (PATCH_VHE, without) : "+r" (v) : "i" (CPTR_VHE_FPEN), "i" (CPTR_TFP));        \
        sysreg_write (cptr_el2, v);                                                                                 \
    } while (0)

void fpu_enable (void)
{
    TRAP ("orr %0, %0, %1", "and %0, %0, #~0x400");
    isb();
}

/* What follows is an ERET, or a look at the state: no ISB */
void fpu_disable (void) { TRAP ("and %0, %0, #~0x300000", "orr %0, %0, %2"); }

void fpu_reset (void *area) { memfill (area, 0, FPU_SIZE); }

#define EACH(op) \
    op " q0,  q1,  [%0, #0]   \n" op " q2,  q3,  [%0, #32]  \n" op " q4,  q5,  [%0, #64]  \n" op " q6,  q7,  [%0, #96]  \n" \
    op " q8,  q9,  [%0, #128] \n" op " q10, q11, [%0, #160] \n" op " q12, q13, [%0, #192] \n" op " q14, q15, [%0, #224] \n" \
    op " q16, q17, [%0, #256] \n" op " q18, q19, [%0, #288] \n" op " q20, q21, [%0, #320] \n" op " q22, q23, [%0, #352] \n" \
    op " q24, q25, [%0, #384] \n" op " q26, q27, [%0, #416] \n" op " q28, q29, [%0, #448] \n" op " q30, q31, [%0, #480] \n"

void fpu_save (void *area)
{
    uint64_t *const control = (uint64_t *)area + 64;

    __asm__ volatile (".arch_extension fp\n" EACH ("stp") : : "r" (area) : "memory");

    control[0] = sysreg_read (fpsr);
    control[1] = sysreg_read (fpcr);
}

void fpu_load (void const *area)
{
    uint64_t const *const control = (uint64_t const *)area + 64;

    __asm__ volatile (".arch_extension fp\n" EACH ("ldp") : : "r" (area) : "memory");

    sysreg_write (fpsr, control[0]);
    sysreg_write (fpcr, control[1]);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include <fpu.h>

#include <cpu_features.h>
#include <cpuid.h>
#include <cr.h>
#include <msr.h>
#include <patch.h>
#include <string.h>

#include <base/assert.h>
#include <base/macros.h>
#include <console/console.h>

/* Legacy region of FXSAVE and XSAVE, and header of XSAVE (Intel SDM 1, 10.5.1, 13.4.1 and 13.4.2) */
enum {
    FCW_OFFSET      = 0,
    MXCSR_OFFSET    = 24,
    LEGACY_SIZE     = 512,
    XCOMP_OFFSET    = 520,
    EXTENDED_OFFSET = 576,

    FCW_INIT        = 0x37f,                            /* SDM 1, 8.1.5: all exceptions masked, 64-bit precision */
    MXCSR_INIT      = 0x1f80,                           /* 10.2.3                                               */
};

#define XCOMP_COMPACTED BIT64 (63)

/* Written by fpu_detect(), read-only afterwards */
static uint64_t      components;                        /* XCR0; 0: FXSAVE                                      */
static enum fpu_form form;
static size_t        size;
static bool          contradiction;                     /* in what CPUID says of the compacted format           */
static bool          sticky_pointers;                   /* restoring may leave FIP, FDP and FOP of the last owner */

enum fpu_form fpu_form (void)   { return form; }
size_t fpu_size (void)          { return size; }
void   fpu_enable (void)        { cr0_clear_ts(); }
void   fpu_disable (void)       { cr0_write (cr0_read() | CR0_TS); }

static uint64_t find_components (void)
{
    if (!cpu_has (CPU_XSAVE) || cpu_leaf_max() < 0xd)
        return 0;

    struct cpuid const r = cpuid (0xd, 0);              /* EDX:EAX: what XCR0 may hold                          */

    if (!(r.eax & XCR0_AVX))
        return r.eax & (XCR0_X87 | XCR0_SSE);

    /* All of AVX-512 or nothing, else #GP (SDM 1, 13.3) */
    return r.eax & (XCR0_X87 | XCR0_SSE | XCR0_AVX | ((r.eax & XCR0_AVX512) == XCR0_AVX512 ? XCR0_AVX512 : 0));
}

/* Bytes of the compacted format, from the sizes of the components (SDM 1, 13.4.3; SDM 2A, CPUID, leaf 0xd) */
static size_t compacted_size (void)
{
    size_t sum = EXTENDED_OFFSET;

    for (unsigned i = 2; i < 63; i++) {

        if (!(components >> i & 1))
            continue;

        struct cpuid const r = cpuid (0xd, i);

        sum = (r.ecx & BIT (1) ? align_up (sum, FPU_ALIGN) : sum) + r.eax;
    }

    return sum;
}

static void enable_components (void)
{
    if (components)
        xcr0_write (components);

    if (cpu_has (CPU_XSAVES))
        wrmsr (IA32_XSS, 0);
}

void fpu_detect (void)
{
    components = find_components();
    enable_components();

    sticky_pointers = cpu_vendor() == CPU_VENDOR_AMD && !cpu_has (CPU_FP_ERR_PTRS);
    form            = FPU_FXSAVE;
    size            = LEGACY_SIZE;

    if (!components)
        return;

    form = cpu_has (CPU_XSAVES) ? FPU_XSAVES : cpu_has (CPU_XSAVEC) ? FPU_XSAVEC : FPU_XSAVE;

    /* Bochs 2.7 says the size of the other format, and saves the compacted one where it does not find it again. */
    contradiction = form >= FPU_XSAVEC && cpuid (0xd, 1).ebx != compacted_size();

    if (form < FPU_XSAVEC || contradiction)
        form = cpu_has (CPU_XSAVEOPT) ? FPU_XSAVEOPT : FPU_XSAVE;

    size = align_up (form >= FPU_XSAVEC ? compacted_size() : cpuid (0xd, 0).ebx, FPU_ALIGN);    /* EBX: for this XCR0 */
}

void fpu_init (void)
{
    static char const *const name[] = { "FXSAVE", "XSAVE", "XSAVEOPT", "XSAVEC", "XSAVES" };
    static bool said;

    enable_components();
    fpu_disable();

    if (said)
        return;

    said = true;
    print ("FPU: %s, state %#lx, %lu bytes%s", name[form], components, size,
           contradiction ? ", not compacted: CPUID contradicts itself" : "");
}

/*
 * XSAVE: an XSTATE_BV of 0 makes XRSTOR initialize every component, but MXCSR is loaded regardless (SDM 1, 13.8.1).
 * XSAVEC, XSAVES: XCOMP_BV names the components that the area has room for, since XRSTORS takes the compacted format only
 * (13.12); an XSTATE_BV of 0 initializes MXCSR as well (13.8.2).
 * FXSAVE: an abridged tag word of 0 means empty registers (SDM 1, 10.5.1.1).
 */
void fpu_reset (void *area)
{
    assert (!((uintptr_t)area % FPU_ALIGN));

    memset (area, 0, size);

    *((uint16_t *)area + FCW_OFFSET   / sizeof (uint16_t)) = FCW_INIT;
    *((uint32_t *)area + MXCSR_OFFSET / sizeof (uint32_t)) = MXCSR_INIT;

    if (form >= FPU_XSAVEC)
        *((uint64_t *)area + XCOMP_OFFSET / sizeof (uint64_t)) = XCOMP_COMPACTED | components;
}

/* FXSAVE ignores EDX:EAX, the components */
void fpu_save (void *area)
{
    __asm__ volatile (PATCHABLE "xsaves64 (%0)"
                      PATCH (PATCH_XSAVES,   "xsavec64 (%0)")
                      PATCH (PATCH_XSAVEC,   "xsaveopt64 (%0)")
                      PATCH (PATCH_XSAVEOPT, "xsave64 (%0)")
                      PATCH (PATCH_XSAVE,    "fxsave64 (%0)") : : "r" (area), "a" ((uint32_t)components), "d" (0) : "memory");
}

/*
 * AMD CPUs without CPUID 80000008.EBX[2] save and restore the error pointers only while an exception is pending (AMD APM 2,
 * 11.4.4): the next owner would read where the last one's x87 code was. A load of our own overwrites them; FNCLEX
 * first, since a pending exception would strike here, and a free register, since the stack may be full.
 */
static void overwrite_pointers (void)
{
    static uint32_t const zero = 0;

    __asm__ volatile ("fnclex; ffree %%st(7); fildl %0" : : "m" (zero));
}

void fpu_load (void const *area)
{
    if (sticky_pointers)
        overwrite_pointers();

    /* XRSTOR takes both formats (SDM 1, 13.8) */
    __asm__ volatile (PATCHABLE "xrstors64 (%0)"
                      PATCH (PATCH_XSAVES, "xrstor64 (%0)")
                      PATCH (PATCH_XSAVE,  "fxrstor64 (%0)") : : "r" (area), "a" ((uint32_t)components), "d" (0) : "memory");
}

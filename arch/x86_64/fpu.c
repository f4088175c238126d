/* SPDX-License-Identifier: GPL-2.0-only */
#include <fpu.h>

#include <cpu_features.h>
#include <cpuid.h>
#include <cr.h>
#include <msr.h>
#include <string.h>

#include <base/assert.h>
#include <base/macros.h>
#include <console/console.h>

/* Legacy region of FXSAVE and XSAVE (Intel SDM 1, 10.5.1 and 13.4.1) */
enum {
    FCW_OFFSET      = 0,
    MXCSR_OFFSET    = 24,
    LEGACY_SIZE     = 512,

    FCW_INIT        = 0x37f,                            /* SDM 1, 8.1.5: all exceptions masked, 64-bit precision */
    MXCSR_INIT      = 0x1f80,                           /* 10.2.3                                               */
};

/* Written by fpu_init() on the boot CPU, read-only afterwards */
static uint64_t components;                             /* XCR0; 0: FXSAVE                                      */
static size_t   size;
static bool     optimized;                              /* XSAVEOPT                                             */
static bool     sticky_pointers;                        /* restoring may leave FIP, FDP and FOP of the last owner */

size_t fpu_size (void)      { return size; }
void   fpu_enable (void)    { cr0_clear_ts(); }
void   fpu_disable (void)   { cr0_write (cr0_read() | CR0_TS); }

static void find_components (void)
{
    if (!cpu_has (CPU_XSAVE) || cpu_leaf_max() < 0xd)
        return;

    struct cpuid const r = cpuid (0xd, 0);              /* EDX:EAX: what XCR0 may hold                          */

    components = r.eax & (XCR0_X87 | XCR0_SSE);

    if (r.eax & XCR0_AVX)
        components |= XCR0_AVX;

    if (r.eax & XCR0_AVX && (r.eax & XCR0_AVX512) == XCR0_AVX512)   /* else #GP: SDM 1, 13.3                   */
        components |= XCR0_AVX512;
}

void fpu_init (void)
{
    bool const first = !size;

    if (first)
        find_components();

    if (components)
        xcr0_write (components);

    if (cpu_has (CPU_XSAVES))
        wrmsr (IA32_XSS, 0);

    fpu_disable();

    if (!first)
        return;

    size            = components ? align_up (cpuid (0xd, 0).ebx, FPU_ALIGN) : LEGACY_SIZE;  /* EBX: for this XCR0 */
    optimized       = components && cpu_has (CPU_XSAVEOPT);
    sticky_pointers = cpu_vendor() == CPU_VENDOR_AMD && !cpu_has (CPU_FP_ERR_PTRS);

    print ("FPU: %s, state %#lx, %lu bytes", components ? optimized ? "XSAVEOPT" : "XSAVE" : "FXSAVE", components, size);
}

/*
 * XSAVE: an XSTATE_BV of 0 makes XRSTOR initialize every component, but MXCSR is loaded regardless (SDM 1, 13.8.1).
 * FXSAVE: an abridged tag word of 0 means empty registers (SDM 1, 10.5.1.1).
 */
void fpu_reset (void *area)
{
    assert (!((uintptr_t)area % FPU_ALIGN));

    memset (area, 0, size);

    *((uint16_t *)area + FCW_OFFSET   / sizeof (uint16_t)) = FCW_INIT;
    *((uint32_t *)area + MXCSR_OFFSET / sizeof (uint32_t)) = MXCSR_INIT;
}

void fpu_save (void *area)
{
    if (!components)
        __asm__ volatile ("fxsave64 (%0)" : : "r" (area) : "memory");
    else if (optimized)
        __asm__ volatile ("xsaveopt64 (%0)" : : "r" (area), "a" ((uint32_t)components), "d" (0) : "memory");
    else
        __asm__ volatile ("xsave64 (%0)" : : "r" (area), "a" ((uint32_t)components), "d" (0) : "memory");
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

    if (!components)
        __asm__ volatile ("fxrstor64 (%0)" : : "r" (area) : "memory");
    else
        __asm__ volatile ("xrstor64 (%0)" : : "r" (area), "a" ((uint32_t)components), "d" (0) : "memory");
}

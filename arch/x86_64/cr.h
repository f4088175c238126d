/* SPDX-License-Identifier: GPL-2.0-only */
/* Control registers (Intel SDM 3A, 2.5 and 2.6). Bit names serve assembly, too. */
#pragma once

#define CR0_PE              0x1
#define CR0_MP              0x2
#define CR0_EM              0x4
#define CR0_TS              0x8
#define CR0_ET              0x10
#define CR0_NE              0x20
#define CR0_WP              0x10000
#define CR0_AM              0x40000
#define CR0_NW              0x20000000
#define CR0_CD              0x40000000
#define CR0_PG              0x80000000

#define CR4_VME             0x1
#define CR4_PVI             0x2
#define CR4_TSD             0x4
#define CR4_DE              0x8
#define CR4_PSE             0x10
#define CR4_PAE             0x20
#define CR4_MCE             0x40
#define CR4_PGE             0x80
#define CR4_PCE             0x100
#define CR4_OSFXSR          0x200
#define CR4_OSXMMEXCPT      0x400
#define CR4_UMIP            0x800
#define CR4_LA57            0x1000
#define CR4_VMXE            0x2000
#define CR4_SMXE            0x4000
#define CR4_FSGSBASE        0x10000
#define CR4_PCIDE           0x20000
#define CR4_OSXSAVE         0x40000
#define CR4_SMEP            0x100000
#define CR4_SMAP            0x200000
#define CR4_PKE             0x400000
#define CR4_CET             0x800000
#define CR4_PKS             0x1000000

/* XCR0 (SDM 1, 13.1 and 13.3) */
#define XCR0_X87            0x1
#define XCR0_SSE            0x2
#define XCR0_AVX            0x4
#define XCR0_AVX512         0xe0                        /* opmask, ZMM_Hi256, Hi16_ZMM: all or none */

#ifndef __ASSEMBLY__

#include <base/types.h>

static inline uint64_t cr0_read (void)
{
    uint64_t v;
    __asm__ volatile ("mov %%cr0, %0" : "=r" (v));
    return v;
}

static inline uint64_t cr2_read (void)
{
    uint64_t v;
    __asm__ volatile ("mov %%cr2, %0" : "=r" (v));
    return v;
}

static inline uint64_t cr3_read (void)
{
    uint64_t v;
    __asm__ volatile ("mov %%cr3, %0" : "=r" (v));
    return v;
}

static inline uint64_t cr4_read (void)
{
    uint64_t v;
    __asm__ volatile ("mov %%cr4, %0" : "=r" (v));
    return v;
}

static inline void cr0_write (uint64_t v) { __asm__ volatile ("mov %0, %%cr0" : : "r" (v) : "memory"); }
static inline void cr2_write (uint64_t v) { __asm__ volatile ("mov %0, %%cr2" : : "r" (v)); }
static inline void cr3_write (uint64_t v) { __asm__ volatile ("mov %0, %%cr3" : : "r" (v) : "memory"); }
static inline void cr4_write (uint64_t v) { __asm__ volatile ("mov %0, %%cr4" : : "r" (v) : "memory"); }
static inline void cr0_clear_ts (void)    { __asm__ volatile ("clts" : : : "memory"); }

/* Needs CR4.OSXSAVE */
static inline uint64_t xcr0_read (void)
{
    uint32_t lo, hi;
    __asm__ volatile ("xgetbv" : "=a" (lo), "=d" (hi) : "c" (0));
    return (uint64_t)hi << 32 | lo;
}

static inline void xcr0_write (uint64_t v)
{
    __asm__ volatile ("xsetbv" : : "c" (0), "a" ((uint32_t)v), "d" ((uint32_t)(v >> 32)) : "memory");
}

static inline void invlpg (uintptr_t addr) { __asm__ volatile ("invlpg (%0)" : : "r" (addr) : "memory"); }

/* Debug status (SDM 3B, 17.2.3) */
static inline void dr6_write (uint64_t v) { __asm__ volatile ("mov %0, %%dr6" : : "r" (v)); }

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of all architectures need to know of this one. */
#pragma once

#include <abi/event_arch.h>
#include <abi/hip_arch.h>
#include <abi/utcb.h>

enum {
    HAS_PORTS       = 1,                                /* and MSRs: spaces for them, and a PIO space for each EC */
    HAS_FEATURES    = HIP_FEATURE_IOMMU | HIP_FEATURE_VMX | HIP_FEATURE_SVM,
    HAS_IOMMU       = HIP_FEATURE_IOMMU,
    BITS_GUEST      = 1,                                /* that guest-physical addresses have more than host-virtual ones (8.4.2) */
    READS_NOTHING   = 1,                                /* what nobody answers can be read and written          */
    HAS_GUESTS      = HIP_FEATURE_VMX | HIP_FEATURE_SVM,    /* 0: the HIP does not tell whether there are guests */

    EVENT_UNDEFINED = EXC_UD,                           /* of insn_undefined ()                                 */
    EVENT_NO_FPU    = EXC_NM,
    EVENT_NO_COUNTER = EXC_GP,
    COUNTER_CONTROLS = 0,                               /* that an instruction for user mode names              */
    EVENT_NO_PAGE   = EXC_PF,                           /* of a read or write                                   */
    EVENT_NO_EXEC   = EXC_PF,

    STACK_ENTRY     = 8,                                /* bytes that a function finds on its stack             */
};

#define MTD_IP      MTD_RIP
#define MTD_GPRS    (MTD_GPR_0_7 | MTD_GPR_8_15)            /* with the stack pointer                               */

enum { MTD_IP_AT = 0x80 + 8, MTD_IP_END = 0xa0 };       /* what MTD_IP writes of a UTCB                         */

#define MTD_FLAGS   MTD_RFLAGS

static inline uint64_t volatile *utcb_flags (struct utcb_arch volatile *u) { return &u->rflags; }
static inline uint64_t utcb_ip (struct utcb_arch const volatile *u) { return u->rip; }
static inline void utcb_set_ip (struct utcb_arch *u, uint64_t ip) { u->rip = ip; }

static inline void insn_undefined (void) { __asm__ volatile ("ud2"); }

/* Wants the FPU */
static inline void insn_fpu (void) { __asm__ volatile ("pxor %%xmm0, %%xmm0" : : : "memory"); }

/* An address that only the kernel has */
static inline int kernel_address (uint64_t v) { return v != ~UINT64_C (0) && v >> 47 == 0x1ffff; }

/* A function that returns at once */
static inline void insn_return (void *at) { *(uint8_t volatile *) at = 0xc3; }

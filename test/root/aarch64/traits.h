/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of all architectures need to know of this one. */
#pragma once

#include <abi/event_arch.h>
#include <abi/hip_arch.h>
#include <abi/utcb.h>

enum {
    HAS_PORTS       = 0,                                /* and MSRs: spaces for them, and a PIO space for each EC */
    HAS_FEATURES    = HIP_FEATURE_SMMU,
    HAS_IOMMU       = HIP_FEATURE_SMMU,
    BITS_GUEST      = 0,                                /* that guest-physical addresses have more than host-virtual ones (7.4.2) */
    READS_NOTHING   = 0,                                /* 0: what nobody answers cannot be read                */
    HAS_GUESTS      = 0,                                /* 0: the HIP does not tell whether there are guests    */

    EVENT_UNDEFINED = EXC_UNKNOWN,                      /* of insn_undefined ()                                 */
    EVENT_NO_FPU    = EXC_FPU,
    EVENT_NO_COUNTER = EXC_SYSREG,
    COUNTER_CONTROLS = 2,                               /* that an instruction for user mode names, two of them */
    EVENT_NO_PAGE   = EXC_DABT,                         /* of a read or write                                   */
    EVENT_NO_EXEC   = EXC_IABT,

    STACK_ENTRY     = 0,                                /* bytes that a function finds on its stack             */
};

#define MTD_IP      MTD_EL2_ELR_SPSR
#define MTD_GPRS    (MTD_GPR | MTD_EL0_SP)                  /* with the stack pointer                               */

enum { MTD_IP_AT = 0x1e0, MTD_IP_END = 0x1f0 };         /* what MTD_IP writes of a UTCB                         */

#define MTD_FLAGS   MTD_EL2_ELR_SPSR

static inline uint64_t volatile *utcb_flags (struct utcb_arch volatile *u) { return &u->spsr_el2; }
static inline uint64_t utcb_ip (struct utcb_arch const volatile *u) { return u->elr_el2; }

/* MTD_IP takes the condition flags along: they are left as they are */
static inline void utcb_set_ip (struct utcb_arch *u, uint64_t ip) { u->elr_el2 = ip; }

static inline void insn_undefined (void) { __asm__ volatile ("udf #0"); }

/* Wants the FPU */
static inline void insn_fpu (void) { __asm__ volatile (".arch_extension fp; fmov d0, xzr" : : : "memory"); }

/* An address that only the kernel has: in the upper half of 48 bits, or with VHE at the end of all */
static inline int kernel_address (uint64_t v) { return v >> 47 == 1 || (v >> 47 == 0x1ffff && v != ~UINT64_C (0)); }

/* A function that returns at once. Not for a place that was executed before: a program may not be able to clean its caches. */
static inline void insn_return (void *at) { *(uint32_t volatile *) at = 0xd65f03c0; }

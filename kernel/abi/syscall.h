/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercall numbers, flags and parameters (interface specification, 5 and 8.8). One source for three readers: the kernel
 * reads parameters with abi_get_CALL_FIELD(), user space packs them with abi_put_CALL_FIELD(), and the documentation
 * prints the tables. Which CPU register carries parameter p0...p4 is the architecture's choice: abi/syscall_arch.h.
 */
#pragma once

#include <stdint.h>

/* X (number, name) */
#define ABI_HYPERCALLS(X)       \
    X (0x0, ipc_call)           \
    X (0x1, ipc_reply)          \
    X (0x2, create_pd)          \
    X (0x3, create_ec)          \
    X (0x4, create_sc)          \
    X (0x5, create_pt)          \
    X (0x6, create_sm)          \
    X (0x7, ctrl_pd)            \
    X (0x8, ctrl_ec)            \
    X (0x9, ctrl_sc)            \
    X (0xa, ctrl_pt)            \
    X (0xb, ctrl_sm)            \
    X (0xc, ctrl_hw)            \
    X (0xd, assign_int)         \
    X (0xe, assign_dev)

enum {
#define X(number, name) HYPERCALL_##name = number,
    ABI_HYPERCALLS (X)
#undef X
    HYPERCALL_reserved      = 0xf,
    HYPERCALL_COUNT         = 0x10,
};

/* The hypercall identifier is the low byte of p0: number in bits 3...0, flags in bits 7...4. */
enum {
    HYPERCALL_NUMBER_MASK   = 0xf,
    HYPERCALL_FLAG_SHIFT    = 4,
    HYPERCALL_FLAGS         = 1 << 4,       /* values that they can have */

    FLAG_CALL_TIMEOUT       = 1 << 0,       /* ipc_call: T */

    FLAG_EC_GUEST           = 1 << 0,       /* create_ec: G */
    FLAG_EC_GLOBAL          = 1 << 1,       /* create_ec: T */
    FLAG_EC_FPU             = 1 << 2,       /* create_ec: F */

    FLAG_RECALL_STRONG      = 1 << 0,       /* ctrl_ec: S */

    FLAG_SM_DOWN            = 1 << 0,       /* ctrl_sm: D */
    FLAG_SM_ZERO            = 1 << 1,       /* ctrl_sm: Z */

    FLAG_INT_MASK           = 1 << 0,       /* assign_int: M */
    FLAG_INT_LEVEL          = 1 << 1,       /* assign_int: T */
    FLAG_INT_LOW            = 1 << 2,       /* assign_int: P */
    FLAG_INT_GUEST          = 1 << 3,       /* assign_int: G */
};

/* create_pd: operation, carried in the flags */
enum { CREATE_PD, CREATE_OBJ, CREATE_HST, CREATE_GST, CREATE_DMA, CREATE_PIO, CREATE_MSR };

/* ctrl_hw: operation, carried in the flags */
enum { CTRL_HW_SLEEP = 0, CTRL_HW_QOS = 4, CTRL_HW_L3 = 5, CTRL_HW_L2 = 6, CTRL_HW_MBA = 7 };

/* Inputs: X (hypercall, field, parameter, lowest bit, width). A selector occupies bits 63...8 of p0. */
#define ABI_INPUTS(X)                       \
    X (ipc_call,   pt,     0,  8, 56)       \
    X (ipc_call,   mtd,    1,  0, 32)       \
    X (ipc_reply,  mtd,    1,  0, 32)       \
    X (create_pd,  sel,    0,  8, 56)       \
    X (create_pd,  pd,     1,  0, 64)       \
    X (create_ec,  sel,    0,  8, 56)       \
    X (create_ec,  pd,     1,  0, 64)       \
    X (create_ec,  cpu,    2,  0, 12)       \
    X (create_ec,  hvp,    2, 12, 52)       \
    X (create_ec,  sp,     3,  0, 64)       \
    X (create_ec,  evt,    4,  0, 64)       \
    X (create_sc,  sel,    0,  8, 56)       \
    X (create_sc,  pd,     1,  0, 64)       \
    X (create_sc,  ec,     2,  0, 64)       \
    X (create_sc,  budget, 3,  0, 16)       \
    X (create_sc,  prio,   3, 16,  7)       \
    X (create_sc,  cos,    3, 23, 16)       \
    X (create_pt,  sel,    0,  8, 56)       \
    X (create_pt,  pd,     1,  0, 64)       \
    X (create_pt,  ec,     2,  0, 64)       \
    X (create_pt,  ip,     3,  0, 64)       \
    X (create_sm,  sel,    0,  8, 56)       \
    X (create_sm,  pd,     1,  0, 64)       \
    X (create_sm,  cnt,    2,  0, 64)       \
    X (ctrl_pd,    src,    0,  8, 56)       \
    X (ctrl_pd,    dst,    1,  0, 64)       \
    X (ctrl_pd,    ord,    2,  0,  5)       \
    X (ctrl_pd,    ssb,    2, 12, 52)       \
    X (ctrl_pd,    pmm,    3,  0,  5)       \
    X (ctrl_pd,    dsb,    3, 12, 52)       \
    X (ctrl_pd,    mad,    4,  0, 32)       \
    X (ctrl_ec,    ec,     0,  8, 56)       \
    X (ctrl_sc,    sc,     0,  8, 56)       \
    X (ctrl_pt,    pt,     0,  8, 56)       \
    X (ctrl_pt,    pid,    1,  0, 64)       \
    X (ctrl_pt,    mtd,    2,  0, 32)       \
    X (ctrl_sm,    sm,     0,  8, 56)       \
    X (ctrl_sm,    stc,    1,  0, 64)       \
    X (ctrl_hw,    desc,   0,  8, 56)       \
    X (assign_int, sm,     0,  8, 56)       \
    X (assign_int, cpu,    1,  0, 64)       \
    X (assign_int, dev,    2,  0, 16)       \
    X (assign_dev, dma,    0,  8, 56)       \
    X (assign_dev, smmu,   1, 12, 52)       \
    X (assign_dev, dad,    2,  0, 64)

/* Outputs beside the status in p0: X (hypercall, field, parameter, lowest bit, width) */
#define ABI_OUTPUTS(X)                      \
    X (ipc_call,   mtd,    1,  0, 32)       \
    X (ipc_reply,  mtd,    1,  0, 32)       \
    X (ctrl_sc,    stc,    1,  0, 64)       \
    X (assign_int, addr,   1,  0, 32)       \
    X (assign_int, data,   2,  0, 16)

/* abi_get_CALL_FIELD (parameter register) -> field; abi_put_CALL_FIELD (field) -> bits of the parameter register */
#define X(call, field, param, shift, width)                                                                 \
    static inline uint64_t abi_get_##call##_##field (uint64_t p)                                            \
    { return p >> (shift) & ~UINT64_C (0) >> (64 - (width)); }                                              \
    static inline uint64_t abi_put_##call##_##field (uint64_t v)                                            \
    { return (v & ~UINT64_C (0) >> (64 - (width))) << (shift); }
ABI_INPUTS (X)
#undef X

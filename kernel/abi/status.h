/* SPDX-License-Identifier: GPL-2.0-only */
/* Status codes of hypercalls (interface specification, 5.1.2). Shared with user space and documentation. */
#pragma once

/* X (number, name, description); greppable names: STATUS_SUCCESS STATUS_TIMEOUT STATUS_ABORTED STATUS_OVRFLOW
 * STATUS_BAD_HYP STATUS_BAD_CAP STATUS_BAD_PAR STATUS_BAD_FTR STATUS_BAD_CPU STATUS_BAD_DEV STATUS_MEM_OBJ STATUS_MEM_CAP */
#define ABI_STATUS(X)                                               \
    X (0x0, SUCCESS, "Operation Successful")                        \
    X (0x1, TIMEOUT, "Operation Timeout")                           \
    X (0x2, ABORTED, "Operation Abort")                             \
    X (0x3, OVRFLOW, "Operation Overflow")                          \
    X (0x4, BAD_HYP, "Invalid Hypercall")                           \
    X (0x5, BAD_CAP, "Invalid Capability")                          \
    X (0x6, BAD_PAR, "Invalid Parameter")                           \
    X (0x7, BAD_FTR, "Invalid Feature")                             \
    X (0x8, BAD_CPU, "Invalid CPU Number")                          \
    X (0x9, BAD_DEV, "Invalid Device ID")                           \
    X (0xa, MEM_OBJ, "Insufficient Memory (Object Creation)")       \
    X (0xb, MEM_CAP, "Insufficient Memory (Capability Creation)")

enum status {
#define X(number, name, text) STATUS_##name = number,
    ABI_STATUS (X)
#undef X
};

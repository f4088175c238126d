/* SPDX-License-Identifier: GPL-2.0-only */
/* How user space enters the kernel on aarch64 (interface specification, 7.8 and 7.9). Shared with user space. */
#pragma once

#define ABI_REG_P0      "x0"                            /* in: hypercall identifier, out: status                */
#define ABI_REG_P1      "x1"
#define ABI_REG_P2      "x2"
#define ABI_REG_P3      "x3"
#define ABI_REG_P4      "x4"
#define ABI_TRAP        "svc #0"
#define ABI_TRAP_SMC    "svc #1"                        /* root PD only: filtered secure monitor call, X0...X17 */
#define ABI_CLOBBERS    "cc", "memory"

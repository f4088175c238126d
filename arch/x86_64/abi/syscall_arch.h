/* SPDX-License-Identifier: GPL-2.0-only */
/* How user space enters the kernel on x86 (interface specification, 8.8). Shared with user space. */
#pragma once

#define ABI_REG_P0      "rdi"                           /* in: hypercall identifier, out: status                */
#define ABI_REG_P1      "rsi"
#define ABI_REG_P2      "rdx"
#define ABI_REG_P3      "rax"
#define ABI_REG_P4      "r8"
#define ABI_TRAP        "syscall"
#define ABI_CLOBBERS    "rcx", "r11", "cc", "memory"    /* RCX = RIP + 2, R11 = 0x202                           */

/* SPDX-License-Identifier: GPL-2.0-only */
/* A way through 2048 lines of code, a jump in each. Those of the longest lines, 128 bytes, are met twice. */

        .section .text.bench_cold, "ax"
        .balign 64
        .globl  cold_code
cold_code:
        .rept   2048
        b       1f
        .balign 64
1:
        .endr
        ret

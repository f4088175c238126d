/* SPDX-License-Identifier: GPL-2.0-only */
/* Assembly: registers in an array of their size at X0. */
#pragma once

        .altmacro
.macro PAIR op, r, i, j, size
        \op    \r\()\i, \r\()\j, [x0, #\size * \i]
.endm

/* X2 to X29, or Q2 to Q29 */
.macro PAIRS op, r=x, size=8
        .irp    i, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
        PAIR    \op, \r, \i, %(\i + 1), \size
        .endr
.endm

/* All, the stack pointer and the flags. X0 and X1 are on the stack. Clobbers X1...X3 */
.macro SEE
        PAIRS   stp
        ldp     x2, x3, [sp]
        stp     x2, x3, [x0]
        add     x1, sp, #16
        stp     x30, x1, [x0, #240]
        mrs     x1, nzcv
        str     x1, [x0, #256]
.endm

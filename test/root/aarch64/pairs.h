/* SPDX-License-Identifier: GPL-2.0-only */
/* Assembly: X2 to X29, which are pairs, in an array of all registers at X0 */
        .altmacro
.macro PAIR op, i, j
        \op    x\i, x\j, [x0, #8 * \i]
.endm
.macro PAIRS op
        .irp    i, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
        PAIR    \op, \i, %(\i + 1)
        .endr
.endm

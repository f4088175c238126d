/* SPDX-License-Identifier: GPL-2.0-only */
/* Assembly: registers in an array of their size at X0. X2 to X29, or Q2 to Q29 */
#pragma once

        .altmacro
.macro PAIR op, r, i, j, size
        \op    \r\()\i, \r\()\j, [x0, #\size * \i]
.endm
.macro PAIRS op, r=x, size=8
        .irp    i, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
        PAIR    \op, \r, \i, %(\i + 1), \size
        .endr
.endm

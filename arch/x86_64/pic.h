/* SPDX-License-Identifier: GPL-2.0-only */
/* The two 8259 interrupt controllers of a PC, which only have to be silent. */
#pragma once

/* Boot CPU: moves their vectors out of the exceptions, to VEC_PIC_BASE, and masks all inputs */
void pic_init (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts about the machine and the kernel, as meta lines. */
#pragma once

void meta_print (void);

void meta_print_board (void);                           /* names of the board, warnings                         */
void meta_warn (char const *what, char const *text);    /* warn_WHAT=TEXT                                       */

/* What the CPU calls itself, for people; never null */
char const *meta_cpu (void);
void meta_print_cpu (void);                             /* the architecture's part                              */

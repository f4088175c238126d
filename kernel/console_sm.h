/* SPDX-License-Identifier: GPL-2.0-only */
/* The semaphore that tells the console's consumer of a new line (interface specification, 6.1.3.1 and C.1). */
#pragma once

struct sm;

void console_sm_set (struct sm *);                      /* boot, once                                               */
void console_sm_line (void);                            /* a line ended: from inside the console, any CPU           */
void console_sm_signal (void);                          /* later, when no lock is held                              */

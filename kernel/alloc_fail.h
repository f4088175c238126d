/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations that fail to order, so that a test can fail each one that a scenario makes (test/abuse/fail.c). Only debug
 * kernels can do it: user space writes the orders into a record, and whoever maps that could starve everybody else.
 */
#pragma once

#include <base/types.h>

#if DEBUG

struct record_fail;

extern struct record_fail *alloc_fail;                  /* never null                                               */

/* Any CPU, at the beginning of each allocation: is this one to fail? */
bool alloc_fails (void);

#else

static inline bool alloc_fails (void) { return false; }

#endif

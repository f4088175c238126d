/* SPDX-License-Identifier: GPL-2.0-only */
/* Stands before kernel/base/wait.h: one step, which happens when the word has another value. */
#pragma once

#include <base/atomic.h>

uint64_t model_wait (void const volatile *, uint64_t);

#define wait_change(p, v)       ((void)model_wait (p, v))

/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions that a modelled machine executes in its own time. */
#pragma once

#include <base/types.h>

uint64_t rdtsc (void);
void     mfence_lfence (void);
void     triple_fault (void);

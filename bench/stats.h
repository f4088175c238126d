/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics of samples. */
#pragma once

#include <stdint.h>

void stats_sort (int64_t *, unsigned count);            /* ascending                                            */

/* Of sorted samples, count > 0: the lower of the two in the middle if their number is even */
static inline int64_t stats_median (int64_t const *sorted, unsigned count) { return sorted[(count - 1) / 2]; }

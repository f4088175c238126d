/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics of samples. */
#pragma once

#include <stdint.h>

void stats_sort (int64_t *, unsigned count);            /* ascending                                            */

/* Of sorted samples, count > 0: the lower of the two in the middle if their number is even */
static inline int64_t stats_median (int64_t const *sorted, unsigned count) { return sorted[(count - 1) / 2]; }

/*
 * The rank k, from 1, so that the median of what is sampled lies between the k-th smallest and the k-th largest of count samples with
 * a probability of 95 % or more, whatever its distribution; 0 if there are too few samples (count < 6).
 */
unsigned stats_rank (unsigned count);

/* That interval, of sorted samples, count > 0; from the minimum to the maximum if there are too few */
void stats_interval (int64_t const *sorted, unsigned count, int64_t *low, int64_t *high);

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the architecture tells a benchmark about the CPU; each architecture has its own features.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Resources whose use by a class of service can be limited, as ctrl_hw names them (5.5.1) */
enum cos_resource { COS_L3, COS_L2, COS_MBA };

/* Host page tables may map 1 GiB by one entry */
bool features_page_1g (void);

/* The CPU can limit the resource, and has code and data apart if cdp. limit: what does not limit it, a bitmask or a delay */
bool features_cos (enum cos_resource, bool cdp, uint64_t *limit);

/* SPDX-License-Identifier: GPL-2.0-only */
/* aarch64 side of host spaces: the format of their tables, and tags of what the TLBs hold. */
#pragma once

#include <hpt.h>
#include <tag.h>

/* Page walks of any CPU see the stores before it (Arm ARM, D8.2.6) */
static inline void walk_fence (void) { dsb (ishst); }

/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypervisor information page. */
#pragma once

#include <base/types.h>

struct hip;

/* Fills the page that the root task will see; null: out of memory. root_start, root_end: physical, of its image */
struct hip *hip_build (paddr_t root_start, paddr_t root_end);

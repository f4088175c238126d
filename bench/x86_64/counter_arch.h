/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways to read a performance counter: RDPMC, which takes the selector in ECX (Intel SDM 2B; AMD APM 3). */
#pragma once

#include <stdint.h>

enum counter_way { COUNTER_RDPMC, COUNTER_WAYS };

static inline enum counter_way counter_way (uint32_t selector) { (void) selector; return COUNTER_RDPMC; }

/* SPDX-License-Identifier: GPL-2.0-only */
/* Two ways to read a counter, for those with even and with odd selectors */
#pragma once

#include <stdint.h>

enum counter_way { COUNTER_EVEN, COUNTER_ODD, COUNTER_WAYS };

static inline enum counter_way counter_way (uint32_t selector) { return selector & 1 ? COUNTER_ODD : COUNTER_EVEN; }

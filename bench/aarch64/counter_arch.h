/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways to read a performance counter: the one for cycles is a register, those for events are selected first (Arm ARM, D17.5). */
#pragma once

#include <abi/record.h>

enum counter_way { COUNTER_CYCLES, COUNTER_EVENT, COUNTER_WAYS };

static inline enum counter_way counter_way (uint32_t selector) { return selector == PMU_CYCLE_COUNTER ? COUNTER_CYCLES : COUNTER_EVENT; }

/* SPDX-License-Identifier: GPL-2.0-only */
/* Contract: system time counter and the one hardware timer of each CPU. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <timer_arch.h>

/* timer_now():              current STC value, ticks; inline, from timer_arch.h                                       */
/* timer_set (deadline):     interrupt of this CPU at or soon after the deadline (absolute ticks); replaces an earlier one */
/* timer_ms_to_ticks (ms):   milliseconds in ticks                                                                     */
INDIRECT_NEVER void     timer_set (uint64_t deadline);
uint64_t timer_ms_to_ticks (uint64_t ms);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Class of service: not configurable on this kernel yet, so only class 0 exists (interface specification, 4.5). */
#pragma once

#include <base/types.h>

static inline bool cos_valid (uint16_t cos) { return !cos; }

/* SPDX-License-Identifier: GPL-2.0-only */
/* Secure monitor calls on behalf of the root task (interface specification, 7.9). */
#pragma once

#include <base/types.h>

/* x: X0...X17 of the caller, X0 = function identifier. False, and nothing is done, when this service is not passed on. */
bool smc_proxy (uint64_t x[18]);

/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/* Is a tick of the counter one instruction, and the same code the same number each time? */
bool control_exact (void);

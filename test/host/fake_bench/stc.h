/* SPDX-License-Identifier: GPL-2.0-only */
/* The counter is the test's */
#pragma once

#include <stdint.h>

uint64_t stc_read (void);

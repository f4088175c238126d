/* SPDX-License-Identifier: GPL-2.0-only */
/* The system time counter of a modelled machine. */
#pragma once

#include <stdint.h>

uint64_t timer_now (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* From the entry point to main (). */
#pragma once

#include <root.h>

_Noreturn void start (uint64_t magic, uint64_t addr, struct hip const *);

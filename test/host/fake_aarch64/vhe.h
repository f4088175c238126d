/* SPDX-License-Identifier: GPL-2.0-only */
/* The test decides. */
#pragma once

#include <stdbool.h>

bool vhe (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Lazy FPU switching: the state is exchanged at the first FPU instruction of another EC (#NM). */
#pragma once

#include <base/types.h>

struct ec;

/* Makes the current EC the owner of the FPU. False: it may not use the FPU, or has it already. */
bool ec_fpu_claim (struct ec *);

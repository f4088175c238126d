/* SPDX-License-Identifier: GPL-2.0-only */
/* Lazy FPU switching: the state is exchanged at the first FPU instruction of another EC, which traps. */
#pragma once

#include <base/types.h>

struct ec;

/* Makes the current EC the owner of the FPU. False: it may not use the FPU, or has it already. */
bool ec_fpu_claim (struct ec *);

/* Makes the FPU's state fit an EC before it runs: the FPU bit of both hazard words is equal then */
void ec_fpu_switch (struct ec *);

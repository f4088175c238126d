/* SPDX-License-Identifier: GPL-2.0-only */
/* Test kernels that break the rules of control-flow protection: what violate.c and the architecture owe each other. */
#pragma once

#include <base/types.h>

/* Is this what violate=NAME on the command line says? */
bool violate_is (char const *name);

/* Does it. False: not possible, since the rule is not in force and it would do harm, or nobody knows that name. */
bool violate_arch (paddr_t tree);                       /* device tree of the boot loader, if there is one          */

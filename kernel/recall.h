/* SPDX-License-Identifier: GPL-2.0-only */
/* Recall of an EC (interface specification, 5.4.2). */
#pragma once

#include <base/types.h>

struct ec;

/* Strong: returns when the EC has entered the kernel if it was running on another CPU. */
void recall (struct ec *, bool strong);

/* Acknowledges the recalls that other CPUs wait for: this CPU is in the kernel. */
void recall_serve (void);

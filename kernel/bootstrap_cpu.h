/* SPDX-License-Identifier: GPL-2.0-only */
/* Start of a CPU: the generic part. */
#pragma once

#include <base/compiler.h>
#include <stdbool.h>

/* Boot CPU, before bootstrap(): kinds of objects, and the spaces of the NOVA PD. False: out of memory. */
bool objects_init (void) MUST_CHECK;

/* Each CPU on its own stack and tables, the boot CPU first: everything that is per CPU, up to its idle EC. False: out of memory. */
bool bootstrap (void) MUST_CHECK;

/* Contract: what comes first, on each CPU */
void bootstrap_arch (void);

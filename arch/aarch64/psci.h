/* SPDX-License-Identifier: GPL-2.0-only */
/* Power State Coordination Interface (Arm DEN 0022, version 1.1): starting and stopping CPUs and the system. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <platform.h>

/* Boot CPU: which way leads to firmware; prints one line */
void psci_init (enum psci_conduit);

/* Starts a CPU at a physical address with x0 = context. 0, or an error of the specification, 5.2.2. */
int32_t psci_cpu_on (uint64_t mpidr, paddr_t entry, uint64_t context);

/* Is there somebody to ask? */
bool psci_present (void);

/* These return if firmware does not obey */
void psci_system_off (void);
void psci_system_reset (void);

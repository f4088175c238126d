/* SPDX-License-Identifier: GPL-2.0-only */
/* The other CPUs. */
#pragma once

/* CPUs that there may be, this one included; once platform is known */
unsigned smp_cpus (void);

/* Boot CPU: starts them one after the other by PSCI; those that do not answer are left out */
void smp_start (void);

/* The CPU that comes has all that it needs */
void smp_online (void);

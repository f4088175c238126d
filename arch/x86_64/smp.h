/* SPDX-License-Identifier: GPL-2.0-only */
/* Start of the other CPUs. */
#pragma once

struct acpi;

/* Boot CPU: starts the CPUs of the MADT one by one and prints how many run. One that does not answer is left out. */
void smp_start (struct acpi const *);

/* A CPU that has come up says so */
void smp_online (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI tables, read by the kernel's own parsers (kernel/acpi/). */
#pragma once

#include <acpi/acpi.h>

/* What they say; all zero where the HIP names no RSDP, or nothing there is good. The first call, before memory is given out, reads them. */
struct acpi const *tables (void);

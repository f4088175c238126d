/* SPDX-License-Identifier: GPL-2.0-only */
/* Where ACPI's tables may be. */
#pragma once

#define ACPI_PC     1                                   /* RSDP in the EBDA or the BIOS area, if nobody names it (ACPI 6.5, 5.2.5.1) */

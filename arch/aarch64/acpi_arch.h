/* SPDX-License-Identifier: GPL-2.0-only */
/* Where ACPI's tables may be. */
#pragma once

#define ACPI_PC     0                                   /* firmware names the RSDP, or there is none (ACPI 6.5, 5.2.5.2)    */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Start of the kernel on the boot CPU and on the others. */
#pragma once

#include <acpi/acpi.h>
#include <base/compiler.h>

extern struct acpi acpi;                                /* what firmware said; fixed after init()                   */

/*
 * From start.S: Multiboot registers and the physical address of the image. First, where the boot services of UEFI are on, with
 * firmware's page tables and interrupts: they are off when it returns.
 */
void init_uefi (uint32_t magic, uint32_t info, uint32_t load_addr);

/* Always, with the tables of start.S */
NORETURN void init (uint32_t magic, uint32_t info, uint32_t load_addr);

/* From start.S on every CPU, first of all on its own stack and tables: what interrupts and system calls need.
 * Returns IA32_S_CET, which start.S loads; 0: CR4.CET stays off. */
uint32_t bootstrap_stack (void);

/* From start.S on every other CPU, after it */
NORETURN void bootstrap_ap (void);

NORETURN void enter_cpu_stack (void (*func) (void));

/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptor tables: GDT and TSS of each CPU, one IDT for all. */
#pragma once

/* Boot CPU: fills the IDT and loads it, so that exceptions say where they came from. With the boot loader's GDT and before there is
 * a TSS, this holds for those that have no stack of their own. */
void desc_init (void);

/* Each CPU, with its own page tables loaded: GDT, TSS, IDT */
void desc_cpu_init (void);

/* Each CPU, after trace_cpu_init(): system-call registers */
void desc_cpu_syscall (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptor tables: GDT and TSS of each CPU, one IDT for all. */
#pragma once

/* Boot CPU, once: fills the IDT */
void desc_init (void);

/* Each CPU, with its own page tables loaded: GDT, TSS, IDT, system-call registers */
void desc_cpu_init (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the boot loader left: command lines, modules, memory. */
#pragma once

/* Fills root.args, kernel_args, module*, ram. Needs SEL_NOVA_HST. */
void boot_parse (void);

/* Architecture: what another protocol than Multiboot has left, and memory that its part of the HIP names */
void boot_parse_arch (void);
void boot_reserve_arch (void);

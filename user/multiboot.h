/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what the boot loader left: command lines, modules and the memory map of Multiboot 1, Multiboot 2 and UEFI. */
#pragma once

/* Fills root.args, kernel_args, module*, ram. Needs SEL_NOVA_HST. */
void multiboot_parse (void);

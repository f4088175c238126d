/* SPDX-License-Identifier: GPL-2.0-only */
/* What only the kernel can read of the machine, and whoever measures wants to know. */
#pragma once

struct boot_info;
struct record_platform;

/* Boot CPU, after record_init() and when UEFI's memory map is known: adds RECORD_PLATFORM, and RECORD_BOARD where UEFI names SMBIOS */
void facts_publish (struct boot_info const *);

/* Architecture: fills the record, which is all zero */
void facts_arch (struct record_platform *);

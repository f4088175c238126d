/* SPDX-License-Identifier: GPL-2.0-only */
/* What only the kernel can read of the machine, and whoever measures wants to know. */
#pragma once

struct record_platform;

/* After record_init(), boot CPU: adds RECORD_PLATFORM */
void facts_publish (void);

/* Architecture: fills the record, which is all zero */
void facts_arch (struct record_platform *);

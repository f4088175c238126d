/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine is called by SMBIOS. */
#pragma once

#include <abi/record.h>

/* By the kernel's record, or else what a BIOS has left; null: neither is there. Maps it the first time. */
struct record_board const *board (void);

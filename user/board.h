/* SPDX-License-Identifier: GPL-2.0-only */
/* Where SMBIOS is on this machine. */
#pragma once

#include <smbios.h>

/* By UEFI's system table, or where PCs have it. The first call maps it; data null: there is none. */
struct smbios const *board_smbios (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Where SMBIOS is on this machine. */
#pragma once

#include <smbios.h>

/* Where PCs with a BIOS have it. The first call maps it; data null: there is none, or it is UEFI's. */
struct smbios const *board_smbios (void);

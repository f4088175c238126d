/* SPDX-License-Identifier: GPL-2.0-only */
/* How firmware's functions are called (UEFI 2.10, 2.3.4.2). */
#pragma once

#define EFIAPI __attribute__ ((ms_abi))

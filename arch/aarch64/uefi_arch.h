/* SPDX-License-Identifier: GPL-2.0-only */
/* How firmware's functions are called (UEFI 2.10, 2.3.6.4): as any other. */
#pragma once

#define EFIAPI

/* SPDX-License-Identifier: GPL-2.0-only */
/* Contract: port I/O space, where the architecture has one. arch/ARCH/space_pio.h replaces this file there. */
#pragma once

#include <kobject.h>

#define SPACE_PIO_REQUIRED  0

struct space_pio { struct kobject obj; };

static INDIRECT_TARGET inline void space_pio_unlink (struct kobject *o) { (void)o; }
static INDIRECT_TARGET inline bool space_pio_retire (struct kobject *o) { (void)o; return false; }

/* SPDX-License-Identifier: GPL-2.0-only */
/* The root protection domain (interface specification, 6.2). */
#pragma once

#include <base/types.h>

struct boot_info;

/* Boot CPU, when everything else runs. Prints one line and creates nothing if there is no usable image. p0...: its first registers */
void root_create (struct boot_info const *, uint64_t p0, uint64_t p1, uint64_t p2);

/* Signals the semaphore of an interrupt pin */
void interrupt_signal (unsigned pin);

/* Boot: the NOVA object space's own capabilities. False: out of memory. */
bool nova_init (void);

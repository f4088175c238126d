/* SPDX-License-Identifier: GPL-2.0-only */
/* The serial port under console.h: the architecture's. */
#pragma once

#include <stdbool.h>

bool serial_init (void);                                /* false: there is none; takes uart=ADDRESS of the command line */
void serial_put (char);                                 /* after serial_init (), waits for room                 */
void serial_flush (void);                               /* waits until the last bit is on the line              */

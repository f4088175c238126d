/* SPDX-License-Identifier: GPL-2.0-only */
/* The serial port under console.h: the architecture's. */
#pragma once

#include <stdbool.h>

bool serial_init (void);                                /* false: there is none; takes uart=ADDRESS of the command line */

/* After serial_init (), polled */
bool serial_room (void);                                /* for one more character                               */
void serial_put (char);                                 /* there is room                                        */
bool serial_idle (void);                                /* the last bit is on the line                          */

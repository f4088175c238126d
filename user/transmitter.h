/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interrupt that software makes come: that of the transmitter of a UART, which stands as long as there is room for characters and it is
 * enabled. Nothing may be sent meanwhile.
 */
#pragma once

#include <stdbool.h>

struct transmitter {
    unsigned    pin;                                    /* of the interrupt semaphores                          */
    unsigned    flags;                                  /* of assign_int: FLAG_INT_LEVEL, FLAG_INT_LOW          */
};

/* False if there is no such UART. Its interrupt is off then. */
bool        transmitter_open (struct transmitter *);

void        transmitter_raise (void);
void        transmitter_lower (void);

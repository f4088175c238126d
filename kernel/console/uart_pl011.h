/* SPDX-License-Identifier: GPL-2.0-only */
/* Arm PrimeCell UART (PL011) and the SBSA Generic UART, which is a part of it, as a console of the boot phase. */
#pragma once

#include <console/console.h>

struct uart_pl011 {
    struct console  console;                            /* set by uart_pl011_init                                   */
    volatile void  *regs;                               /* mapped registers                                         */
    bool            sbsa;                               /* it has no more than data, flags and interrupt mask       */
    bool            stalled;                            /* the transmitter did not get ready in time; console lock  */
};

/*
 * Firmware has set the rate, which depends on a clock that nobody tells, so it is left; the UART is switched on. A UART that stops
 * to transmit later costs one bounded wait; characters are then dropped until it is ready again.
 */
void uart_pl011_init (struct uart_pl011 *);

/* SPDX-License-Identifier: GPL-2.0-only */
/* 16550-compatible UART as a console of the boot phase: 115200 baud, 8 data bits, no parity, 1 stop bit. */
#pragma once

#include <console/console.h>

struct uart_16550 {
    struct console  console;                            /* set by uart_16550_init                                   */
    void volatile * regs;                               /* mapped registers, aligned to stride; null: use port      */
    uint16_t        port;                               /* first port, stride is 1 then                             */
    uint8_t         stride;                             /* distance of registers in memory: 1, 2, 4                 */
    uint8_t         width;                              /* of an access to them: 1, 2, 4, at most stride; 0: stride */
    bool            keep_rate;                          /* firmware has set the rate, our divisor would be wrong    */
    bool            stalled;                            /* the transmitter did not get ready in time; console lock  */
};

/*
 * Programs the UART that regs or port name. False when there seems to be none; otherwise the caller may console_add it.
 * A UART that stops to transmit later costs one bounded wait; characters are then dropped until it is ready again.
 */
bool uart_16550_init (struct uart_16550 *);

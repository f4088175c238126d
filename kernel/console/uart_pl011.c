/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers: Arm PrimeCell UART (PL011) Technical Reference Manual, DDI 0183, chapter 3. */
#include <console/uart_pl011.h>

#include <base/macros.h>
#include <mmio_access.h>

enum { REG_DR = 0x00, REG_FR = 0x18, REG_LCR_H = 0x2c, REG_CR = 0x30, REG_IMSC = 0x38 };

enum {
    FR_BUSY     = 1 << 3,
    FR_TXFF     = 1 << 5,
    LCR_H_8N1   = 0x70,                                 /* 8 bits, FIFOs on                                         */
    CR_ON       = 0x301,                                /* UART, transmitter, receiver                              */
};

#define SPIN_MAX    1000000                             /* a full FIFO of 32 characters takes 3 ms at 115200 baud   */

static bool ready (struct uart_pl011 const *u, unsigned spin)
{
    while (mmio_read32 (u->regs, REG_FR) & FR_TXFF)
        if (!spin--)
            return false;

    return true;
}

static void put_raw (struct uart_pl011 *u, char c)
{
    u->stalled = !ready (u, u->stalled ? 0 : SPIN_MAX);

    if (!u->stalled)
        mmio_write32 (u->regs, REG_DR, (uint8_t)c);
}

static INDIRECT_TARGET void put (struct console *c, char ch)
{
    struct uart_pl011 *const u = container_of (c, struct uart_pl011, console);

    if (ch == '\n')
        put_raw (u, '\r');

    put_raw (u, ch);
}

void uart_pl011_init (struct uart_pl011 *u)
{
    mmio_write32 (u->regs, REG_IMSC, 0);                /* no interrupts                                            */

    if (!u->sbsa) {                                     /* SBSA: firmware has switched it on (Arm BSA, appendix B)  */
        for (unsigned spin = SPIN_MAX; mmio_read32 (u->regs, REG_FR) & FR_BUSY && spin--; ) {}

        mmio_write32 (u->regs, REG_CR, 0);              /* the line control may change while it is off only, 3.3.7  */
        mmio_write32 (u->regs, REG_LCR_H, LCR_H_8N1);
        mmio_write32 (u->regs, REG_CR, CR_ON);
    }

    u->stalled = false;
    u->console.putc = put;
    u->console.sync = NULL;
    u->console.boot_only = true;
}

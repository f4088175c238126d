/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers: National Semiconductor PC16550D data sheet (1995), section 8. */
#include <console/uart_16550.h>

#include <base/macros.h>
#include <pio.h>

enum reg {
    REG_THR = 0, REG_DLL = 0, REG_IER = 1, REG_DLM = 1, REG_FCR = 2, REG_LCR = 3, REG_MCR = 4, REG_LSR = 5, REG_SCR = 7,
};

enum {
    FCR_ENABLE_AND_CLEAR    = 0x07,
    LCR_8N1                 = 0x03,
    LCR_DLAB                = 0x80,
    MCR_DTR_RTS             = 0x03,
    LSR_THR_EMPTY           = 0x20,
};

#define DIVISOR     1                                   /* 1.8432 MHz / 16 / 115200                                 */
#define ABSENT      0xff                                /* what a read returns where nothing answers                */
#define SPIN_MAX    100000                              /* > 10 ms at 0.1 us per read; 16 characters take 1.4 ms    */

static uint8_t in (struct uart_16550 const *u, enum reg r)
{
    if (!u->regs)
        return pio_in8 ((uint16_t)(u->port + r));

    uint8_t volatile *const p = (uint8_t volatile *)u->regs + (unsigned)r * u->stride;

    switch (u->width) {
        case 2:  return (uint8_t)*(uint16_t volatile *)(void volatile *)p;
        case 4:  return (uint8_t)*(uint32_t volatile *)(void volatile *)p;
        default: return *p;
    }
}

static void out (struct uart_16550 const *u, enum reg r, uint8_t v)
{
    if (!u->regs) {
        pio_out8 ((uint16_t)(u->port + r), v);
        return;
    }

    uint8_t volatile *const p = (uint8_t volatile *)u->regs + (unsigned)r * u->stride;

    switch (u->width) {
        case 2:  *(uint16_t volatile *)(void volatile *)p = v; break;
        case 4:  *(uint32_t volatile *)(void volatile *)p = v; break;
        default: *p = v; break;
    }
}

/* The line status of a UART that exists is never all ones; the scratch register, where it exists, settles the rest */
static bool present (struct uart_16550 const *u)
{
    if (in (u, REG_LSR) != ABSENT)
        return true;

    out (u, REG_SCR, 0x5a);

    if (in (u, REG_SCR) != 0x5a)
        return false;

    out (u, REG_SCR, 0xa5);

    return in (u, REG_SCR) == 0xa5;
}

static void put_raw (struct uart_16550 *u, char c)
{
    /* Once stalled, one look per character is enough to notice that it is ready again */
    unsigned spin = u->stalled ? 1 : SPIN_MAX;

    while (spin-- && !(in (u, REG_LSR) & LSR_THR_EMPTY)) {}

    u->stalled = !(in (u, REG_LSR) & LSR_THR_EMPTY);

    if (!u->stalled)
        out (u, REG_THR, (uint8_t)c);
}

static INDIRECT_TARGET void put (struct console *c, char ch)
{
    struct uart_16550 *const u = container_of (c, struct uart_16550, console);

    if (ch == '\n')
        put_raw (u, '\r');

    put_raw (u, ch);
}

bool uart_16550_init (struct uart_16550 *u)
{
    if (!u->width)
        u->width = u->stride;

    if (u->regs && ((u->stride != 1 && u->stride != 2 && u->stride != 4) || u->width > u->stride || u->width == 3))
        return false;

    if (!present (u))
        return false;

    out (u, REG_LCR, LCR_8N1);
    out (u, REG_IER, 0);                                /* no interrupts                                            */

    if (!u->keep_rate) {
        out (u, REG_LCR, LCR_DLAB | LCR_8N1);
        out (u, REG_DLL, DIVISOR & 0xff);
        out (u, REG_DLM, DIVISOR >> 8);
        out (u, REG_LCR, LCR_8N1);
    }

    out (u, REG_FCR, FCR_ENABLE_AND_CLEAR);
    out (u, REG_MCR, MCR_DTR_RTS);

    u->stalled = false;
    u->console.putc = put;
    u->console.sync = NULL;
    u->console.boot_only = true;

    return true;
}

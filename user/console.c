/* SPDX-License-Identifier: GPL-2.0-only */
#include <console.h>
#include <format.h>
#include <pio.h>
#include <root.h>
#include <stdbool.h>

enum { COM1 = 0x3f8, PORTS_ORD = 3, THR = 0, LSR = 5, LSR_THRE = 1 << 5, LSR_TEMT = 1 << 6, PATIENCE = 1 << 20 };

static uint16_t port;                                   /* 0: no console                                        */

void console_init (void)
{
    uint64_t const p = root_option_number ("uart", COM1);

    if (p && p < 0x10000 && !(p & 7) && root_grant_pio ((uint16_t) p, PORTS_ORD) == STATUS_SUCCESS)
        port = (uint16_t) p;
}

/* A transmitter that does not get ready, for example because it does not exist, costs time but no hang */
static void put (char c)
{
    for (unsigned i = 0; i < PATIENCE && !(pio_in8 (port + LSR) & LSR_THRE); i++) ;

    pio_out8 (port + THR, (uint8_t) c);
}

void console_write (char const *s, size_t n)
{
    for (size_t i = 0; port && i < n; i++) {
        if (s[i] == '\n')
            put ('\r');
        put (s[i]);
    }
}

void console_flush (void)
{
    for (unsigned i = 0; port && i < PATIENCE && !(pio_in8 (port + LSR) & LSR_TEMT); i++) ;
}

void console_vprintf (char const *fmt, va_list args)
{
    char buf[1024];

    console_write (buf, format_v (buf, sizeof (buf), fmt, args));
}

void console_printf (char const *fmt, ...)
{
    va_list args;
    va_start (args, fmt);
    console_vprintf (fmt, args);
    va_end (args);
}

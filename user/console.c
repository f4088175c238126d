/* SPDX-License-Identifier: GPL-2.0-only */
#include <console.h>
#include <format.h>
#include <serial.h>

static bool ready;

void console_init (void) { ready = serial_init(); }

void console_write (char const *s, size_t n)
{
    for (size_t i = 0; ready && i < n; i++) {
        if (s[i] == '\n')
            serial_put ('\r');
        serial_put (s[i]);
    }
}

void console_flush (void)
{
    if (ready)
        serial_flush();
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

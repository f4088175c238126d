/* SPDX-License-Identifier: GPL-2.0-only */
#include <console.h>
#include <format.h>
#include <serial.h>

enum { PATIENCE = 1 << 20 };                            /* looks: up to a second; a character at 9600 baud takes a millisecond  */

static bool ready, stalled;

void console_init (void) { ready = serial_init(); stalled = false; }

/*
 * A line that takes nothing - no transmitter, or nobody at the other end of one with flow control - is waited for once. From then on there
 * is one look for each character, which is lost if it is not taken: samples are megabytes, and the screen is to be reached.
 */
static bool await (bool (*done) (void))
{
    for (unsigned i = stalled ? 1 : PATIENCE; i; i--)
        if (done())
            return !(stalled = false);

    return !(stalled = true);
}

static void put (char c)
{
    if (await (serial_room))
        serial_put (c);
}

void console_write (char const *s, size_t n)
{
    for (size_t i = 0; ready && i < n; i++) {
        if (s[i] == '\n')
            put ('\r');
        put (s[i]);
    }
}

void console_flush (void)
{
    if (ready)
        await (serial_idle);
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

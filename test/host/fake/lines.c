/* SPDX-License-Identifier: GPL-2.0-only */
/* print and panic for tests of everything but the console. */
#include <console/console.h>
#include <panic.h>

#include <host.h>

unsigned host_lines;
char host_line[HOST_LINES_MAX][256];

void host_lines_reset (void) { host_lines = 0; }

void print (char const *format, ...)
{
    char kernel[256];
    va_list ap;

    assert_true (host_lines < HOST_LINES_MAX);

    va_start (ap, format);
    vsnprintf (host_line[host_lines], sizeof host_line[0], format, ap);
    va_end (ap);

    va_start (ap, format);
    format_line (kernel, sizeof kernel, format, ap);
    va_end (ap);

    assert_string_equal (kernel, host_line[host_lines]);
    host_lines++;
}

_Noreturn void panic (char const *format, ...)
{
    va_list ap;

    va_start (ap, format);
    vfprintf (stderr, format, ap);
    va_end (ap);

    fputs ("\npanic\n", stderr);
    abort();
}

bool host_printed (char const *line)
{
    for (unsigned i = 0; i < host_lines; i++)
        if (!strcmp (host_line[i], line))
            return true;

    return false;
}

static void show (void)
{
    for (unsigned i = 0; i < host_lines; i++)
        print_error ("  printed: %s\n", host_line[i]);
}

void host_assert_printed (char const *expected, char const *file, int line)
{
    if (host_printed (expected))
        return;

    print_error ("not printed: %s\n", expected);
    show();
    _fail (file, line);
}

void host_assert_lines (char const *const *expected, char const *file, int line)
{
    unsigned n = 0;

    while (expected[n] && n < host_lines && !strcmp (expected[n], host_line[n]))
        n++;

    if (!expected[n] && n == host_lines)
        return;

    print_error ("line %u should be: %s\n", n, expected[n] ? expected[n] : "(none)");
    show();
    _fail (file, line);
}

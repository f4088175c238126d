/* SPDX-License-Identifier: GPL-2.0-only */
#include <console.h>
#include <exit.h>
#include <panic.h>
#include <stdarg.h>

_Noreturn void panic (char const *fmt, ...)
{
    va_list args;

    console_printf ("\npanic: ");
    va_start (args, fmt);
    console_vprintf (fmt, args);
    va_end (args);
    console_printf ("\n");

    machine_exit (PANIC_EXIT);
}

char const *status_name (enum status s)
{
    switch (s) {
#define X(number, name, text) case STATUS_##name: return #name;
        ABI_STATUS (X)
#undef X
    }

    return "?";
}

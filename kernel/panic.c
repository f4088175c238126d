/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of the kernel. */
#include <panic.h>

#include <console/console.h>
#include <cpu.h>

void panic (char const *format, ...)
{
    char line[200];
    va_list ap;

    va_start (ap, format);
    format_line (line, sizeof line, format, ap);
    va_end (ap);

    console_panic();
    print ("PANIC: %s", line);
    cpus_stop_others();
    cpu_halt_forever();
}

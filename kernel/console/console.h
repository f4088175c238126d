/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel console: formatted lines to every registered output. */
#pragma once

#include <stdarg.h>

#include <base/types.h>

struct console {
    void (*putc) (struct console *, char);              /* console lock held                                        */
    void (*sync) (struct console *);                    /* after each line, lock not held, any CPU; may be null     */
    bool boot_only;                                     /* silent once the root task runs, except for a panic       */
    struct console *_Atomic next;                       /* Ordering: released by console_add, acquired by print     */
};

/* Adds an output behind the others. Boot CPU only. Lines up to now are replayed by the caller if it wants them. */
void console_add (struct console *);

/* Lines begin with "[CPU] " from now on; the function must work on every CPU that prints. Null: no CPU number. */
void console_cpu (cpu_t (*current) (void));

#define LINE_MAX 256

/*
 * Prints one line: optional CPU number, the text, a line feed; cut at LINE_MAX characters. Conversions: %c %s %d %i %u
 * %x %p %%, modifiers l ll z, width (also *), flags 0 - #, precision for %s. Any CPU, interrupts off; lines do not mix.
 */
void print (char const *format, ...) __attribute__ ((format (printf, 1, 2)));

/* Formats into buf, terminated unless size is 0; returns the length that was written, without the terminator. */
size_t format_line (char *buf, size_t size, char const *format, va_list) __attribute__ ((format (printf, 3, 0)));

/* The root task starts: boot-only outputs fall silent unless the command line says "console=keep". */
void console_boot_done (void);

/* What gives a panic an output when there is none yet; null: there is one. Boot CPU only, while it is alone. */
void console_last_resort (void (*start) (void));

/* Panic: from now on no lock is taken, and every output speaks again. */
void console_panic (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Output on the serial port (serial.h). The kernel may write to the same port while it boots. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

void console_init (void);
void console_write (char const *, size_t);              /* LF becomes CR LF                                     */
void console_printf (char const *fmt, ...) __attribute__ ((format (printf, 1, 2)));   /* up to 1023 bytes       */
void console_vprintf (char const *fmt, va_list) __attribute__ ((format (printf, 1, 0)));
void console_flush (void);                              /* waits until the last bit is on the line          */

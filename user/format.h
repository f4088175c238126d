/* SPDX-License-Identifier: GPL-2.0-only */
/* A small printf: %c %s %d %i %u %x %p %%, with -, 0, # (0x, not together with 0), a width, and the length modifiers h, l, ll and z. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Writes at most size - 1 bytes and a terminating zero; returns the number of bytes written without that zero. */
size_t format (char *buf, size_t size, char const *fmt, ...) __attribute__ ((format (printf, 3, 4)));
size_t format_v (char *buf, size_t size, char const *fmt, va_list) __attribute__ ((format (printf, 3, 0)));

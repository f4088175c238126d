/* SPDX-License-Identifier: GPL-2.0-only */
/* What the compiler may call, and what the kernel uses of it. */
#pragma once

#include <stddef.h>

void *memcpy  (void *restrict dst, void const *restrict src, size_t n);
void *memmove (void *dst, void const *src, size_t n);
void *memset  (void *dst, int c, size_t n);
int   memcmp  (void const *a, void const *b, size_t n);
size_t strnlen (char const *s, size_t max);

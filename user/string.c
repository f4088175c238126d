/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdint.h>
#include <string.h>

void *memcpy (void *restrict d, void const *restrict s, size_t n)
{
    uint8_t *dst = d;
    uint8_t const *src = s;

    for (size_t i = 0; i < n; i++)
        dst[i] = src[i];

    return d;
}

void *memmove (void *d, void const *s, size_t n)
{
    uint8_t *dst = d;
    uint8_t const *src = s;

    if ((uintptr_t) dst <= (uintptr_t) src)
        for (size_t i = 0; i < n; i++)
            dst[i] = src[i];
    else
        for (size_t i = n; i--; )
            dst[i] = src[i];

    return d;
}

void *memset (void *d, int c, size_t n)
{
    uint8_t *dst = d;

    for (size_t i = 0; i < n; i++)
        dst[i] = (uint8_t) c;

    return d;
}

int memcmp (void const *a, void const *b, size_t n)
{
    uint8_t const *x = a, *y = b;

    for (size_t i = 0; i < n; i++)
        if (x[i] != y[i])
            return x[i] - y[i];

    return 0;
}

size_t strnlen (char const *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;

    return n;
}

size_t strlen (char const *s)
{
    size_t n = 0;

    while (s[n])
        n++;

    return n;
}

int strcmp (char const *a, char const *b) { return strncmp (a, b, SIZE_MAX); }

int strncmp (char const *a, char const *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i] || !a[i])
            return (unsigned char) a[i] - (unsigned char) b[i];

    return 0;
}

char *strchr (char const *s, int c)
{
    for (;; s++) {
        if (*s == (char) c)
            return (char *) (uintptr_t) s;
        if (!*s)
            return NULL;
    }
}

void string_copy (char *d, char const *s, size_t size)
{
    size_t i = 0;

    for (; i + 1 < size && s[i]; i++)
        d[i] = s[i];

    d[i] = 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plain loops by word, then by byte. gcc recognises such loops and turns them into calls of the very functions that
 * they implement; KEEP() hides from it how a pointer proceeds, so that it can not.
 */
#include <string.h>

#include <base/compiler.h>
#include <base/types.h>

/* Any object may be looked at through these, at any address */
typedef uint64_t word_t __attribute__ ((may_alias, aligned (1)));

#define KEEP(p) __asm__ ("" : "+r" (p))

static void copy_up (uint8_t *d, uint8_t const *s, size_t n)
{
    for (; n >= sizeof (word_t); n -= sizeof (word_t), d += sizeof (word_t), s += sizeof (word_t)) {
        *(word_t *)d = *(word_t const *)s;
        KEEP (d);
    }

    for (; n; n--) {
        *d++ = *s++;
        KEEP (d);
    }
}

static void copy_dn (uint8_t *d, uint8_t const *s, size_t n)
{
    for (; n >= sizeof (word_t); n -= sizeof (word_t)) {
        *(word_t *)(d + n - sizeof (word_t)) = *(word_t const *)(s + n - sizeof (word_t));
        KEEP (d);
    }

    for (; n; n--) {
        d[n - 1] = s[n - 1];
        KEEP (d);
    }
}

void *memcpy (void *restrict dst, void const *restrict src, size_t n)
{
    copy_up (dst, src, n);
    return dst;
}

void *memmove (void *dst, void const *src, size_t n)
{
    /* Upwards is right unless dst starts inside the source */
    if ((uintptr_t)dst - (uintptr_t)src >= n)
        copy_up (dst, src, n);
    else
        copy_dn (dst, src, n);

    return dst;
}

void *memset (void *dst, int c, size_t n)
{
    word_t const word = (uint8_t)c * UINT64_C (0x0101010101010101);
    uint8_t *d = dst;

    for (; n >= sizeof word; n -= sizeof word, d += sizeof word) {
        *(word_t *)d = word;
        KEEP (d);
    }

    for (; n; n--) {
        *d++ = (uint8_t)c;
        KEEP (d);
    }

    return dst;
}

int memcmp (void const *a, void const *b, size_t n)
{
    uint8_t const *p = a, *q = b;

    for (; n; n--, p++, q++)
        if (*p != *q)
            return *p - *q;

    return 0;
}

size_t strnlen (char const *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;

    return n;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include <smbios.h>

#include <string.h>

enum { HEADER = 4, ENTRY_64 = 24, ENTRY_32 = 31, END = 127 };

static uint32_t number (uint8_t const *p, unsigned bytes)
{
    uint32_t v = 0;

    while (bytes--)
        v = v << 8 | p[bytes];

    return v;
}

static bool sum_zero (uint8_t const *p, size_t n)
{
    uint8_t sum = 0;

    while (n--)
        sum = (uint8_t) (sum + *p++);

    return !sum;
}

bool smbios_entry (uint8_t const *e, size_t size, uint64_t *table, uint32_t *length)
{
    if (size >= ENTRY_64 && !memcmp (e, "_SM3_", 5) && e[6] >= ENTRY_64 && e[6] <= size && sum_zero (e, e[6])) {
        *table  = (uint64_t) number (e + 20, 4) << 32 | number (e + 16, 4);
        *length = number (e + 12, 4);
        return true;
    }

    /* Version 2.1 says 30 of 31 bytes, by mistake */
    if (size >= ENTRY_32 && !memcmp (e, "_SM_", 4) && e[5] >= ENTRY_32 - 1 && e[5] <= size && sum_zero (e, e[5]) &&
        !memcmp (e + 16, "_DMI_", 5)) {
        *table  = number (e + 24, 4);
        *length = number (e + 22, 2);
        return true;
    }

    return false;
}

/* The structure of that type; *strings: where its strings begin, *end: where the next structure does. False: there is none. */
static bool find (struct smbios const *s, unsigned type, size_t *at, size_t *strings, size_t *end)
{
    for (*at = 0; s->data && s->size - *at >= HEADER; *at = *end) {

        size_t const length = s->data[*at + 1];

        if (length < HEADER || length > s->size - *at)
            return false;

        *strings = *at + length;

        /* Strings, each with its zero, and one zero more; two if there is none (6.1.3) */
        for (*end = *strings; s->size - *end >= 2 && (s->data[*end] || s->data[*end + 1]); ++*end) ;

        if (s->size - *end < 2)
            return false;

        *end += 2;

        if (s->data[*at] == type)
            return true;

        if (s->data[*at] == END)
            return false;
    }

    return false;
}

char const *smbios_string (struct smbios const *s, unsigned type, unsigned offset, char *buf, size_t size)
{
    size_t at, strings, end, n = 0;

    buf[0] = 0;

    if (!find (s, type, &at, &strings, &end) || offset >= s->data[at + 1])
        return buf;

    unsigned left = s->data[at + offset];               /* counted from 1; 0: none                              */

    for (; left > 1 && strings < end - 1; strings++)
        left -= !s->data[strings];

    for (; left == 1 && strings < end && s->data[strings] && n + 1 < size; strings++)
        buf[n++] = s->data[strings] >= ' ' && s->data[strings] < 0x7f ? (char) s->data[strings] : '?';

    while (n && buf[n - 1] == ' ')
        n--;

    buf[n] = 0;

    return buf;
}

bool smbios_field (struct smbios const *s, unsigned type, unsigned offset, unsigned bytes, uint32_t *value)
{
    size_t at, strings, end;

    if (!find (s, type, &at, &strings, &end) || offset + bytes > s->data[at + 1])
        return false;

    *value = number (s->data + at + offset, bytes);

    return true;
}

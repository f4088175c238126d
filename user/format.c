/* SPDX-License-Identifier: GPL-2.0-only */
#include <format.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct out {
    char *  buf;
    size_t  size, len;
};

static void put (struct out *o, char c)
{
    if (o->len + 1 < o->size)
        o->buf[o->len++] = c;
}

static void put_padded (struct out *o, char const *s, size_t n, unsigned width, bool left, char pad)
{
    if (!left)
        for (size_t i = n; i < width; i++)
            put (o, pad);

    for (size_t i = 0; i < n; i++)
        put (o, s[i]);

    if (left)
        for (size_t i = n; i < width; i++)
            put (o, ' ');
}

static void put_number (struct out *o, uint64_t v, bool negative, unsigned base, unsigned width, bool left, bool prefix, char pad)
{
    char digits[24];
    size_t n = sizeof (digits);

    do {
        digits[--n] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);

    if (negative && pad == '0' && !left) {
        put (o, '-');
        width -= width ? 1 : 0;
    } else if (negative)
        digits[--n] = '-';
    else if (prefix && base == 16) {
        digits[--n] = 'x';
        digits[--n] = '0';
    }

    put_padded (o, digits + n, sizeof (digits) - n, width, left, pad);
}

size_t format_v (char *buf, size_t size, char const *fmt, va_list args)
{
    struct out o = { .buf = buf, .size = size };

    for (; *fmt; fmt++) {

        if (*fmt != '%') {
            put (&o, *fmt);
            continue;
        }

        bool left = false, prefix = false;
        char pad = ' ';
        unsigned width = 0, longs = 0;

        for (fmt++; *fmt == '-' || *fmt == '0' || *fmt == '#'; fmt++)
            if (*fmt == '-')
                left = true;
            else if (*fmt == '#')
                prefix = true;
            else
                pad = '0';

        for (; *fmt >= '0' && *fmt <= '9'; fmt++)
            width = width * 10 + (unsigned) (*fmt - '0');

        for (; *fmt == 'l' || *fmt == 'z' || *fmt == 'h'; fmt++)
            longs += *fmt != 'h';

        switch (*fmt) {
            case 'c':
                put (&o, (char) va_arg (args, int));
                break;
            case 's': {
                char const *s = va_arg (args, char const *);
                s = s ? s : "(null)";
                put_padded (&o, s, strlen (s), width, left, ' ');
                break;
            }
            case 'd':
            case 'i': {
                int64_t const v = longs ? va_arg (args, int64_t) : va_arg (args, int);
                put_number (&o, v < 0 ? -(uint64_t) v : (uint64_t) v, v < 0, 10, width, left, false, pad);
                break;
            }
            case 'u':
            case 'x': {
                uint64_t const v = longs ? va_arg (args, uint64_t) : va_arg (args, unsigned);
                put_number (&o, v, false, *fmt == 'u' ? 10 : 16, width, left, prefix, pad);
                break;
            }
            case 'p':
                put_number (&o, (uintptr_t) va_arg (args, void *), false, 16, width, left, true, ' ');
                break;
            case 0:
                fmt--;
                break;
            default:
                put (&o, *fmt);
                break;
        }
    }

    if (size)
        buf[o.len] = 0;

    return o.len;
}

size_t format (char *buf, size_t size, char const *fmt, ...)
{
    va_list args;
    va_start (args, fmt);
    size_t const n = format_v (buf, size, fmt, args);
    va_end (args);
    return n;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The conversions of print: the useful part of C11 7.21.6.1, on an LP64 machine. */
#include <console/console.h>

#include <base/macros.h>
#include <string.h>

STATIC_ASSERT (sizeof (long) == 8 && sizeof (size_t) == sizeof (long) && sizeof (void *) == sizeof (long));

#define WIDTH_MAX   LINE_MAX

struct sink { char *buf; size_t size, len; };

/* One conversion specification */
struct spec { bool left, zero, alt, is_long; unsigned width, precision; };

/* va_list can be an array type: in a structure it can be passed on by reference */
struct args { va_list ap; };

static void put (struct sink *s, char c)
{
    if (s->len + 1 < s->size)
        s->buf[s->len++] = c;
}

static void put_times (struct sink *s, char c, size_t n)
{
    while (n--)
        put (s, c);
}

/* n characters of text after a prefix such as "-" or "0x", padded to the width of the specification */
static void put_padded (struct sink *s, struct spec const *f, char const *prefix, char const *text, size_t n)
{
    size_t const pre = strnlen (prefix, 2), used = pre + n;
    size_t const pad = used < f->width ? f->width - used : 0;

    if (!f->left && !f->zero)
        put_times (s, ' ', pad);

    for (size_t i = 0; i < pre; i++)
        put (s, prefix[i]);

    if (!f->left && f->zero)
        put_times (s, '0', pad);

    for (size_t i = 0; i < n; i++)
        put (s, text[i]);

    if (f->left)
        put_times (s, ' ', pad);
}

static void put_number (struct sink *s, struct spec const *f, char const *prefix, unsigned long v, unsigned base)
{
    char digits[20];                                /* 2^64 - 1 has 20 decimal digits                           */
    size_t i = sizeof digits;

    do {
        digits[--i] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);

    put_padded (s, f, prefix, digits + i, sizeof digits - i);
}

static void put_signed (struct sink *s, struct spec const *f, long v)
{
    /* Negated as unsigned: the smallest value has no positive counterpart */
    put_number (s, f, v < 0 ? "-" : "", v < 0 ? 0 - (unsigned long)v : (unsigned long)v, 10);
}

/* Decimal number or '*' */
static unsigned parse_number (char const **format, struct args *a, bool *negative)
{
    unsigned v = 0;

    if (**format == '*') {
        int const n = va_arg (a->ap, int);
        ++*format;
        *negative = n < 0;
        return MIN (n < 0 ? 0 - (unsigned)n : (unsigned)n, WIDTH_MAX);
    }

    for (; **format >= '0' && **format <= '9'; ++*format)
        v = MIN (v * 10 + (unsigned)(**format - '0'), WIDTH_MAX);

    return v;
}

/* Flags, width, precision and length modifier */
static struct spec parse_spec (char const **format, struct args *a)
{
    struct spec f = { .precision = WIDTH_MAX };
    bool negative = false;

    for (;; ++*format) {
        if (**format == '-')
            f.left = true;
        else if (**format == '0')
            f.zero = true;
        else if (**format == '#')
            f.alt = true;
        else
            break;
    }

    f.width = parse_number (format, a, &negative);
    f.left |= negative;

    if (**format == '.') {
        ++*format;
        negative = false;
        f.precision = parse_number (format, a, &negative);
        if (negative)
            f.precision = WIDTH_MAX;
    }

    for (; **format == 'l' || **format == 'z'; ++*format)
        f.is_long = true;

    return f;
}

static void put_string (struct sink *s, struct spec *f, char const *text)
{
    if (!text)
        text = "(null)";

    f->zero = false;
    put_padded (s, f, "", text, strnlen (text, f->precision));
}

/* conversion: the character after the modifiers; what is unknown appears as it is */
static void convert (struct sink *s, struct spec *f, char conversion, struct args *a)
{
    unsigned long v = 0;

    if (conversion == 'u' || conversion == 'x')
        v = f->is_long ? va_arg (a->ap, unsigned long) : va_arg (a->ap, unsigned);

    switch (conversion) {
        case '%': put (s, '%'); return;
        case 'c': put_padded (s, f, "", &(char){ (char)va_arg (a->ap, int) }, 1); return;
        case 's': put_string (s, f, va_arg (a->ap, char const *)); return;
        case 'd':
        case 'i': put_signed (s, f, f->is_long ? va_arg (a->ap, long) : va_arg (a->ap, int)); return;
        case 'u': put_number (s, f, "", v, 10); return;
        case 'x': put_number (s, f, f->alt && v ? "0x" : "", v, 16); return;
        case 'p': put_number (s, f, "0x", (uintptr_t)va_arg (a->ap, void *), 16); return;
    }

    put (s, '%');
    put (s, conversion);
}

size_t format_line (char *buf, size_t size, char const *format, va_list ap)
{
    struct sink s = { .buf = buf, .size = size };
    struct args a;

    if (!size)
        return 0;

    va_copy (a.ap, ap);

    while (*format) {

        if (*format != '%') {
            put (&s, *format++);
            continue;
        }

        format++;
        struct spec f = parse_spec (&format, &a);

        if (*format)
            convert (&s, &f, *format++, &a);
    }

    va_end (a.ap);
    buf[s.len] = 0;

    return s.len;
}

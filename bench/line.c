/* SPDX-License-Identifier: GPL-2.0-only */
#include <line.h>

#include <buffer.h>
#include <console.h>
#include <crc32.h>
#include <format.h>
#include <stdarg.h>

enum { LINE_MAX = 900, RUN_MAX = 64 };                  /* bytes of a line, and of one value with its count     */

void line (char const *kind, char const *fmt, ...)
{
    char buf[LINE_MAX + RUN_MAX];
    va_list args;

    size_t n = format (buf, sizeof (buf), "KN1 %s ", kind);
    va_start (args, fmt);
    n += format_v (buf + n, LINE_MAX - n, fmt, args);
    va_end (args);

    uint32_t const crc = crc32 (0, buf, n);
    n += format (buf + n, sizeof (buf) - n, " *%08x\n", crc);

    buffer_line (kind, buf, n);
    console_write (buf, n);
}

char const *line_word (char *buf, size_t size, char const *text)
{
    size_t n = 0;

    for (; n + 1 < size && text[n]; n++)
        buf[n] = text[n] > ' ' && text[n] < 0x7f ? text[n] : '~';

    if (!n && size > 1)
        buf[n++] = '-';

    buf[n] = 0;

    return buf;
}

void line_samples (char const *kind, char const *name, char const *key, char const *word, int64_t const *sample, unsigned count)
{
    for (unsigned i = 0, seq = 0; i < count; seq++) {

        char buf[LINE_MAX - 128];

        for (size_t n = 0; i < count && n + RUN_MAX < sizeof (buf); ) {

            unsigned same = 1;

            while (i + same < count && sample[i + same] == sample[i])
                same++;

            n += format (buf + n, sizeof (buf) - n, n ? ",%ld*%u" : "%ld*%u", sample[i], same);
            i += same;
        }

        line (kind, key ? "name=%s seq=%u v=%s %s=%s" : "name=%s seq=%u v=%s", name, seq, buf, key, word);
    }
}

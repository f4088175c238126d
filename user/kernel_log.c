/* SPDX-License-Identifier: GPL-2.0-only */
#include <kernel_log.h>

#include <mem.h>
#include <root.h>
#include <string.h>

struct log { uint32_t read, write; char text[]; };

static struct log const volatile *map (uint32_t *slots)
{
    struct hip const *const h = root.hip;
    static struct log const volatile *log;

    if (!log && h->mbuf_end - h->mbuf_start > sizeof (*log) && h->mbuf_end > h->mbuf_start)
        log = mem_map (h->mbuf_start, h->mbuf_end - h->mbuf_start, PERM_MEM_R, MAD_RAM);

    *slots = (uint32_t) (h->mbuf_end - h->mbuf_start - sizeof (*log));

    return log;
}

char const *kernel_log (char const *text, char *buf, size_t size)
{
    uint32_t slots;
    struct log const volatile *const log = map (&slots);
    size_t const want = strlen (text);
    size_t matched = 0, n = 0;

    buf[0] = 0;

    if (size <= want)
        return NULL;

    for (uint32_t left = log ? slots : 0, i = log ? log->read % slots : 0; left && i != log->write % slots; left--, i = (i + 1) % slots) {

        char const c = log->text[i];

        if (c == '\n' && matched == want)
            break;

        if (matched < want)                             /* texts that are looked for do not repeat their begin  */
            matched = c == text[matched] ? matched + 1 : c == text[0] ? 1 : 0;
        else if (n + 1 < size - want)
            buf[want + n++] = c;
    }

    if (matched < want)
        return NULL;

    memcpy (buf, text, want);
    buf[want + n] = 0;

    return buf;
}

size_t kernel_log_copy (char *buf, size_t size)
{
    uint32_t slots;
    struct log const volatile *const log = map (&slots);
    size_t n = 0;

    for (uint32_t i = log ? log->read % slots : 0; log && n + 1 < size && i != log->write % slots; i = (i + 1) % slots)
        buf[n++] = log->text[i];

    if (n && buf[n - 1] != '\n')
        buf[n++] = '\n';

    return n;
}

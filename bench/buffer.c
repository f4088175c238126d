/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffer is text: a header, which is a line of the protocol, always as long, and written again after each line; then what the kernel
 * said at boot; then the lines. Each of them proves itself, so all that depends on the header is where the text ends. Whoever finds the
 * memory later, a debugger or the next system after a reset, does not look into the caches: all is written back.
 */
#include <buffer.h>

#include <cache.h>
#include <crc32.h>
#include <format.h>
#include <kernel_log.h>
#include <line.h>
#include <mem.h>
#include <root.h>
#include <string.h>

/*
 * A run of all benchmarks on two CPUs, with figures that vary, prints 6 MiB, all but 70 KiB of it samples. FOR_OTHERS is kept free of
 * samples: what was measured, and how it ended, is there in any case.
 */
enum { BYTES = 16 << 20, LEAST = 64 << 10, MOST = 1 << 30, FOR_OTHERS = 256 << 10, HEADER = 109 };

static char *memory;
static uint64_t address;
static size_t size, length;                             /* length: of header and text                           */
static unsigned dropped;

static void put_header (void)
{
    char text[HEADER + 1];

    size_t const n = format (text, sizeof (text), "KN1 buffer version=1 address=0x%016lx size=0x%08zx length=0x%08zx dropped=%08u", address,
                             size, length, dropped);
    format (text + n, sizeof (text) - n, " *%08x\n", crc32 (0, text, n));

    memcpy (memory, text, HEADER);
    cache_clean (memory, HEADER);
}

static bool is_sample (char const *kind) { return !strcmp (kind, "samples") || !strcmp (kind, "stage"); }

void buffer_init (void)
{
    uint64_t const wanted = root_option_number ("buffer", BYTES);

    size = wanted < MOST ? wanted : MOST;

    while (size >= LEAST && !(memory = mem_alloc_apart (size, &address)))
        size /= 2;

    if (!memory)
        return;

    length = HEADER + kernel_log_copy (memory + HEADER, LEAST / 2);
    put_header();
    cache_clean (memory, size);
}

void buffer_meta (void)
{
    if (memory)
        line ("meta", "buffer=%#lx,%#zx", address, size);
    else
        line ("meta", "buffer=none");
}

void buffer_line (char const *kind, char const *text, size_t n)
{
    if (!memory)
        return;

    size_t const left = size - length, others = size / 4 < FOR_OTHERS ? size / 4 : FOR_OTHERS;

    /* After samples that were dropped there are no more: a benchmark is whole, or it has none from some line on */
    if (is_sample (kind) ? dropped || left < n + others : left < n)
        dropped++;
    else {
        memcpy (memory + length, text, n);
        cache_clean (memory + length, n);
        length += n;
    }

    put_header();
}

bool buffer_place (uint64_t *phys, size_t *bytes)
{
    *phys  = address;
    *bytes = size;

    return memory;
}

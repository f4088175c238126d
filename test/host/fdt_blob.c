/* SPDX-License-Identifier: GPL-2.0-only */
#include <fdt_blob.h>

#include <fdt.h>
#include <stdarg.h>

enum { BEGIN = 1, END = 2, PROP = 3, NOP = 4, FINISH = 9 };

static uint8_t structs[8192], strings[2048];
static size_t structs_size, strings_size;

static void put32 (uint8_t *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - i * 8));
}

static void word (uint32_t v)
{
    assert_true (structs_size + 4 <= sizeof structs);
    put32 (structs + structs_size, v);
    structs_size += 4;
}

static void bytes (void const *data, size_t size)
{
    assert_true (structs_size + size + 4 <= sizeof structs);
    memset (structs + structs_size, 0, size + 4);
    memcpy (structs + structs_size, data, size);
    structs_size += (size + 3) & ~(size_t)3;
}

void blob_begin (char const *node)
{
    word (BEGIN);
    bytes (node, strlen (node) + 1);
}

void blob_end (void) { word (END); }
void blob_nop (void) { word (NOP); }

static void prop (char const *name, void const *data, size_t size)
{
    size_t at = 0;

    while (at < strings_size && strcmp ((char *)strings + at, name))
        at += strlen ((char *)strings + at) + 1;

    if (at == strings_size) {
        assert_true (at + strlen (name) < sizeof strings);
        strcpy ((char *)strings + at, name);
        strings_size += strlen (name) + 1;
    }

    word (PROP);
    word ((uint32_t)size);
    word ((uint32_t)at);
    bytes (data, size);
}

void blob_cells (char const *name, unsigned count, ...)
{
    uint8_t data[256];
    va_list ap;

    va_start (ap, count);
    for (unsigned i = 0; i < count; i++)
        put32 (data + i * 4, va_arg (ap, uint32_t));
    va_end (ap);

    prop (name, data, count * 4);
}

void blob_text (char const *name, char const *s, size_t size) { prop (name, s, size); }

struct fdt_blob blob_finish (void)
{
    word (FINISH);

    size_t const size = FDT_HEADER + 16 + structs_size + strings_size;
    uint8_t *const b = calloc (1, size);
    uint32_t const header[] = {
        0xd00dfeed, (uint32_t)size, FDT_HEADER + 16, (uint32_t)(FDT_HEADER + 16 + structs_size), FDT_HEADER, 17, 16, 0,
        (uint32_t)strings_size, (uint32_t)structs_size,
    };

    for (unsigned i = 0; i < FDT_HEADER / 4; i++)
        put32 (b + i * 4, header[i]);

    memcpy (b + FDT_HEADER + 16, structs, structs_size);
    memcpy (b + FDT_HEADER + 16 + structs_size, strings, strings_size);
    structs_size = strings_size = 0;

    return (struct fdt_blob) { b, size };
}

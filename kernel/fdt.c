/* SPDX-License-Identifier: GPL-2.0-only */
/* Reader of flattened device trees. Section numbers: Devicetree Specification 0.4. */
#include <fdt.h>

#include <base/macros.h>
#include <boot_info.h>
#include <string.h>

enum {
    FDT_MAGIC       = 0xd00dfeed,                       /* 5.2                                                      */
    FDT_VERSION     = 16,                               /* the oldest one that we read, and that readers of this one can */

    TOKEN_BEGIN     = 1,                                /* 5.4.1                                                    */
    TOKEN_END       = 2,
    TOKEN_PROP      = 3,
    TOKEN_NOP       = 4,
    TOKEN_FINISH    = 9,

    CELLS_MAX       = 4,                                /* more make no sense; 3 are PCI's                          */
};

/* Words of the header, 5.2 */
enum { H_MAGIC, H_TOTAL, H_STRUCTS, H_STRINGS, H_RESERVED, H_VERSION, H_COMPATIBLE, H_CPU, H_STRINGS_SIZE, H_STRUCTS_SIZE, H_WORDS };

STATIC_ASSERT (H_WORDS * 4 == FDT_HEADER);

static uint32_t be32 (void const *p)
{
    uint8_t const *const b = p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t header (void const *blob, unsigned word) { return be32 ((char const *)blob + word * 4); }

uint32_t fdt_size (void const *blob) { return header (blob, H_MAGIC) == FDT_MAGIC ? header (blob, H_TOTAL) : 0; }

/* A block of the blob; false: it leaves the blob */
static bool block (uint32_t total, uint32_t start, uint32_t size) { return start >= FDT_HEADER && start <= total && size <= total - start; }

bool fdt_open (struct fdt *f, void const *blob, size_t size)
{
    if (!blob || (uintptr_t)blob % 4 || (size && size < FDT_HEADER))
        return false;

    uint32_t const total = fdt_size (blob), version = header (blob, H_VERSION);
    uint32_t const structs = header (blob, H_STRUCTS), strings = header (blob, H_STRINGS), strings_size = header (blob, H_STRINGS_SIZE);

    if (total < FDT_HEADER || total > (size ? MIN (size, FDT_SIZE_MAX) : FDT_SIZE_MAX))
        return false;

    if (version < FDT_VERSION || header (blob, H_COMPATIBLE) > FDT_VERSION + 1)
        return false;

    /* The size of the structure block came with version 17 */
    uint32_t const structs_size = version > FDT_VERSION ? header (blob, H_STRUCTS_SIZE) : structs < total ? total - structs : 0;

    if (structs % 4 || !block (total, structs, structs_size) || !block (total, strings, strings_size))
        return false;

    *f = (struct fdt) { blob, structs, structs + structs_size, strings, strings + strings_size };

    return true;
}

/* The string at an offset; null: it does not end before the end of its block */
static char const *string_at (struct fdt const *f, uint64_t at, uint32_t end)
{
    if (at >= end)
        return NULL;

    char const *const s = f->blob + at;

    return strnlen (s, end - at) < end - at ? s : NULL;
}

/* The token at *at, and the next one's offset; NOPs are passed over. TOKEN_FINISH also when the block ends. */
static uint32_t token (struct fdt const *f, uint32_t *at)
{
    while (f->structs_end - *at >= 4) {

        uint32_t const t = be32 (f->blob + *at);

        *at += 4;

        if (t != TOKEN_NOP)
            return t;
    }

    return TOKEN_FINISH;
}

/* After TOKEN_PROP: name and value, and *at behind them. False: damaged */
static bool property (struct fdt const *f, uint32_t *at, char const **name, struct fdt_prop *p)
{
    if (f->structs_end - *at < 8)
        return false;

    uint32_t const size = be32 (f->blob + *at), offset = be32 (f->blob + *at + 4), room = f->structs_end - *at - 8;

    if (align_up (size, 4) > room)
        return false;

    *name = string_at (f, (uint64_t)f->strings + offset, f->strings_end);
    *p    = (struct fdt_prop) { f->blob + *at + 8, size };
    *at  += 8 + (uint32_t)align_up (size, 4);

    return *name;
}

static bool same (char const *a, char const *b)
{
    size_t const n = strnlen (a, FDT_SIZE_MAX);

    return strnlen (b, FDT_SIZE_MAX) == n && !memcmp (a, b, n);
}

uint32_t fdt_cell (struct fdt_prop p, unsigned i) { return p.data && i < p.size / 4 ? be32 ((char const *)p.data + i * 4) : 0; }

static uint64_t cells (struct fdt_prop p, unsigned i, unsigned n)
{
    uint64_t v = 0;

    while (n--)
        v = v << 32 | fdt_cell (p, i++);

    return v;
}

uint64_t fdt_value (struct fdt_prop p) { return p.size == 4 || p.size == 8 ? cells (p, 0, p.size / 4) : 0; }

bool fdt_string (struct fdt_prop p, char const *s)
{
    size_t const n = strnlen (s, FDT_SIZE_MAX) + 1;

    for (size_t at = 0; at < p.size; ) {

        char const *const t = (char const *)p.data + at;
        size_t const length = strnlen (t, p.size - at);

        if (length == p.size - at)                      /* not terminated                                           */
            return false;

        if (length + 1 == n && !memcmp (s, t, n))
            return true;

        at += length + 1;
    }

    return false;
}

struct fdt_prop fdt_prop (struct fdt_walk const *w, char const *name)
{
    struct fdt_prop p;
    char const *n;

    for (uint32_t at = w->props; token (w->fdt, &at) == TOKEN_PROP && property (w->fdt, &at, &n, &p); )
        if (same (n, name))
            return p;

    return (struct fdt_prop) { NULL, 0 };
}

bool fdt_compatible (struct fdt_walk const *w, char const *model) { return fdt_string (fdt_prop (w, "compatible"), model); }

bool fdt_enabled (struct fdt_walk const *w)
{
    struct fdt_prop const p = fdt_prop (w, "status");

    return !p.data || fdt_string (p, "okay") || fdt_string (p, "ok");
}

void fdt_walk (struct fdt_walk *w, struct fdt const *f) { *w = (struct fdt_walk) { .fdt = f, .next = f->structs, .depth = ~0U }; }

/* What the children need to know, and where the properties end. False: damaged */
static bool enter (struct fdt_walk *w)
{
    struct fdt_prop p;
    char const *name;
    uint8_t address_cells = 2, size_cells = 1;          /* defaults, 2.3.5                                          */
    struct fdt_prop ranges = { NULL, 0 };

    for (uint32_t at = w->props; token (w->fdt, &at) == TOKEN_PROP; w->next = at) {

        if (!property (w->fdt, &at, &name, &p))
            return false;

        if (same (name, "#address-cells"))
            address_cells = (uint8_t)MIN (fdt_cell (p, 0), CELLS_MAX + 1U);
        else if (same (name, "#size-cells"))
            size_cells = (uint8_t)MIN (fdt_cell (p, 0), CELLS_MAX + 1U);
        else if (same (name, "ranges"))
            ranges = p;
    }

    if (w->depth < FDT_DEPTH) {
        w->level[w->depth].address_cells = address_cells;
        w->level[w->depth].size_cells    = size_cells;
        w->level[w->depth].ranges        = ranges;
        w->level[w->depth].bus           = !w->depth || ranges.data;
    }

    return true;
}

bool fdt_next (struct fdt_walk *w)
{
    struct fdt const *const f = w->fdt;

    while (!w->damaged) {

        uint32_t at = w->next;
        uint32_t const t = token (f, &at);

        switch (t) {

            case TOKEN_END:
                if (w->depth-- == ~0U)
                    w->damaged = true;
                w->next = at;
                if (w->depth == ~0U)                    /* the root ends, and so does the tree                      */
                    return false;
                break;

            case TOKEN_BEGIN:
                w->name = string_at (f, at, f->structs_end);
                if (!w->name || w->depth == UINT8_MAX) {
                    w->damaged = true;
                    break;
                }
                at += (uint32_t)align_up (strnlen (w->name, FDT_SIZE_MAX) + 1, 4);
                w->props = w->next = MIN (at, f->structs_end);
                w->depth++;
                w->damaged = !enter (w);
                if (!w->damaged && w->depth < FDT_DEPTH)
                    return true;
                break;

            default:
                w->damaged = true;
                break;
        }
    }

    return false;
}

/* One step up: from an address on the bus of the node at that depth to one where that node is. 2.3.8 */
static bool translate (struct fdt_walk const *w, unsigned depth, uint64_t *addr, uint64_t size)
{
    struct fdt_prop const r = w->level[depth].ranges;
    unsigned const child = w->level[depth].address_cells, parent = w->level[depth - 1].address_cells, length = w->level[depth].size_cells;
    unsigned const entry = child + parent + length;

    if (!w->level[depth].bus || child > 2 || parent > 2 || length > 2 || !entry)
        return false;

    if (!r.size)                                        /* empty: the same addresses                                */
        return true;

    for (unsigned i = 0; i + entry <= r.size / 4; i += entry) {

        uint64_t const from = cells (r, i, child), to = cells (r, i + child, parent), span = cells (r, i + child + parent, length);

        if (*addr >= from && *addr - from < span && size <= span - (*addr - from)) {
            *addr = to + (*addr - from);
            return true;
        }
    }

    return false;
}

bool fdt_reg (struct fdt_walk const *w, unsigned n, paddr_t *addr, uint64_t *size)
{
    if (!w->depth || w->depth >= FDT_DEPTH)
        return false;

    struct fdt_prop const p = fdt_prop (w, "reg");
    unsigned const ac = w->level[w->depth - 1].address_cells, sc = w->level[w->depth - 1].size_cells, entry = ac + sc;

    if (!ac || ac > 2 || sc > 2 || n >= p.size / 4 / entry)
        return false;

    uint64_t a = cells (p, n * entry, ac);
    uint64_t const s = cells (p, n * entry + ac, sc);

    for (unsigned depth = w->depth - 1; depth; depth--)
        if (!translate (w, depth, &a, s))
            return false;

    if (a + s < a)
        return false;

    *addr = a;
    *size = s;

    return true;
}

/* Does a component of a path name the current node? The unit address may be left out (2.2.3). */
static bool component (struct fdt_walk const *w, char const *s, size_t length)
{
    if (strnlen (w->name, length) < length || memcmp (w->name, s, length))
        return false;

    bool unit = false;

    for (size_t i = 0; i < length; i++)
        unit |= s[i] == '@';

    return !w->name[length] || (w->name[length] == '@' && !unit);
}

static size_t span (char const *s, char stop)
{
    size_t n = 0;

    while (s[n] && s[n] != stop && s[n] != ':')
        n++;

    return n;
}

static bool find_absolute (struct fdt_walk *w, struct fdt const *f, char const *path)
{
    fdt_walk (w, f);

    if (!fdt_next (w))
        return false;

    for (unsigned depth = 1;; depth++) {

        while (*path == '/')
            path++;

        size_t const length = span (path, '/');

        if (!length)
            return true;

        do
            if (!fdt_next (w) || w->depth < depth)
                return false;
        while (w->depth > depth || !component (w, path, length));

        path += length;
    }
}

bool fdt_find (struct fdt_walk *w, struct fdt const *f, char const *path)
{
    char name[32];
    size_t const length = span (path, '/');

    if (!length)
        return find_absolute (w, f, path);

    if (length >= sizeof name || !find_absolute (w, f, "/aliases"))
        return false;

    memcpy (name, path, length);
    name[length] = 0;

    struct fdt_prop const p = fdt_prop (w, name);

    if (!p.size || ((char const *)p.data)[p.size - 1] || *(char const *)p.data != '/')
        return false;

    return find_absolute (w, f, p.data);
}

void fdt_boot_info (struct fdt const *f, struct boot_info *out)
{
    struct fdt_walk w;

    out->cmdline[0] = 0;
    out->root_start = out->root_end = 0;

    if (!fdt_find (&w, f, "/chosen"))
        return;

    struct fdt_prop const args = fdt_prop (&w, "bootargs");
    uint64_t const start = fdt_value (fdt_prop (&w, "linux,initrd-start")), end = fdt_value (fdt_prop (&w, "linux,initrd-end"));

    if (args.size) {
        size_t const n = strnlen (args.data, MIN (args.size, CMDLINE_MAX - 1U));

        memcpy (out->cmdline, args.data, n);
        out->cmdline[n] = 0;
    }

    if (start < end) {
        out->root_start = start;
        out->root_end   = end;
    }
}

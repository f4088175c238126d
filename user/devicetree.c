/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A node is the offset of its FDT_BEGIN_NODE token in the tree, 0: none. Every access is checked against the size of the tree; what lies
 * beyond it reads as FDT_END, as an empty string or as a missing property. Addresses are taken as they stand: no bus translates them.
 */
#include <devicetree.h>
#include <mem.h>
#include <string.h>

enum { MAGIC = 0xd00dfeed, BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9, HEADER = 40, MAX_SIZE = 2 << 20, DEPTH = 8 };

static char const *tree;
static uint32_t size, structs, strings, reserve;
static uint64_t tree_phys;

static uint32_t word (uint64_t at)
{
    uint32_t v;

    if (at > size || size - at < sizeof (v))
        return END;

    memcpy (&v, tree + at, sizeof (v));

    return __builtin_bswap32 (v);
}

static char const *text (uint64_t at)
{
    for (uint64_t i = at; i < size; i++)
        if (!tree[i])
            return tree + at;

    return "";
}

/* Offset of the token behind that at offset at */
static uint64_t behind (uint64_t at)
{
    switch (word (at)) {
        case BEGIN_NODE: return (at + 4 + strlen (text (at + 4)) + 1 + 3) & ~UINT64_C (3);
        case PROP:       return (at + 12 + word (at + 4) + 3) & ~UINT64_C (3);
        default:         return at + 4;
    }
}

static uint64_t child (uint64_t node)
{
    for (uint64_t at = node ? behind (node) : size; ; at = behind (at))
        switch (word (at)) {
            case PROP:
            case NOP:        break;
            case BEGIN_NODE: return at;
            default:         return 0;
        }
}

static uint64_t sibling (uint64_t node)
{
    unsigned depth = 0;

    for (uint64_t at = node; ; at = behind (at))
        switch (word (at)) {
            case PROP:
            case NOP:        break;
            case BEGIN_NODE: if (at != node && !depth)
                                 return at;
                             depth++;
                             break;
            case END_NODE:   if (!depth)
                                 return 0;
                             depth--;
                             break;
            default:         return 0;
        }
}

struct prop {
    uint64_t    at;                                     /* offset of the value                                  */
    uint32_t    size;
};

static bool prop (uint64_t node, char const *name, struct prop *p)
{
    for (uint64_t at = node ? behind (node) : size; word (at) == PROP || word (at) == NOP; at = behind (at))
        if (word (at) == PROP && !strcmp (text ((uint64_t) strings + word (at + 8)), name)) {
            *p = (struct prop) { at + 12, word (at + 4) };
            return p->at <= size && p->size <= size - p->at;
        }

    return false;
}

static char const *prop_text (uint64_t node, char const *name)
{
    struct prop p;

    return prop (node, name, &p) && p.size ? text (p.at) : "";
}

/* One of the strings in a list */
static bool prop_lists (uint64_t node, char const *name, char const *wanted)
{
    struct prop p;

    if (prop (node, name, &p))
        for (uint64_t i = 0; i < p.size; i += strlen (text (p.at + i)) + 1)
            if (!strcmp (text (p.at + i), wanted))
                return true;

    return false;
}

static unsigned cells (uint64_t node, char const *name, unsigned otherwise)
{
    struct prop p;

    return prop (node, name, &p) && p.size == 4 ? word (p.at) : otherwise;
}

static uint64_t number (uint64_t at, unsigned count)
{
    uint64_t v = 0;

    for (; count--; at += 4)
        v = v << 32 | word (at);

    return v;
}

/* The i-th entry of reg; the parent says how many cells address and size have (2.3.5, 2.3.6) */
static bool reg (uint64_t parent, uint64_t node, unsigned i, struct range *r)
{
    unsigned const a = cells (parent, "#address-cells", 2), s = cells (parent, "#size-cells", 1);
    struct prop p;

    if (!prop (node, "reg", &p) || a > 2 || s > 2 || !(a + s) || i >= p.size / 4 / (a + s))
        return false;

    uint64_t const at = p.at + UINT64_C (4) * i * (a + s);

    r->start = number (at, a);
    r->end   = r->start + number (at + 4 * a, s);

    return true;
}

/* The child whose name is the first length characters of name */
static uint64_t named (uint64_t parent, char const *name, size_t length)
{
    uint64_t node = child (parent);

    while (node && (strncmp (text (node + 4), name, length) || text (node + 4)[length]))
        node = sibling (node);

    return node;
}

/* The node of a path, which ends with the string or at a colon (3.6); without a slash in front it is an alias (3.3) */
static uint64_t find (char const *path, uint64_t *parent)
{
    uint64_t node = structs;

    for (unsigned hops = 0; *path != '/'; hops++) {

        char alias[32];
        size_t n = 0;

        while (path[n] && path[n] != ':' && n < sizeof (alias) - 1)
            n++;

        string_copy (alias, path, n + 1);
        path = prop_text (named (structs, "aliases", 7), alias);

        if (!*path || hops == DEPTH)
            return 0;
    }

    while (*path == '/') {

        size_t n = 0;

        for (path++; path[n] && path[n] != '/' && path[n] != ':'; n++) ;

        *parent = node;
        node    = named (node, path, n);
        path   += n;
    }

    return node;
}

bool dt_open (uint64_t phys)
{
    uint32_t const *const head = phys && !(phys & 7) ? mem_map (phys, HEADER, PERM_MEM_R, MAD_RAM) : NULL;

    if (!head || __builtin_bswap32 (head[0]) != MAGIC)
        return false;

    uint32_t const total = __builtin_bswap32 (head[1]);
    char const *const map = total >= HEADER && total <= MAX_SIZE ? mem_map (phys, total, PERM_MEM_R, MAD_RAM) : NULL;

    if (!map)
        return false;

    tree      = map;
    tree_phys = phys;
    size      = total;
    structs   = word (8);
    strings   = word (12);
    reserve   = word (16);

    return word (structs) == BEGIN_NODE;
}

/* Memory of the secure world is disabled for us */
static bool enabled (uint64_t node)
{
    char const *const s = prop_text (node, "status");

    return !*s || !strcmp (s, "okay") || !strcmp (s, "ok");
}

bool dt_memory (unsigned i, struct range *r)
{
    for (uint64_t node = child (structs); node; node = sibling (node))
        if (!strcmp (prop_text (node, "device_type"), "memory") && enabled (node))
            for (unsigned k = 0; reg (structs, node, k, r); k++)
                if (!i--)
                    return true;

    return false;
}

bool dt_reserved (unsigned i, struct range *r)
{
    if (!size)
        return false;

    if (!i--) {
        *r = (struct range) { tree_phys, tree_phys + size };
        return true;
    }

    /* The memory reservation block (5.3): pairs of address and size, both 0 at the end */
    for (uint64_t at = reserve; at + 16 <= size && (number (at, 2) || number (at + 8, 2)); at += 16)
        if (!i--) {
            *r = (struct range) { number (at, 2), number (at, 2) + number (at + 8, 2) };
            return true;
        }

    uint64_t const parent = named (structs, "reserved-memory", 15);

    for (uint64_t node = child (parent); node; node = sibling (node))
        for (unsigned k = 0; reg (parent, node, k, r); k++)
            if (!i--)
                return true;

    return false;
}

char const *dt_bootargs (void) { return prop_text (named (structs, "chosen", 6), "bootargs"); }

bool dt_initrd (struct range *r)
{
    uint64_t const chosen = named (structs, "chosen", 6);
    struct prop start, end;

    if (!prop (chosen, "linux,initrd-start", &start) || !prop (chosen, "linux,initrd-end", &end) || start.size > 8 || end.size > 8)
        return false;

    *r = (struct range) { number (start.at, start.size / 4), number (end.at, end.size / 4) };

    return r->start < r->end;
}

char const *dt_cpu (void)
{
    for (uint64_t node = child (named (structs, "cpus", 4)); node; node = sibling (node))
        if (!strcmp (prop_text (node, "device_type"), "cpu"))
            return prop_text (node, "compatible");

    return "";
}

/* The first device with that binding that is ours, and the bus that it is on */
static uint64_t device (uint64_t bus, char const *compatible, unsigned depth, uint64_t *parent)
{
    for (uint64_t node = child (bus), found; node; node = sibling (node)) {

        *parent = bus;

        if (prop_lists (node, "compatible", compatible) && enabled (node))
            return node;

        if (depth && (found = device (node, compatible, depth - 1, parent)))
            return found;
    }

    return 0;
}

bool dt_device (char const *compatible, unsigned entry, struct range *r)
{
    uint64_t parent, node = device (structs, compatible, DEPTH, &parent);

    return node && reg (parent, node, entry, r);
}

/* Three cells: 0 for a shared peripheral interrupt, its number, trigger (binding arm,gic) */
bool dt_pin (char const *compatible, unsigned *pin)
{
    uint64_t parent, node = device (structs, compatible, DEPTH, &parent);
    struct prop p;

    if (!node || !prop (node, "interrupts", &p) || p.size < 12 || word (p.at))
        return false;

    *pin = word (p.at + 4);

    return true;
}

bool dt_console (char const *compatible, uint64_t *addr)
{
    uint64_t parent = 0;
    uint64_t const node = find (prop_text (named (structs, "chosen", 6), "stdout-path"), &parent);
    struct range r;

    if (!node || !prop_lists (node, "compatible", compatible) || !reg (parent, node, 0, &r))
        return false;

    *addr = r.start;

    return true;
}

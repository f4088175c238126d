/* SPDX-License-Identifier: GPL-2.0-only */
/* What a root task asks a device tree. The kernel's reader (kernel/fdt.c) checks every access against the size of the tree. */
#include <devicetree.h>

#include <fdt.h>
#include <mem.h>
#include <string.h>

static struct fdt tree;                                 /* blob NULL: there is none                             */
static uint64_t tree_phys;
static uint32_t tree_size;

static bool find (struct fdt_walk *w, char const *path) { return tree.blob && fdt_find (w, &tree, path); }

static bool next (struct fdt_walk *w) { return tree.blob && fdt_next (w); }

static struct fdt_walk all (void)
{
    struct fdt_walk w;

    fdt_walk (&w, &tree);

    return w;
}

/* A string that ends within the property, else "" */
static char const *text (struct fdt_prop p) { return p.size && strnlen (p.data, p.size) < p.size ? p.data : ""; }

static bool reg (struct fdt_walk const *w, unsigned i, struct range *r)
{
    uint64_t size;

    if (!fdt_reg (w, i, &r->start, &size))
        return false;

    r->end = r->start + size;

    return true;
}

bool dt_open (uint64_t phys)
{
    void const *const head = phys && !(phys & 7) ? mem_map (phys, FDT_HEADER, PERM_MEM_R, MAD_RAM) : NULL;
    uint32_t const size = head ? fdt_size (head) : 0;

    if (size < FDT_HEADER || size > FDT_SIZE_MAX)
        return false;

    tree_phys = phys;
    tree_size = size;

    return fdt_open (&tree, mem_map (phys, size, PERM_MEM_R, MAD_RAM), size);
}

/* Memory of the secure world is disabled for us */
bool dt_memory (unsigned i, struct range *r)
{
    for (struct fdt_walk w = all(); next (&w); )
        if (fdt_string (fdt_prop (&w, "device_type"), "memory") && fdt_enabled (&w))
            for (unsigned k = 0; reg (&w, k, r); k++)
                if (!i--)
                    return true;

    return false;
}

/* Entry i of the memory reservation block (5.3): pairs of address and size, both 0 at the end */
static bool reservation (unsigned i, struct range *r)
{
    uint64_t const at = fdt_cell ((struct fdt_prop) { tree.blob, FDT_HEADER }, 4) + UINT64_C (16) * i;

    if (at % 8 || at + 16 > tree_size)
        return false;

    struct fdt_prop const p = { tree.blob + at, 8 }, size = { tree.blob + at + 8, 8 };

    *r = (struct range) { fdt_value (p), fdt_value (p) + fdt_value (size) };

    return r->start || r->end;
}

bool dt_reserved (unsigned i, struct range *r)
{
    struct fdt_walk w;

    if (!tree.blob)
        return false;

    if (!i--) {
        *r = (struct range) { tree_phys, tree_phys + tree_size };
        return true;
    }

    for (unsigned k = 0; reservation (k, r); k++)
        if (!i--)
            return true;

    if (find (&w, "/reserved-memory"))
        for (unsigned const depth = w.depth; next (&w) && w.depth > depth; )
            for (unsigned k = 0; reg (&w, k, r); k++)
                if (!i--)
                    return true;

    return false;
}

char const *dt_bootargs (void)
{
    struct fdt_walk w;

    return find (&w, "/chosen") ? text (fdt_prop (&w, "bootargs")) : "";
}

bool dt_initrd (struct range *r)
{
    struct fdt_walk w;

    if (!find (&w, "/chosen"))
        return false;

    *r = (struct range) { fdt_value (fdt_prop (&w, "linux,initrd-start")), fdt_value (fdt_prop (&w, "linux,initrd-end")) };

    return r->start < r->end;
}

char const *dt_cpu (void)
{
    for (struct fdt_walk w = all(); next (&w); )
        if (fdt_string (fdt_prop (&w, "device_type"), "cpu"))
            return text (fdt_prop (&w, "compatible"));

    return "";
}

char const *dt_model (void)
{
    struct fdt_walk w;

    if (!find (&w, "/"))
        return "";

    char const *const model = text (fdt_prop (&w, "model"));

    return *model ? model : text (fdt_prop (&w, "compatible"));
}

/* The first device with that binding that is ours: those of the secure world are disabled */
static bool device (struct fdt_walk *w, char const *compatible)
{
    for (*w = all(); next (w); )
        if (fdt_enabled (w) && fdt_compatible (w, compatible))
            return true;

    return false;
}

bool dt_device (char const *compatible, unsigned entry, struct range *r)
{
    struct fdt_walk w;

    return device (&w, compatible) && reg (&w, entry, r);
}

/* The console of /chosen, if it is such a device */
static bool console (struct fdt_walk *w, char const *compatible)
{
    return find (w, "/chosen") && find (w, text (fdt_prop (w, "stdout-path"))) && fdt_compatible (w, compatible);
}

/* Three cells: 0 for a shared peripheral interrupt, its number, trigger (binding arm,gic) */
bool dt_console_pin (char const *compatible, unsigned *pin)
{
    struct fdt_walk w;

    if (!console (&w, compatible))
        return false;

    struct fdt_prop const p = fdt_prop (&w, "interrupts");

    if (p.size < 12 || fdt_cell (p, 0))
        return false;

    *pin = fdt_cell (p, 1);

    return true;
}

bool dt_console (char const *compatible, uint64_t *addr)
{
    struct fdt_walk w;
    struct range r;

    if (!console (&w, compatible) || !reg (&w, 0, &r))
        return false;

    *addr = r.start;

    return true;
}

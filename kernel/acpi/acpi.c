/* SPDX-License-Identifier: GPL-2.0-only */
/* Walks the root table and hands each table that the kernel knows to its parser. ACPI 1.0 ... 6.5. */
#include <acpi/acpi.h>

#include <acpi/acpi_priv.h>
#include <console/console.h>
#include <string.h>

#define ROOT_ENTRIES_MAX    256

static struct {
    char    signature[5];
    size_t  size;                                   /* smallest table that is of any use                        */
    void  (*parse) (struct acpi *, struct acpi_table const *);
} const known[] = {
    { "APIC",  44, acpi_madt },                     /* 5.2.12: up to the flags                                  */
    { "FACP", 116, acpi_fadt },                     /* ACPI 1.0b, 5.2.5: the whole table of then                */
    { "GTDT",  80, acpi_gtdt },                     /* 5.2.25: up to the hypervisor's timer                     */
    { "HPET",  52, acpi_hpet },                     /* IA-PC HPET 1.0a, 3.2.4: up to the base address           */
    { "MCFG",  44, acpi_mcfg },                     /* PCI Firmware 3.3, 4.1.2: up to the entries               */
    { "SPCR",  52, acpi_spcr },                     /* up to the base address                                   */
    { "DBG2",  44, acpi_dbg2 },                     /* up to the number of devices                              */
    { "DMAR",  48, acpi_dmar },                     /* VT-d 8.1: up to the structures                           */
    { "IVRS",  48, acpi_ivrs },                     /* AMD IOMMU 5.2.1: up to the blocks                        */
    { "IORT",  48, acpi_iort },                     /* DEN 0049, 3: up to the nodes                             */
};

bool acpi_sum_zero (void const *data, size_t n)
{
    uint8_t const *p = data;
    uint8_t sum = 0;

    while (n--)
        sum = (uint8_t)(sum + *p++);

    return !sum;
}

bool acpi_read (struct acpi_table const *t, size_t off, void *dst, size_t n)
{
    if (off > t->size || n > t->size - off)
        return false;

    memcpy (dst, t->data + off, n);
    return true;
}

struct acpi_gas acpi_gas (struct acpi_raw_gas raw)
{
    bool const mem = raw.space == ACPI_GAS_MEMORY;
    bool const pio = raw.space == ACPI_GAS_IO && raw.addr <= UINT16_MAX;

    if (!mem && !pio)
        return (struct acpi_gas){ 0 };

    return (struct acpi_gas){ .space = raw.space, .bits = raw.bits, .access = raw.access, .addr = raw.addr };
}

/* Maps a table's header and copies it. False after one line if there is no such memory. */
static bool load_header (struct acpi_header *h, enum window w, paddr_t addr)
{
    void const *const p = window_map (w, addr, sizeof *h);

    if (!p) {
        print ("ACPI: table at 0x%lx unmappable, ignored", addr);
        return false;
    }

    memcpy (h, p, sizeof *h);
    return true;
}

/*
 * Maps the whole table whose header was copied from addr. The length is the copied one: a table that changes meanwhile
 * fails its checksum, but can not make anyone read past the mapping. False after one line that names the fault.
 */
static bool load (struct acpi_table *t, char const *name, enum window w, paddr_t addr, struct acpi_header const *h,
                  size_t min)
{
    char const *fault = NULL;

    *t = (struct acpi_table){ .name = name, .size = h->length };

    if (t->size < min)
        fault = "too short";
    else if (t->size > WINDOW_MAX)
        fault = "too long";
    else if (!(t->data = window_map (w, addr, t->size)))
        fault = "unmappable";
    else if (!acpi_sum_zero (t->data, t->size))
        fault = "bad checksum";

    if (fault) {
        print ("ACPI: %s %s (%u bytes at 0x%lx), ignored", t->name, fault, h->length, addr);
        return false;
    }

    print ("ACPI: %s 0x%lx rev %u, %u bytes", t->name, addr, h->revision, h->length);
    return true;
}

/* One entry of the root table. seen: bit i set when known[i] was parsed; the first table of a kind counts. */
static void parse_entry (struct acpi *out, paddr_t addr, unsigned *seen)
{
    struct acpi_header h;
    struct acpi_table t;

    if (!load_header (&h, WINDOW_TABLE, addr))
        return;

    for (unsigned i = 0; i < ARRAY_SIZE (known); i++) {

        if (memcmp (h.signature, known[i].signature, sizeof h.signature))
            continue;

        if (*seen & BIT (i)) {
            print ("ACPI: %s at 0x%lx is not the first, ignored", known[i].signature, addr);
            return;
        }

        if (load (&t, known[i].signature, WINDOW_TABLE, addr, &h, known[i].size)) {
            *seen |= BIT (i);
            known[i].parse (out, &t);
        }

        return;
    }
}

/* Entry i of the root table, 0 if there is none; width: 4 in the RSDT (5.2.7), 8 in the XSDT (5.2.8), little-endian */
static paddr_t root_entry (struct acpi_table const *root, unsigned i, size_t width)
{
    uint64_t addr = 0;

    return acpi_read (root, sizeof (struct acpi_header) + i * width, &addr, width) ? addr : 0;
}

static bool parse_root (struct acpi *out, paddr_t addr, char const *signature, size_t width)
{
    struct acpi_header h;
    struct acpi_table root;
    unsigned seen = 0, named = 0;

    if (!addr || !load_header (&h, WINDOW_RSDT, addr))
        return false;

    if (memcmp (h.signature, signature, sizeof h.signature)) {
        print ("ACPI: no %s at 0x%lx", signature, addr);
        return false;
    }

    if (!load (&root, signature, WINDOW_RSDT, addr, &h, sizeof h))
        return false;

    size_t n = (root.size - sizeof h) / width;

    if (n > ROOT_ENTRIES_MAX) {
        print ("ACPI: %s has %zu entries, only %u used", signature, n, ROOT_ENTRIES_MAX);
        n = ROOT_ENTRIES_MAX;
    }

    for (unsigned i = 0; i < n; i++) {

        paddr_t const table = root_entry (&root, i, width);

        if (table) {
            named++;
            parse_entry (out, table, &seen);
        }
    }

    if (!named)
        print ("ACPI: %s names no tables", signature);

    return named;
}

bool acpi_parse (struct acpi *out, paddr_t rsdp_hint)
{
    struct acpi_roots roots;

    *out = (struct acpi){ 0 };

    if (!acpi_rsdp (&roots, rsdp_hint))
        return false;

    out->rsdp = roots.rsdp;

    if (parse_root (out, roots.xsdt, "XSDT", 8) || parse_root (out, roots.rsdt, "RSDT", 4))
        return true;

    print ("ACPI: no usable root table");
    return false;
}

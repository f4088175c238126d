/* SPDX-License-Identifier: GPL-2.0-only */
/* Root System Description Pointer: where it is (5.2.5.1) and what it names (5.2.5.3). */
#include <acpi/acpi_priv.h>

#include <acpi_arch.h>
#include <console/console.h>
#include <string.h>

#define RSDP_STEP           16
#define RSDP_LENGTH_MAX     PAGE_SIZE

#define EBDA_POINTER        0x40e                   /* real-mode segment of the EBDA, 5.2.5.1                   */
#define EBDA_START_MIN      0x500                   /* above the BIOS data area                                 */
#define EBDA_END            0xa0000
#define EBDA_SEARCH         KIB
#define BIOS_START          0xe0000
#define BIOS_SEARCH         0x20000

struct rsdp {
    char        signature[8];
    uint8_t     checksum;                           /* over the first 20 bytes, ACPI 1.0                        */
    char        oem_id[6];
    uint8_t     revision;                           /* 0: ACPI 1.0, nothing follows the RSDT address            */
    uint32_t    rsdt;
    uint32_t    length;
    uint64_t    xsdt;
    uint8_t     checksum_ext;                       /* over length bytes                                        */
    uint8_t     reserved[3];
} PACKED;

#define RSDP_V1_SIZE        offsetof (struct rsdp, length)

STATIC_ASSERT (RSDP_V1_SIZE == 20);
STATIC_ASSERT (sizeof (struct rsdp) == 36);
STATIC_ASSERT (BIOS_SEARCH <= WINDOW_MAX);

enum verdict { NONE, BAD, GOOD };

/* Judges n readable bytes by their ACPI 1.0 part, which every revision has */
static enum verdict judge (uint8_t const *p, size_t n)
{
    if (n < RSDP_V1_SIZE || memcmp (p, "RSD PTR ", 8))
        return NONE;

    return acpi_sum_zero (p, RSDP_V1_SIZE) ? GOOD : BAD;
}

/* Searches [start, start + size). Returns 0 if there is none; *bad is then the last one with a bad checksum, if any. */
static paddr_t search (paddr_t start, size_t size, paddr_t *bad)
{
    uint8_t const *const p = window_map (WINDOW_BOOT, start, size);

    for (size_t off = 0; p && off < size; off += RSDP_STEP) {

        enum verdict const v = judge (p + off, size - off);

        if (v == GOOD)
            return start + off;

        if (v == BAD)
            *bad = start + off;
    }

    return 0;
}

static paddr_t ebda_start (void)
{
    uint8_t const *const p = window_map (WINDOW_BOOT, EBDA_POINTER, 2);
    paddr_t const start = p ? (paddr_t)(p[0] | p[1] << 8) << 4 : 0;

    return start >= EBDA_START_MIN && start < EBDA_END ? start : 0;
}

static paddr_t find (paddr_t hint)
{
    paddr_t bad = 0, found = 0;

    if (hint) {
        uint8_t const *const p = window_map (WINDOW_BOOT, hint, RSDP_V1_SIZE);

        if (p && judge (p, RSDP_V1_SIZE) == GOOD)
            return hint;

        print ("ACPI: no good RSDP at 0x%lx%s", hint, ACPI_PC ? ", searching" : "");
    }

    if (!ACPI_PC)
        return 0;

    paddr_t const ebda = ebda_start();

    if (ebda)
        found = search (ebda, MIN (EBDA_SEARCH, EBDA_END - ebda), &bad);
    if (!found)
        found = search (BIOS_START, BIOS_SEARCH, &bad);
    if (!found && bad)
        print ("ACPI: RSDP bad checksum (at 0x%lx)", bad);
    else if (!found)
        print ("ACPI: RSDP not found");

    return found;
}

/* XSDT of an RSDP since ACPI 2.0, 0 if none. Its length could differ between our two looks: the first one counts. */
static paddr_t extended (paddr_t addr, struct rsdp *r)
{
    void const *p = window_map (WINDOW_BOOT, addr, sizeof *r);

    if (!p)
        return 0;

    memcpy (r, p, sizeof *r);

    if (r->length < sizeof *r || r->length > RSDP_LENGTH_MAX)
        return 0;

    p = window_map (WINDOW_BOOT, addr, r->length);

    return p && acpi_sum_zero (p, r->length) ? r->xsdt : 0;
}

bool acpi_rsdp (struct acpi_roots *out, paddr_t hint)
{
    struct rsdp r = { .length = RSDP_V1_SIZE };
    paddr_t const addr = find (hint);
    void const *const p = addr ? window_map (WINDOW_BOOT, addr, RSDP_V1_SIZE) : NULL;

    if (!p)
        return false;

    memcpy (&r, p, RSDP_V1_SIZE);
    *out = (struct acpi_roots){ .rsdp = addr, .rsdt = r.rsdt };

    if (r.revision < 2) {
        print ("ACPI: RSDP 0x%lx rev %u, %u bytes", addr, r.revision, (unsigned)RSDP_V1_SIZE);
        return true;
    }

    uint8_t const revision = r.revision;

    out->xsdt = extended (addr, &r);

    if (out->xsdt)
        print ("ACPI: RSDP 0x%lx rev %u, %u bytes", addr, revision, r.length);
    else
        print ("ACPI: RSDP 0x%lx rev %u names no XSDT or is damaged, using the RSDT", addr, revision);

    return true;
}

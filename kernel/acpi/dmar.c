/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register frames of the IOMMUs, which only the kernel may touch: DMA Remapping table (Intel VT-d specification 4.1,
 * chapter 8) and I/O Virtualization Reporting Structure (AMD IOMMU specification 48882 rev 3.07, 5.2).
 */
#include <acpi/acpi_priv.h>

#include <console/console.h>

#define REMAP_START     48                          /* of the structures, in both tables                        */
#define IVRS_FRAME      (16 * KIB)                  /* AMD IOMMU 3.4: control registers                         */

struct remap_head { uint16_t type, length; };       /* how the entries of both tables begin                     */

struct drhd {                                       /* VT-d 8.3                                                 */
    uint16_t            type, length;
    uint8_t             flags;
    uint8_t             size;                       /* bits 3:0: 2^size pages of registers (0 before VT-d 4.0)  */
    uint16_t            segment;
    uint64_t            base;
} PACKED;

struct ivhd {                                       /* AMD IOMMU 5.2.2: the part that all types share           */
    uint8_t             type, flags;
    uint16_t            length, device, capability;
    uint64_t            base;
} PACKED;

STATIC_ASSERT (sizeof (struct drhd) == 16);
STATIC_ASSERT (sizeof (struct ivhd) == 16);
STATIC_ASSERT (offsetof (struct drhd, length) == offsetof (struct remap_head, length));
STATIC_ASSERT (offsetof (struct ivhd, length) == offsetof (struct remap_head, length));

enum { DMAR_DRHD = 0 };                             /* VT-d 8.2                                                 */
enum { IVRS_IVHD_10 = 0x10, IVRS_IVHD_11 = 0x11, IVRS_IVHD_40 = 0x40 };

/* Base and size of the unit whose entry is at off. size 0: the entry is no unit; base 0: it is one, but malformed. */
struct unit { paddr_t base; uint64_t size; };

static INDIRECT_TARGET struct unit read_drhd (struct acpi_table const *t, size_t off, struct remap_head head)
{
    struct drhd d;

    if (head.type != DMAR_DRHD)
        return (struct unit){ 0 };

    if (head.length < sizeof d || !acpi_read (t, off, &d, sizeof d))
        return (struct unit){ .size = PAGE_SIZE };

    return (struct unit){ .base = d.base, .size = PAGE_SIZE << (d.size & 0xf) };
}

static INDIRECT_TARGET struct unit read_ivhd (struct acpi_table const *t, size_t off, struct remap_head head)
{
    uint8_t const type = head.type & 0xff;          /* the other half are flags                                 */
    struct ivhd d;

    if (type != IVRS_IVHD_10 && type != IVRS_IVHD_11 && type != IVRS_IVHD_40)
        return (struct unit){ 0 };

    if (head.length < sizeof d || !acpi_read (t, off, &d, sizeof d))
        return (struct unit){ .size = IVRS_FRAME };

    return (struct unit){ .base = d.base, .size = IVRS_FRAME };
}

static void walk (struct acpi *out, struct acpi_table const *t,
                  struct unit (*read) (struct acpi_table const *, size_t, struct remap_head))
{
    struct remap_head head;
    struct acpi_left left = { 0 };

    for (size_t off = REMAP_START; off < t->size; off += head.length) {

        if (!acpi_read (t, off, &head, sizeof head) || head.length < sizeof head || head.length > t->size - off) {
            print ("ACPI: %s: damaged at offset %zu, the rest is ignored", t->name, off);
            break;
        }

        struct unit const u = read (t, off, head);

        if (u.size)
            acpi_protect (out, &left, u.base, u.size);
    }

    acpi_protect_tell (t, &left);
}

INDIRECT_TARGET void acpi_dmar (struct acpi *out, struct acpi_table const *t)
{
    unsigned const before = out->protects;

    walk (out, t, read_drhd);
    out->vtd_units += out->protects - before;
}

INDIRECT_TARGET void acpi_ivrs (struct acpi *out, struct acpi_table const *t) { walk (out, t, read_ivhd); }

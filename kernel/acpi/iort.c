/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O Remapping Table (Arm DEN 0049): the System MMUs, whose registers only the kernel may touch. The other nodes - root complexes,
 * devices, ITS groups - and the mappings between them say which device is behind which SMMU; nobody asks that yet.
 */
#include <acpi/acpi_priv.h>

#include <console/console.h>

#define SMMU_V3_SIZE    UINT64_C (0x20000)          /* two pages of 64 KiB: IHI 0070, 6.1                       */
#define SMMU_V3_VATOS   UINT64_C (0x10000)          /* one more, anywhere: 6.1.1                                */

struct iort {
    struct acpi_header  header;
    uint32_t            count, offset, reserved;    /* of the nodes                                             */
} PACKED;

struct iort_node {                                  /* 3.1                                                      */
    uint8_t             type;
    uint16_t            length;
    uint8_t             revision;
    uint32_t            id, mappings, mapping_offset;
} PACKED;

struct iort_smmu_v2 {                               /* 3.1.1.3: SMMUv1 and SMMUv2                               */
    struct iort_node    node;
    uint64_t            base, span;
} PACKED;

struct iort_smmu_v3 {                               /* 3.1.1.2                                                  */
    struct iort_node    node;
    uint64_t            base;
    uint32_t            flags, reserved;
    uint64_t            vatos;                      /* 0: there is none                                         */
} PACKED;

STATIC_ASSERT (sizeof (struct iort) == 48);
STATIC_ASSERT (sizeof (struct iort_node) == 16);
STATIC_ASSERT (sizeof (struct iort_smmu_v2) == 32);
STATIC_ASSERT (sizeof (struct iort_smmu_v3) == 40);

enum { NODE_SMMU_V2 = 3, NODE_SMMU_V3 = 4 };

/* A node at off that is all inside the table */
static void parse_node (struct acpi *out, struct acpi_left *left, struct acpi_table const *t, size_t off, struct iort_node const *n)
{
    struct iort_smmu_v2 v2;
    struct iort_smmu_v3 v3;

    if (n->type == NODE_SMMU_V2) {

        if (n->length >= sizeof v2 && acpi_read (t, off, &v2, sizeof v2))
            acpi_protect (out, left, v2.base, v2.span);
        else
            left->malformed++;
    }

    if (n->type == NODE_SMMU_V3) {

        if (n->length >= sizeof v3 && acpi_read (t, off, &v3, sizeof v3)) {
            acpi_protect (out, left, v3.base, SMMU_V3_SIZE);
            if (v3.vatos)
                acpi_protect (out, left, v3.vatos, SMMU_V3_VATOS);
        } else
            left->malformed++;
    }
}

INDIRECT_TARGET void acpi_iort (struct acpi *out, struct acpi_table const *t)
{
    struct acpi_left left = { 0 };
    struct iort i;
    struct iort_node n;

    if (!acpi_read (t, 0, &i, sizeof i))
        return;

    size_t off = i.offset;

    for (uint32_t k = 0; k < i.count; k++, off += n.length) {

        if (off < sizeof i || !acpi_read (t, off, &n, sizeof n) || n.length < sizeof n || n.length > t->size - off) {
            print ("ACPI: IORT: damaged at offset %zu, the rest is ignored", off);
            break;
        }

        parse_node (out, &left, t, off, &n);
    }

    acpi_protect_tell (t, &left);
}

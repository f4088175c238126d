/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI tables. Numbers of the image: where the boot loader says that the RSDP is (0: search); if not 0, a seed of changes
 * that memory undergoes between the kernel's looks at it.
 */
#include <acpi_machine.h>
#include <image.h>

enum { KIND_TABLE = 1, KIND_RSDP = 2 };                 /* whose checksums are made good                            */

static void sum (uint8_t *p, size_t n, size_t at)
{
    uint8_t s = 0;

    p[at] = 0;
    for (size_t i = 0; i < n; i++)
        s = (uint8_t)(s + p[i]);
    p[at] = (uint8_t)-s;
}

static void repair (uint8_t *data, size_t size, unsigned kind)
{
    uint32_t length;

    if (kind == KIND_TABLE && size >= 36) {             /* ACPI 6.5, 5.2.6: length at 4, checksum at 9              */
        memcpy (&length, data + 4, sizeof length);
        if (length > 9 && length <= size)
            sum (data, length, 9);
    }

    if (kind == KIND_RSDP && size >= 20) {              /* 5.2.5.3: length at 20, checksums at 8 and 32             */
        sum (data, 20, 8);
        memcpy (&length, data + (size >= 36 ? 20 : 4), sizeof length);
        if (size >= 36 && length > 32 && length <= size)
            sum (data, length, 32);
    }
}

int LLVMFuzzerTestOneInput (uint8_t const *data, size_t size)
{
    uint64_t number[IMAGE_NUMBERS];

    if (!image_load (number, data, size, repair))
        return 0;

    host_mem_changes = number[1];

    bool const ok = acpi_parse (&acpi, number[0]);

    assert_sane();
    assert_true (host_lines && (!ok || acpi.rsdp));

    return 0;
}

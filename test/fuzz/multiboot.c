/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Multiboot information. Numbers of the image: magic value, and above 32 bits if not 0 a seed of changes that memory
 * undergoes between the kernel's looks at it; address of the information.
 */
#include <image.h>
#include <multiboot.h>
#include <window.h>

int LLVMFuzzerTestOneInput (uint8_t const *data, size_t size)
{
    static struct boot_info const zero;
    uint64_t number[IMAGE_NUMBERS];
    struct boot_info out;

    if (!image_load (number, data, size, NULL))
        return 0;

    host_mem_changes = number[0] >> 32;
    memset (&out, 0xa5, sizeof out);

    if (!multiboot_parse (&out, (uint32_t)number[0], number[1])) {
        assert_memory_equal (&out, &zero, sizeof out);
        assert_int_equal (host_lines, 1);
        return 0;
    }

    size_t const length = strnlen (out.cmdline, sizeof out.cmdline);

    assert_true (length < sizeof out.cmdline);
    assert_true (out.root_start < out.root_end || (!out.root_start && !out.root_end));
    assert_true (out.root_end <= host_phys_end);
    assert_true (host_lines <= 1);

    if ((uint32_t)number[0] == MULTIBOOT1_MAGIC)
        assert_true (!out.rsdp && !out.efi_systab && !out.efi_image);

    if (out.rsdp)                                       /* inside the information, where the window can show it     */
        assert_true (out.rsdp > number[1] && out.rsdp - number[1] <= WINDOW_MAX - 20);

    for (size_t i = length; i < sizeof out.cmdline; i++)
        assert_int_equal (out.cmdline[i], 0);           /* nothing of the loader's memory beyond the string         */

    return 0;
}

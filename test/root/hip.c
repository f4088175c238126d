/* SPDX-License-Identifier: GPL-2.0-only */
#include <mem.h>
#include <multiboot.h>
#include <help.h>
#include <hva.h>

static uint64_t overlap (uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
    uint64_t const start = a > b ? a : b, end = a_end < b_end ? a_end : b_end;

    return start < end ? end - start : 0;
}

static void fields (void)
{
    struct hip const *const h = root.hip;
    uint16_t sum = 0;

    check_eq (h->signature, HIP_SIGNATURE, "signature");
    check_ge (h->length, 0x80, "length");
    check (!(h->length & 1) && h->length <= 4096, "length is even and within the page");

    for (size_t i = 0; i < h->length / 2u; i++)
        sum = (uint16_t) (sum + ((uint16_t const *) h)[i]);

    check_eq (sum, 0, "checksum");
    check (h->nova_start < h->nova_end, "image of the kernel");
    check (h->mbuf_start <= h->mbuf_end, "memory buffer");
    check (h->root_start < h->root_end, "image of the root task");
    check (h->root_end <= h->nova_start || h->root_start >= h->nova_end, "the images do not overlap");
    check (h->acpi_rsdp && (h->acpi_rsdp < UINT64_C (1) << 52 || !~h->acpi_rsdp), "ACPI RSDP");
    check_ge (h->stc_freq, 1000000, "STC frequency");
    check (h->sel_num >= 65536 + 256 && !(h->sel_num & (h->sel_num - 1)), "number of object selectors");
    check_eq (h->sel_hst_arch, EVENT_HST_ARCH, "SELHST/ARCH");
    check_eq (h->sel_hst_nova, EVENT_HST_NOVA, "SELHST/NOVA");
    check_eq (h->sel_gst_arch, EVENT_GST_ARCH, "SELGST/ARCH");
    check_eq (h->sel_gst_nova, EVENT_GST_NOVA, "SELGST/NOVA");
    check_ge (h->cpu_num, 1, "number of CPUs");
    check (h->cpu_bsp < h->cpu_num, "boot CPU");
    check (h->mco_pio <= 16 && h->mco_obj < 32 && h->mco_hst < 32, "orders");
    check_eq (h->features & ~(uint64_t) HAS_FEATURES, 0, "only defined features");
    check_eq ((uintptr_t) h, hva_end() - 4096, "address: the last user page");
}

/* The memory map of UEFI, if there is one: of whole descriptors, readable, and honest about the images in memory */
static void uefi (void)
{
    struct hip const *const h = root.hip;
    uint32_t const size = h->uefi_mmap_size, step = h->uefi_desc_size;

    if (h->uefi_mmap == ~UINT64_C (0)) {
        check_eq (size | step | h->uefi_desc_version, 0, "no UEFI memory map: no sizes");
        return;
    }

    check (step >= sizeof (struct uefi_desc) && step % 8 == 0 && size && size % step == 0, "sizes of the UEFI memory map");
    check_eq (h->uefi_desc_version, 1, "version of the UEFI memory map");
    check (h->uefi_mmap + size <= h->nova_start || h->uefi_mmap >= h->nova_end, "the UEFI memory map is outside of the kernel");

    uint8_t const *const map = mem_map (h->uefi_mmap, size, PERM_MEM_R, MAD_RAM);
    uint64_t kernel = 0, mbuf = 0, image = 0;
    unsigned bad = 0;

    need (map, "the UEFI memory map can be mapped");

    for (uint32_t off = 0; off < size; off += step) {

        struct uefi_desc const *const d = (void const *) (map + off);
        uint64_t const start = d->phys, end = start + d->pages * 4096;

        bad += !d->pages || start & 4095 || end < start;

        if (d->type != 1 && d->type != 2)               /* loader code and data                                 */
            continue;

        kernel += overlap (start, end, h->nova_start, h->nova_end);
        mbuf   += overlap (start, end, h->mbuf_start, h->mbuf_end);
        image  += overlap (start, end, h->root_start, h->root_end);
    }

    check_eq (bad, 0, "descriptors of the UEFI memory map");
    check_eq (kernel, h->nova_end - h->nova_start, "all of the kernel is memory of the boot loader");
    check_eq (mbuf, h->mbuf_end - h->mbuf_start, "so is the memory buffer");
    check_eq (image, h->root_end - h->root_start, "and the image of the root task");
}

/* Whether it runs at its frequency would take another clock; so only monotony */
static void stc (void)
{
    uint64_t t = stc_read(), back = 0;

    for (unsigned i = 0; i < 1000; i++) {
        uint64_t const n = stc_read();
        back += n < t;
        t = n;
    }

    check_eq (back, 0, "the STC never goes back");
}

static struct test const test[] = { { "fields", fields }, { "uefi", uefi }, { "stc", stc } };

TESTS ("hip", test);

/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>
#include <hva.h>

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
    check (h->acpi_rsdp && h->acpi_rsdp < UINT64_C (1) << 52, "ACPI RSDP");
    check_eq (h->uefi_mmap, ~UINT64_C (0), "no UEFI memory map");
    check_eq (h->uefi_mmap_size | h->uefi_desc_size | h->uefi_desc_version, 0, "no UEFI descriptors");
    check_ge (h->stc_freq, 1000000, "STC frequency");
    check (h->sel_num >= 65536 + 256 && !(h->sel_num & (h->sel_num - 1)), "number of object selectors");
    check_eq (h->sel_hst_arch, EVENT_HST_ARCH, "SELHST/ARCH");
    check_eq (h->sel_hst_nova, EVENT_HST_NOVA, "SELHST/NOVA");
    check_eq (h->sel_gst_arch, EVENT_GST_ARCH, "SELGST/ARCH");
    check_eq (h->sel_gst_nova, EVENT_GST_NOVA, "SELGST/NOVA");
    check_ge (h->cpu_num, 1, "number of CPUs");
    check (h->cpu_bsp < h->cpu_num, "boot CPU");
    check (h->mco_pio <= 16 && h->mco_obj < 32 && h->mco_hst < 32, "orders");
    check_eq (h->features & ~UINT64_C (7), 0, "only defined features");
    check_eq ((uintptr_t) h, hva_end() - 4096, "address: the last user page");
}

/* The STC is the TSC, and runs at its frequency: against the PIT would take a device; so only monotony and order */
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

static struct test const test[] = { { "fields", fields }, { "stc", stc } };

TESTS ("hip", test);

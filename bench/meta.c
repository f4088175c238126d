/* SPDX-License-Identifier: GPL-2.0-only */
#include <counter.h>
#include <format.h>
#include <line.h>
#include <meta.h>
#include <root.h>

static unsigned hip_sum (struct hip const *hip)
{
    uint16_t const *w = (void const *) hip;
    uint16_t sum = 0;

    for (unsigned i = 0; i < hip->length / sizeof (*w) && i < 2048; i++)
        sum = (uint16_t) (sum + w[i]);

    return sum;
}

/* What each benchmark can have a batch of */
static void meta_print_counters (void)
{
    char list[160];
    size_t n = format (list, sizeof (list), "ticks");

    for (unsigned i = 0; i < counter_count(); i++)
        n += format (list + n, sizeof (list) - n, ",%s", counter_get (i)->name);

    line ("meta", "counters=%s", list);
}

void meta_print (void)
{
    struct hip const *const h = root.hip;
    char word[512];

    line ("meta", "hip_signature=%#x hip_length=%u hip_checksum=%s nova_start=%#lx nova_end=%#lx mbuf_start=%#lx mbuf_end=%#lx "
          "root_start=%#lx root_end=%#lx acpi_rsdp=%#lx uefi_mmap=%#lx", h->signature, h->length, hip_sum (h) ? "bad" : "ok",
          h->nova_start, h->nova_end, h->mbuf_start, h->mbuf_end, h->root_start, h->root_end, h->acpi_rsdp, h->uefi_mmap);
    line ("meta", "stc_freq=%lu sel_num=%lu sel_hst_arch=%u sel_hst_nova=%u sel_gst_arch=%u sel_gst_nova=%u cpu_num=%u cpu_bsp=%u "
          "int_pin=%u int_msi=%u", h->stc_freq, h->sel_num, h->sel_hst_arch, h->sel_hst_nova, h->sel_gst_arch, h->sel_gst_nova,
          h->cpu_num, h->cpu_bsp, h->int_pin, h->int_msi);
    line ("meta", "mco_obj=%u mco_hst=%u mco_gst=%u mco_dma=%u mco_pio=%u mco_msr=%u kimax=%u features=%#lx", h->mco_obj,
          h->mco_hst, h->mco_gst, h->mco_dma, h->mco_pio, h->mco_msr, h->kimax, h->features);
    line ("meta", "boot_magic=%#lx modules=%u", root.boot_magic, root.modules);
    line ("meta", "root_cmdline=%s", line_word (word, sizeof (word), root.args));
    line ("meta", "kernel_cmdline=%s", line_word (word, sizeof (word), root.kernel_args));

    meta_print_counters();
    meta_print_cpu();
    meta_print_board();
}

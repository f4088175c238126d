/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypervisor information page (interface specification, 6.3). */
#include <hip.h>

#include <abi/event_arch.h>
#include <abi/hip.h>
#include <buddy.h>
#include <cpu.h>
#include <cpu_local.h>
#include <hw.h>
#include <kmem.h>
#include <ptab.h>
#include <space_obj.h>
#include <timer.h>
#include <uefi.h>

#define NONE (~UINT64_C (0))

struct hip *hip_build (paddr_t root_start, paddr_t root_end)
{
    struct hip *const h = buddy_alloc (0, BUDDY_ZERO);

    if (!h)
        return NULL;

    *h = (struct hip) {
        .signature     = HIP_SIGNATURE,
        .length        = sizeof *h,
        .nova_start    = kmem_phys ((void *)LINK_ADDR),
        .nova_end      = kmem_phys (POOL_END),
        .mbuf_start    = kmem_phys (MBUF_START),
        .mbuf_end      = kmem_phys (MBUF_END),
        .root_start    = root_start,
        .root_end      = root_end,
        .acpi_rsdp     = hw_rsdp() ? hw_rsdp() : NONE,
        .uefi_mmap     = uefi.mmap ? uefi.mmap : NONE,
        .uefi_mmap_size = uefi.mmap_size,
        .uefi_desc_size = uefi.desc_size,
        .uefi_desc_version = uefi.desc_version,
        .stc_freq      = hw_stc_freq(),
        .sel_num       = SEL_NUM,
        .sel_hst_arch  = EVENT_HST_ARCH,
        .sel_hst_nova  = EVENT_HST_NOVA,
        .sel_gst_arch  = EVENT_GST_ARCH,
        .sel_gst_nova  = EVENT_GST_NOVA,
        .cpu_num       = (uint16_t)cpu_count(),
        .cpu_bsp       = (uint16_t)cpu_local.id,
        .int_pin       = (uint16_t)hw_int_pins(),
        .int_msi       = (uint16_t)hw_int_msis(),
        .rec_start     = kmem_phys (RECORDS_START),
        .rec_end       = kmem_phys (RECORDS_END),
        .mco_obj       = SEL_LEAF_BITS,
        .mco_hst       = PTAB_BPL,
        .mco_gst       = PTAB_BPL,
        .mco_dma       = PTAB_BPL,
        .mco_pio       = 16,
        .mco_msr       = 31,                            /* nothing is ever allocated: as large as an order can be  */
    };

    uint16_t sum = 0, word;

    for (unsigned i = 0; i < sizeof *h / sizeof word; i++)
        sum = (uint16_t)(sum + ((uint16_t const *)h)[i]);

    h->checksum = (uint16_t)-sum;

    return h;
}

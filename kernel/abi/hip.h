/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypervisor Information Page (interface specification, 6.3). Shared with user space. */
#pragma once

#include <abi/hip_arch.h>

#define HIP_SIGNATURE   0x41564f4e                      /* "NOVA" in memory order                               */

struct hip {
    uint32_t    signature;                              /* HIP_SIGNATURE                                        */
    uint16_t    checksum;                               /* 16-bit-wise sum over length bytes is 0               */
    uint16_t    length;                                 /* of the entire HIP, bytes                             */
    uint64_t    nova_start, nova_end;                   /* physical: microhypervisor image                      */
    uint64_t    mbuf_start, mbuf_end;                   /* physical: memory-buffer console                      */
    uint64_t    root_start, root_end;                   /* physical: image of the root protection domain        */
    uint64_t    acpi_rsdp;                              /* physical, ~0 if not present                          */
    uint64_t    uefi_mmap;                              /* physical, ~0 if not present                          */
    uint32_t    uefi_mmap_size;                         /* bytes                                                */
    uint16_t    uefi_desc_size, uefi_desc_version;
    uint64_t    stc_freq;                               /* Hz                                                   */
    uint64_t    sel_num;                                /* capability selectors in each object space            */
    uint16_t    sel_hst_arch, sel_hst_nova;             /* event selectors of host ECs                          */
    uint16_t    sel_gst_arch, sel_gst_nova;             /* event selectors of guest ECs                         */
    uint16_t    cpu_num, cpu_bsp;
    uint16_t    int_pin, int_msi;
    uint8_t     mco_obj, mco_hst, mco_gst, mco_dma, mco_pio, mco_msr;   /* orders without partial failure       */
    uint16_t    kimax;
    uint64_t    features;                               /* HIP_FEATURE_*                                        */
    struct hip_arch arch;
    uint64_t    rec_start, rec_end;                     /* physical: records (abi/record.h). Not in the specification   */
};

_Static_assert (__builtin_offsetof (struct hip, rec_start) == 0x80 + sizeof (struct hip_arch),
                "HIP layout is fixed by the specification; what is ours comes behind it");

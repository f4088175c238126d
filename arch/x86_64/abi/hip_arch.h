/* SPDX-License-Identifier: GPL-2.0-only */
/* x86 part of the Hypervisor Information Page (interface specification, 8.7.1 and 8.7.2). Shared with user space. */
#pragma once

#include <stdint.h>

enum {
    HIP_FEATURE_IOMMU   = 1 << 0,
    HIP_FEATURE_VMX     = 1 << 1,
    HIP_FEATURE_SVM     = 1 << 2,
};

struct hip_arch {
    uint64_t    event_log_addr;                         /* physical, page-aligned                               */
    uint32_t    event_log_size;                         /* bytes                                                */
    uint32_t    event_log_offset;                       /* of the byte after the last entry                     */
};

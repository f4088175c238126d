/* SPDX-License-Identifier: GPL-2.0-only */
/* aarch64 part of the Hypervisor Information Page (interface specification, 7.7.1 and 7.7.2). Shared with user space. */
#pragma once

#include <stdint.h>

enum {
    HIP_FEATURE_SMMU    = 1 << 0,
};

struct hip_arch {
    uint16_t    smg_num;                                /* stream mapping groups of the SMMUs                   */
    uint16_t    ctx_num;                                /* translation contexts of the SMMUs                    */
    uint32_t    reserved;
};

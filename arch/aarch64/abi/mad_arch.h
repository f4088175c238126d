/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory Attribute Descriptor on aarch64 (interface specification, 7.7.5). Shared with user space. */
#pragma once

#include <stdint.h>

enum { MAD_DEV = 0, MAD_DEV_E = 1, MAD_DEV_RE = 2, MAD_DEV_GRE = 3, MAD_MEM_NC = 5, MAD_MEM_WT = 6, MAD_MEM_WB = 7, MAD_CA_MASK = 7 };

enum { MAD_NONE = 0, MAD_OUTER = 2, MAD_INNER = 3, MAD_SH_SHIFT = 3, MAD_SH_BITS = 2 };

/* Memory that CPUs share, registers of devices, and memory of a screen, where writes may be gathered */
enum { MAD_RAM = MAD_MEM_WB | MAD_INNER << MAD_SH_SHIFT, MAD_IO = MAD_DEV, MAD_SCREEN = MAD_MEM_NC };

static inline uint32_t mad_ca (uint32_t mad) { return mad & MAD_CA_MASK; }
static inline uint32_t mad_sh (uint32_t mad) { return mad >> MAD_SH_SHIFT & ((UINT32_C (1) << MAD_SH_BITS) - 1); }

/* Reserved encodings are invalid; bits above the shareability are ignored */
static inline int mad_defined (uint32_t mad) { return mad_ca (mad) != 4 && mad_sh (mad) != 1; }

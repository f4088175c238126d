/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory Attribute Descriptor on x86 (interface specification, 8.7.5). Shared with user space. */
#pragma once

#include <stdint.h>

enum { MAD_WB = 0, MAD_WT = 1, MAD_WC = 2, MAD_UC = 3, MAD_WP = 4, MAD_CA_MASK = 7, MAD_KI_SHIFT = 3, MAD_KI_BITS = 15 };

/* Memory that CPUs share, registers of devices, and memory of a screen, where writes may be gathered */
enum { MAD_RAM = MAD_WB, MAD_IO = MAD_UC, MAD_SCREEN = MAD_WC };

static inline uint32_t mad_ca (uint32_t mad) { return mad & MAD_CA_MASK; }
static inline uint32_t mad_ki (uint32_t mad) { return mad >> MAD_KI_SHIFT & ((UINT32_C (1) << MAD_KI_BITS) - 1); }

/* Reserved cacheability encodings are invalid; bits above the key identifier are ignored */
static inline int mad_defined (uint32_t mad) { return mad_ca (mad) <= MAD_WP; }

/* SPDX-License-Identifier: GPL-2.0-only */
/* Extended page tables (Intel SDM 3C, 29.3.2) and second-stage tables of VT-d (specification 3.7 and 9.8). */
#pragma once

#include <ptab.h>

/* Entry bits: SDM 3C, tables 29-1 to 29-6 */
#define EPT_R           BIT64 (0)
#define EPT_W           BIT64 (1)
#define EPT_X           BIT64 (2)                       /* with MBEC: in supervisor mode                            */
#define EPT_TYPE_SHIFT  3                               /* leaf: memory type                                        */
#define EPT_TYPE_MASK   (UINT64_C (7) << EPT_TYPE_SHIFT)
#define EPT_S           BIT64 (7)                       /* level above 0: leaf                                      */
#define EPT_XU          BIT64 (10)                      /* with MBEC: in user mode; ignored without                 */
#define EPT_ADDR        UINT64_C (0x000ffffffffff000)

#define VTD_LEVELS      4                               /* EPT: virt_ept_levels()                                   */

/* Memory type of a MAD's cacheability, the encoding of the MTRRs (SDM 3A, table 12-8; VT-d 9.8 has it as EMT) */
uint64_t ept_type (uint32_t mad);

/* Attributes of a leaf; 0: no permission */
uint64_t ept_attr (unsigned perm, uint32_t mad);
uint64_t vtd_attr (unsigned perm, uint32_t mad);

struct stage2;

extern struct stage2 const ept, vtd;

/* SPDX-License-Identifier: GPL-2.0-only */
/* Page-table root and TLB of a modelled machine; the rest is the kernel's. */
#pragma once

#define root_load       native_root_load
#define tlb_flush_local native_tlb_flush_local
#include_next <space_hst_arch.h>
#undef root_load
#undef tlb_flush_local

void root_load (paddr_t root);
void tlb_flush_local (void);

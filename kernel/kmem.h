/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel memory is one contiguous image: address conversion is an addition. */
#pragma once

#include <base/types.h>
#include <memory.h>

extern char TEXT_START[], TEXT_END[], RODATA_END[], BSS_START[], BSS_END[], POOL_START[], POOL_END[], MBUF_START[], MBUF_END[],
            RECORDS_START[], RECORDS_END[];

extern uint64_t kmem_offset;                            /* virtual minus physical, set once at boot                 */

static inline paddr_t kmem_phys (void const *p) { return (uintptr_t)p - kmem_offset; }

static inline void *kmem_virt (paddr_t p) { return (void *)(uintptr_t)(p + kmem_offset); }

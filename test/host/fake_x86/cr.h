/* SPDX-License-Identifier: GPL-2.0-only */
/* Control registers of a modelled machine; the bits are the kernel's. */
#pragma once

#define cr0_read    native_cr0_read
#define cr0_write   native_cr0_write
#define cr4_read    native_cr4_read
#define cr4_write   native_cr4_write
#define xcr0_write  native_xcr0_write
#include_next <cr.h>
#undef cr0_read
#undef cr0_write
#undef cr4_read
#undef cr4_write
#undef xcr0_write

uint64_t cr0_read (void);
uint64_t cr4_read (void);
void     cr0_write (uint64_t v);
void     cr4_write (uint64_t v);
void     xcr0_write (uint64_t v);

/* SPDX-License-Identifier: GPL-2.0-only */
/* System registers and barriers are the test's; the bits are the kernel's. */
#pragma once

#include <stdint.h>

#define __ASSEMBLY__
#include <../arch/aarch64/sysreg.h>
#undef __ASSEMBLY__

uint64_t model_read (char const *name);
void     model_write (char const *name, uint64_t v);
void     model_isb (void);
void     model_dsb (char const *domain);
void     model_tlbi (char const *op, uint64_t v);

#define sysreg_read(name)       model_read (#name)
#define sysreg_write(name, v)   model_write (#name, v)
#define isb()                   model_isb()
#define dsb(domain)             model_dsb (#domain)
#define tlbi(op)                model_tlbi (#op, 0)
#define tlbi_with(op, v)        model_tlbi (#op, v)

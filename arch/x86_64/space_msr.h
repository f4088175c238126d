/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSR space: which model-specific registers a guest may access by itself. It is kept as the bitmap that this CPU reads when it runs
 * a guest: the 4 KiB MSR bitmap of VMX (Intel SDM 3C, 25.6.9) or the 8 KiB MSR permissions map of SVM (AMD APM 2, 15.11). A set bit
 * intercepts. Both describe registers 0...0x1fff and 0xc0000000...0xc0001fff; all others hold null capabilities for ever.
 */
#pragma once

#include <abi/status.h>
#include <base/macros.h>
#include <kobject.h>
#include <spinlock.h>

#define SPACE_MSR_REQUIRED  1
#define MSR_SELECTORS       BIT64 (32)                  /* ECX names the register                                   */

struct pd;

struct space_msr {
    struct kobject      obj;
    struct pd          *pd;                             /* reference; null for the NOVA MSR space                   */
    struct spinlock     lock;                           /* changes of the bitmap: both permissions of an MSR at once */
    _Atomic (uint64_t) *bitmap;                         /* 1 or 2 pages, contiguous; fixed. Words: relaxed           */
};

extern struct space_msr space_msr_nova;

/* Boot, after virt_init(): chooses the form and fills the NOVA MSR space. MEM_OBJ. */
enum status space_msr_init (void) MUST_CHECK;

enum status space_msr_create (struct space_msr **out, struct pd *) MUST_CHECK;     /* BAD_CAP, MEM_OBJ               */
bool        space_msr_retire (struct kobject *);

/* Registers [base, base + 2^ord); base is aligned to ord. Needs no memory. */
void        space_msr_delegate (struct space_msr *dst, struct space_msr const *src, uint64_t base, unsigned ord, unsigned pmm);

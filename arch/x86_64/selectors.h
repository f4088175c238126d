/* SPDX-License-Identifier: GPL-2.0-only */
/* Segment selectors, in the order that SYSCALL and SYSRET want (Intel SDM 3A, 5.8.8). Shared with assembly. */
#pragma once

#define SEL_KERN_CODE   0x08
#define SEL_KERN_DATA   0x10
#define SEL_USER_DATA   0x1b
#define SEL_USER_CODE   0x23
#define SEL_TSS         0x28

#define STAR_VALUE      ((UINT64_C (0x13) << 48) | (UINT64_C (SEL_KERN_CODE) << 32))

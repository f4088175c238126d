/* SPDX-License-Identifier: GPL-2.0-only */
/* Contract: MSR space, where the architecture has one. arch/ARCH/space_msr.h replaces this file there. */
#pragma once

#include <abi/status.h>
#include <kobject.h>

#define SPACE_MSR_REQUIRED  0

struct space_msr { struct kobject obj; };

static inline enum status space_msr_init (void) { return STATUS_SUCCESS; }
static INDIRECT_TARGET inline bool space_msr_retire (struct kobject *o) { (void)o; return false; }

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program that goes astray may raise. */
#pragma once

#include <abi/event_arch.h>

#define FAULT_VECTORS   EXC_UNKNOWN, EXC_WFX, EXC_FPU, EXC_ILLEGAL, EXC_SVC, EXC_SYSREG, EXC_IABT, EXC_PC_ALIGN, EXC_DABT, EXC_SP_ALIGN, \
                        EXC_BREAK, EXC_STEP, EXC_WATCH, EXC_BRK

enum { SYSCALL_BYTES = 4, LAST_PAGE_RUNS = 1 };         /* the last page of user memory is one as any other     */

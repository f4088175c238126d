/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program that goes astray may raise. */
#pragma once

#include <abi/event_arch.h>

#define FAULT_VECTORS   EXC_DE, EXC_DB, EXC_BP, EXC_OF, EXC_BR, EXC_UD, EXC_NM, EXC_DF, EXC_TS, EXC_NP, EXC_SS, EXC_GP, EXC_PF, EXC_MF, \
                        EXC_AC, EXC_XM

enum { SYSCALL_BYTES = 2, LAST_PAGE_RUNS = 0 };         /* the last page of user memory is never executable     */

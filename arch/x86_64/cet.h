/* SPDX-License-Identifier: GPL-2.0-only */
/* Control-flow enforcement technology (Intel SDM 1, chapter 17 and SDM 3A, 2.5; AMD APM 2, chapter 18). Shared with assembly. */
#pragma once

/* IA32_S_CET, IA32_U_CET (SDM 4, table 2-2) */
#define S_CET_SH_STK_EN     0x1
#define S_CET_ENDBR_EN      0x4

#define ENDBR_SIZE          (CFP_BRANCH * 4)            /* of ENDBR64; entries of a CPU that does not want it lie behind    */

#ifndef __ASSEMBLY__

#include <base/compiler.h>
#include <base/types.h>

/*
 * Each CPU on its own tables, from start.S: everything but the switch itself. Returns what to load into IA32_S_CET, 0: nothing
 * is in use, CR4.CET stays off.
 */
uint32_t cet_cpu_init (void);

/* Each CPU, when it is on: true if what is read back is what was meant. The boot CPU prints it, others if it is not. */
bool cet_cpu_check (void) MUST_CHECK;

#endif

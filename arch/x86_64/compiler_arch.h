/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Indirect-branch tracking (Intel SDM 1, 17.3): an indirect call or jump must arrive at an ENDBR64. The compilers place it, and
 * define __CET__ with bit 0 when they do (psABI; -fcf-protection): user code and host tests, which are compiled without, see
 * two empty words. GCC places one where it is told to (-mmanual-endbr). Clang places one in every function that other files may
 * call or whose address is taken, unless it is told not to; for Clang that belongs to the function's type, so that both
 * declaration and definition say it.
 */
#pragma once

#if !defined (__CET__) || !(__CET__ & 1)
#define INDIRECT_TARGET
#define INDIRECT_NEVER
#elif defined (__clang__)
#define INDIRECT_TARGET
#define INDIRECT_NEVER  __attribute__ ((nocf_check))
#else
#define INDIRECT_TARGET __attribute__ ((cf_check))
#define INDIRECT_NEVER
#endif

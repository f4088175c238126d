/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Branch target identification (Arm ARM, D8.10): an indirect call must arrive at a landing pad. GCC places one where it is told to, by
 * an attribute of the function that ends what the command line says (rules.mk); so the attribute names the signing of return
 * addresses, too. Clang places one in every function that other files may call or whose address is taken, unless it is told not to. User
 * code and host tests, which are compiled without CFP_BRANCH, see two empty words.
 */
#pragma once

#if !defined (CFP_BRANCH) || !CFP_BRANCH
#define INDIRECT_TARGET
#define INDIRECT_NEVER
#else
#if CFP_RETURN
#define CFP_RETURN_ONLY "branch-protection=pac-ret"
#define CFP_TARGET      "branch-protection=bti+pac-ret"
#else
#define CFP_RETURN_ONLY "branch-protection=none"
#define CFP_TARGET      "branch-protection=bti"
#endif
#ifdef __clang__
#define INDIRECT_TARGET
#define INDIRECT_NEVER  __attribute__ ((target (CFP_RETURN_ONLY)))
#else
#define INDIRECT_TARGET __attribute__ ((target (CFP_TARGET)))
#define INDIRECT_NEVER
#endif
#endif

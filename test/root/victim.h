/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that raise exceptions, by instructions that the architecture lists. Whoever handles them lets them go on at victim_next, with
 * the stack as it is there.
 */
#pragma once

#include <regs.h>
#include <victim_arch.h>

extern struct regs victim_regs;
extern uint64_t volatile victim_addr;                   /* for read, write (of 0x600dcafe), jump                */
extern char const victim_next[];

/* A function, the instructions that come first, and the one that raises it */
#define VICTIM(name, before, insn)  void victim_##name (void); extern char const victim_##name##_at[];

VICTIM_LIST

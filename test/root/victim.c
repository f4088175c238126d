/* SPDX-License-Identifier: GPL-2.0-only */
#include <victim.h>

struct regs victim_regs;
uint64_t volatile victim_addr;

#undef VICTIM
#define VICTIM(name, before, insn) \
    ".globl victim_" #name ", victim_" #name "_at\n victim_" #name ": " VICTIM_ENTER "\n" before "\n victim_" #name "_at: " insn "\n" \
    VICTIM_JUMP "\n"

__asm__ (".section .text.victim, \"ax\"\n .globl victim_next\n victim_next: " VICTIM_LEAVE "\n" VICTIM_LIST ".previous");

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual address map of the kernel at EL2: 48 bits, 4 levels, one range that starts at 0 (Arm ARM, D8.2: EL2 without VHE has only
 * TTBR0_EL2). No address of a user is ever in it: those are translated by stage 2 and have an address space of their own.
 *
 *     0x0000ffff80000000   kernel image and its memory pool       same on every CPU
 *     0x0000ffffa0000000   windows onto physical memory           same on every CPU, boot only
 *     0x0000ffffb0000000   device registers: pages                same on every CPU
 *     0x0000ffffb0200000   device registers: blocks of 2 MiB      same on every CPU
 *     0x0000ffffffe00000   data of this CPU: stack, variables
 */
#pragma once

#include <board.h>

#define LOAD_ADDR           BOARD_LOAD_ADDR             /* of the ELF file; any multiple of 2 MiB works         */
#define LINK_ADDR           0x0000ffff80000000
#define WINDOW_ADDR         0x0000ffffa0000000
#define MMIO_ADDR           0x0000ffffb0000000
#define MMIO_PAGES          512                         /* one page table                                       */
#define MMIO_BLOCK_ADDR     0x0000ffffb0200000
#define MMIO_BLOCKS         64

#define CPU_AREA            0x0000ffffffe00000          /* 2 MiB, one page table                                */
#define CPU_STACK_PANIC     0x0000ffffffff4000          /* what must not happen in the kernel                   */
#define CPU_STACK_PANIC_TOP 0x0000ffffffff5000
#define CPU_STACK           0x0000ffffffff6000          /* 2 pages, like all stacks with an unmapped page below */
#define CPU_STACK_TOP       0x0000ffffffff8000
#define CPU_LOCAL           0x0000ffffffffb000          /* struct cpu_local                                     */
#define CPU_LOCAL_PAGES     2
#define STACK_PAGES         2

#define CPU_TABLES          0                           /* one tree of tables for a space, whatever the CPU     */

#ifndef __ASSEMBLY__
#include <base/types.h>

extern uint64_t user_end;                               /* 2 to the power of hpt_bits()                         */
#define USER_END            user_end                    /* first address that is not user-accessible            */

/* Kernel objects lie above LINK_ADDR: the upper half of all their addresses is that one's */
#define OBJECT_ADDR(low)    ((uintptr_t)(low) | (LINK_ADDR & ~UINT64_C (0xffffffff)))
#endif

#define ELF_MACHINE         183                         /* EM_AARCH64                                           */

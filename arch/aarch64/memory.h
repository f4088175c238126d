/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual address map of the kernel at EL2: 48 bits, 4 levels. Without VHE it is the one range that EL2 has, TTBR0_EL2, which begins
 * at 0 (Arm ARM, D8.2); with VHE it is the upper range, TTBR1_EL2, so that each address is higher by VHE_BIAS. The image is linked for
 * the former. No address of a user is in either: they are translated by stage 2, or by TTBR0_EL2 where the kernel has TTBR1_EL2.
 *
 *     0x0000ffff80000000   kernel image and its memory pool       same on every CPU
 *     0x0000ffffa0000000   windows onto physical memory           same on every CPU, boot only
 *     0x0000ffffb0000000   device registers: pages                same on every CPU
 *     0x0000ffffb0200000   device registers: blocks of 2 MiB      same on every CPU
 *     0x0000ffffffe00000   data of this CPU: stack, variables
 */
#pragma once

#include <board.h>

#define VHE_BIAS            0xffff000000000000

/* Assembly and linker script see where things are linked, C where they are */
#define CPU_LOCAL_LINKED    0x0000ffffffffb000
#ifdef __ASSEMBLY__
#define KERNEL_ADDR(linked) linked
#else
#define KERNEL_ADDR(linked) ((uintptr_t)&cpu_local - (CPU_LOCAL_LINKED - (linked)))
#endif

#define LOAD_ADDR           BOARD_LOAD_ADDR             /* of the ELF file; any multiple of 2 MiB works         */
#define LINK_ADDR           KERNEL_ADDR (0x0000ffff80000000)
#define WINDOW_ADDR         KERNEL_ADDR (0x0000ffffa0000000)
#define MMIO_ADDR           KERNEL_ADDR (0x0000ffffb0000000)
#define MMIO_PAGES          512                         /* one page table                                       */
#define MMIO_BLOCK_ADDR     KERNEL_ADDR (0x0000ffffb0200000)
#define MMIO_BLOCKS         64

#define CPU_AREA            KERNEL_ADDR (0x0000ffffffe00000) /* 2 MiB, one page table                           */
#define CPU_STACK_PANIC     KERNEL_ADDR (0x0000ffffffff4000) /* what must not happen in the kernel              */
#define CPU_STACK_PANIC_TOP KERNEL_ADDR (0x0000ffffffff5000)
#define CPU_STACK           KERNEL_ADDR (0x0000ffffffff6000) /* 2 pages, like all stacks with an unmapped page below */
#define CPU_STACK_TOP       KERNEL_ADDR (0x0000ffffffff8000)
#define CPU_LOCAL           KERNEL_ADDR (CPU_LOCAL_LINKED)   /* struct cpu_local                                */
#define CPU_LOCAL_PAGES     2
#define STACK_PAGES         2

#define CPU_TABLES          0                           /* one tree of tables for a space, whatever the CPU     */

#ifndef __ASSEMBLY__
#include <base/types.h>
#include <patch.h>

extern struct cpu_local cpu_local;                      /* the one of this CPU: cpu_local.h                     */

extern uint64_t user_end;                               /* 2 to the power of hpt_bits()                         */
#define USER_END            user_end                    /* first address that is not user-accessible            */

/* Kernel objects lie above LINK_ADDR: the upper half of all their addresses is that one's. One instruction, as in entry.S */
static inline uintptr_t OBJECT_ADDR (uint32_t low)
{
    uintptr_t addr;

    __asm__ (PATCHABLE "orr %0, %1, #0xffffffff00000000" PATCH (PATCH_VHE, "orr %0, %1, #0x0000ffff00000000")
             : "=r" (addr) : "r" ((uint64_t)low));

    return addr;
}
#endif

#define ELF_MACHINE         183                         /* EM_AARCH64                                           */

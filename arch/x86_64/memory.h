/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual address map of the kernel, 4- or 5-level paging (Intel SDM 3A, 4.5). Slots are those of the top level, of 512 GiB or
 * of 256 TiB.
 *
 *   slot 511: tables of one CPU
 *     0xffffffff80000000   kernel image and its memory pool       same on every CPU
 *     0xffffffffa0000000   windows onto physical memory           same on every CPU, boot only
 *     0xffffffffb0000000   device registers: pages                same on every CPU
 *     0xffffffffb0200000   device registers: blocks of 2 MiB      same on every CPU
 *     0xffffffffffe00000   data of this CPU: stacks, variables, TSS
 *   slot 510: I/O permission bitmap of the space that is loaded (or the shared all-ones one)
 *   slot 509: the tables of slot 511 again, so that the TSS page, last of slot 511, also ends just below the bitmap:
 *             the CPU finds the bitmap at TSS base + 16-bit offset (SDM 1, 19.5.2)
 *   slots 0...255: user
 */
#pragma once

#define LOAD_ADDR           0x200000                    /* default; any multiple of 2 MiB below 4 GiB works     */
#define LINK_ADDR           0xffffffff80000000
#define WINDOW_ADDR         0xffffffffa0000000
#define MMIO_ADDR           0xffffffffb0000000
#define MMIO_PAGES          512                         /* one page table                                       */
#define MMIO_BLOCK_ADDR     0xffffffffb0200000
#define MMIO_BLOCKS         64

#define CPU_PD_ADDR         0xffffffffc0000000
#define CPU_AREA            0xffffffffffe00000          /* 2 MiB, one page table                                */
#define CPU_SHSTK           0xfffffffffffe8000          /* shadow stacks: of CPU_STACK                              */
#define CPU_SHSTK_IST       0xfffffffffffea000          /* and of those below and above, SHSTK_IST_SIZE each        */
#define CPU_STACK_CP        0xfffffffffffec000          /* control protection: SYSCALL leaves no shadow stack       */
#define CPU_STACK_CP_TOP    0xfffffffffffed000
#define CPU_STACK_DB        0xfffffffffffee000          /* debug exceptions may hit the kernel's first instruction  */
#define CPU_STACK_DB_TOP    0xfffffffffffef000
#define CPU_STACK           0xffffffffffff0000          /* 2 pages, like all stacks with an unmapped page below */
#define CPU_STACK_TOP       0xffffffffffff2000
#define CPU_STACK_DF        0xffffffffffff4000          /* double fault                                         */
#define CPU_STACK_DF_TOP    0xffffffffffff5000
#define CPU_STACK_NMI       0xffffffffffff6000
#define CPU_STACK_NMI_TOP   0xffffffffffff7000
#define CPU_STACK_MC        0xffffffffffff8000
#define CPU_STACK_MC_TOP    0xffffffffffff9000
#define CPU_LOCAL           0xffffffffffffb000          /* struct cpu_local                                     */
#define CPU_LOCAL_PAGES     2
#define CPU_TSS             0xfffffffffffff000          /* TSS, then GDT                                        */

/* Interrupt stack table (Intel SDM 3A, 6.14.5): its index, and in the same order the shadow stacks */
#define IST_DF              1
#define IST_NMI             2
#define IST_MC              3
#define IST_DB              4
#define IST_CP              5
#define CPU_IST_COUNT       5

/*
 * A shadow stack begins with its token, the linear address of itself (SDM 1, 17.2.3), to which SSP points while it is empty. Token and
 * what an event pushes must lie in one aligned block of 32 bytes, else #GP (SDM 2A, INT n; Bochs does not look).
 */
#define SHSTK_PAGES         2                           /* of a CPU: its own, and those of the IST                  */
#define SHSTK_IST_SIZE      0x300                       /* 95 return addresses; these handlers do next to nothing   */
#define CPU_SSP             (CPU_SHSTK + 0x1000 - 8)
#define CPU_SSP_IST(ist)    (CPU_SHSTK_IST + SHSTK_IST_SIZE * (ist) - 8)
#define CPU_SSP_TABLE       (CPU_TSS + 0x7c0)           /* for IA32_INTERRUPT_SSP_TABLE_ADDR: desc.c    */

#define PIO_BITMAP(levels)  (-(UINT64_C (2) << (3 + 9 * (levels))))     /* slot 510: 2 pages of bits, then a page of ones   */
#define TSS_ALIAS(levels)   (PIO_BITMAP (levels) - 0x1000)              /* the TSS page seen through slot 509               */

#define SLOT_KERNEL         511
#define SLOT_PIO            510
#define SLOT_ALIAS          509
#define USER_SLOTS          256
#define CPU_TABLES          CPU_MAX                     /* each CPU has a top-level table of its own in each space  */

#ifndef __ASSEMBLY__
#include <base/types.h>

extern uint64_t user_end;                               /* 2^47, or 2^56 with 5 levels                          */
#define USER_END            user_end                    /* first address that is not user-accessible            */

/* Kernel objects lie in the top 2 GiB: sign extension of the low half of an address gives all of it */
#define OBJECT_ADDR(low)    ((uintptr_t)(intptr_t)(int32_t)(low))
#endif

#define STACK_PAGES         2

#define ELF_MACHINE         62                          /* EM_X86_64                                            */

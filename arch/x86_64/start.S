/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the boot loader to init(), and from an INIT-SIPI-SIPI to bootstrap_ap().
 *
 * The boot CPU arrives at one entry point in one of two states, EAX = Multiboot magic, EBX = physical address of the
 * information. The code may have been moved by a multiple of 2 MiB, so it finds out where it is before it touches memory
 * by name.
 *
 *   32-bit protected mode without paging (Multiboot2 2.0, 3.3; Multiboot 0.6.96, 3.2), nothing else defined: no stack, no GDT
 *   64-bit mode with UEFI boot services on (Multiboot2 2.0, EFI amd64 machine state; UEFI 2.10, 2.3.4): firmware's page
 *   tables map memory to itself, its interrupts are on. init_uefi() ends that, and the CPU goes on as in the first state.
 */
#include <cet.h>
#include <cr.h>
#include <memory.h>
#include <msr.h>
#include <vectors.h>

#define MB1_FLAGS       0x3                             /* modules page-aligned, memory information             */
#define MB2_MAGIC       0xe85250d6
#define PTE_P           0x01
#define PTE_W           0x02
#define PTE_S           0x80                            /* 2 MiB page                                           */
#define BOOT_PDES       ((KMEM_MIB + 4) / 2)            /* 2 MiB pages of image, pool and console buffer        */
#define PHYS(sym)       sym - (LINK_ADDR - LOAD_ADDR)   /* of what is linked high; EBP is to be added           */

/* While firmware runs, nobody uses the pool: its end holds two page tables and, above them, the stack for firmware's calls,
 * which wants 128 KiB (UEFI 2.10, 2.3.4) */
#define UEFI_STACK_TOP  PHYS (POOL_END)
#define UEFI_ROOT       PHYS (POOL_END) - 0x32000

/* Multiboot headers ---------------------------------------------------------------------------------------------------*/

            .section .header, "a", @progbits
            .balign 8
            .long   0x1badb002, MB1_FLAGS, -(0x1badb002 + MB1_FLAGS)

            .balign 8
mb2:        .long   MB2_MAGIC, 0, mb2_end - mb2, -(MB2_MAGIC + (mb2_end - mb2))
            .balign 8                                   /* module alignment, 3.1.10                             */
            .word   6, 0
            .long   8
            .balign 8                                   /* relocatable, 3.1.14: anywhere below 4 GiB, 2 MiB steps */
            .word   10, 1
            .long   24, 0x200000, 0xffffffff, 0x200000
            .globl  mb2_preference
mb2_preference:
            .long   1                                   /* lowest possible address                              */
            .balign 8
            .word   5, 1                                /* framebuffer, optional: a size that everybody has     */
            .long   20, 1024, 768, 32
            .balign 8
            .word   7, 1                                /* EFI boot services, optional: they stay on            */
            .long   8
            .balign 8
            .word   9, 1                                /* EFI amd64 entry address: then in 64-bit mode         */
            .long   12, start
            .balign 8
            .word   0, 0
            .long   8
mb2_end:

/* Boot CPU ------------------------------------------------------------------------------------------------------------*/

/* The image at LINK_ADDR, in boot_pdpt_hi and pd_kernel (so that window_map() works before pmap_init()). In either mode;
 * EBP = load offset, clobbers EAX, ECX, EDX */
.macro      MAP_IMAGE
            lea     PHYS (pd_kernel) + PTE_P + PTE_W(%ebp), %eax
            mov     %eax, boot_pdpt_hi + 510 * 8(%ebp)
            lea     LOAD_ADDR + PTE_P + PTE_W + PTE_S(%ebp), %eax
            lea     PHYS (pd_kernel)(%ebp), %edx
            mov     $BOOT_PDES, %ecx
1:          mov     %eax, (%edx)
            add     $0x200000, %eax
            add     $8, %edx
            loop    1b
.endm

            .section .init, "ax", @progbits
            .code32
            .globl  start
start:      cld                                         /* code of 32-bit mode that both modes can execute:     */
            xor     %ecx, %ecx
            inc     %ecx                                /* 0x41, in 64-bit mode the prefix REX.B of the next    */
            mov     %eax, %eax                          /* one, which makes it mov %eax, %r8d                   */
            jecxz   1f                                  /* ECX = 0: 64-bit mode                                 */
            jmp     start_32
            .code64
1:          jmp     start_64

            .code32
start_32:   cli
            mov     (%ebx), %ecx                        /* the information is the only memory we know: borrow   */
            lea     4(%ebx), %esp                       /* its first word as a stack for one call               */
            call    1f
1:          pop     %ebp
            mov     %ecx, (%ebx)
            sub     $1b, %ebp                           /* EBP = load offset                                    */
            lea     boot_stack_top(%ebp), %esp
            mov     %eax, %edi
            mov     %ebx, %esi

start_all:  mov     $0x80000000, %eax                   /* long mode and NX? (AMD APM 3, E.4.2)                 */
            cpuid
            cmp     $0x80000001, %eax
            jb      no_long_mode
            mov     $0x80000001, %eax
            cpuid
            and     $0x20100000, %edx                   /* bits 29, long mode, and 20, execute-disable          */
            cmp     $0x20100000, %edx
            jne     no_long_mode

            lea     boot_pdpt_hi + PTE_P + PTE_W(%ebp), %eax        /* boot_pml4[511] -> boot_pdpt_hi[510] -> pd_kernel */
            mov     %eax, boot_pml4 + 511 * 8(%ebp)
            MAP_IMAGE

            lea     boot_pml4 + PTE_P + PTE_W(%ebp), %eax           /* both halves once more, for la57_switch   */
            mov     %eax, boot_pml5(%ebp)
            mov     %eax, boot_pml5 + 511 * 8(%ebp)

            lea     boot_pdpt_lo + PTE_P + PTE_W(%ebp), %eax        /* identity: the 2 MiB page this code runs in */
            mov     %eax, boot_pml4(%ebp)
            lea     LOAD_ADDR(%ebp), %ecx
            shr     $30, %ecx
            lea     boot_pd_lo + PTE_P + PTE_W(%ebp), %eax
            mov     %eax, boot_pdpt_lo(%ebp, %ecx, 8)
            lea     LOAD_ADDR + PTE_P + PTE_W + PTE_S(%ebp), %eax
            mov     %eax, %ecx
            shr     $21, %ecx
            and     $511, %ecx
            mov     %eax, boot_pd_lo(%ebp, %ecx, 8)

            lea     boot_gdt(%ebp), %eax
            mov     %eax, boot_gdtr + 2(%ebp)
            lgdt    boot_gdtr(%ebp)
            lea     boot_pml4(%ebp), %eax
            mov     %eax, %cr3
            mov     $0x20, %eax                         /* CR4.PAE                                              */
            mov     %eax, %cr4
            mov     $0xc0000080, %ecx                   /* IA32_EFER: SCE, LME                                  */
            rdmsr
            or      $0x101, %eax
            wrmsr
            mov     $0x80010001, %eax                   /* CR0: PG, WP, PE                                      */
            mov     %eax, %cr0
            lea     1f(%ebp), %eax
            push    $8
            push    %eax
            lret
            .code64
1:          xor     %eax, %eax
            mov     %eax, %ds
            mov     %eax, %es
            mov     %eax, %ss
            mov     %eax, %fs
            mov     %eax, %gs
            lea     LOAD_ADDR(%ebp), %edx               /* init (magic, info, load address) on the boot stack   */
            mov     $boot_stack_hi_top, %rsp
            mov     $init, %rax
            xor     %ebp, %ebp
            call    *%rax
            ud2

/* With boot services on. In: R8D = magic, EBX = information; firmware's tables, descriptors and stack, interrupts on */
start_64:   mov     %r8d, %r12d
            mov     %ebx, %r13d
            lea     start(%rip), %rbp
            sub     $start, %ebp                        /* EBP = load offset                                    */
            lea     UEFI_STACK_TOP(%ebp), %esp          /* mapped to itself, so firmware knows its addresses    */
            mov     $0x80000001, %eax                   /* no execute-disable: the line comes in 32-bit mode    */
            cpuid
            bt      $20, %edx
            jnc     leave_64

            MAP_IMAGE
            mov     %cr3, %rsi                          /* firmware's tables, and the image above them: a copy of */
            and     $-4096, %rsi                        /* the top level, since firmware's own may be read-only */
            lea     UEFI_ROOT(%ebp), %edx
            mov     %edx, %edi
            mov     $512, %ecx
            rep movsq
            xor     %eax, %eax
            mov     $512, %ecx
            rep stosq
            lea     boot_pdpt_hi + PTE_P + PTE_W(%ebp), %eax
            mov     %cr4, %rcx
            test    $CR4_LA57, %ecx                     /* 5-level paging: one table more                       */
            jz      1f
            mov     %rax, 4096 + 511 * 8(%rdx)
            lea     4096 + PTE_P + PTE_W(%rdx), %eax
1:          mov     %rax, 511 * 8(%rdx)
            mov     %rdx, %cr3
            mov     $IA32_EFER, %ecx                    /* for windows; tables made without NXE have no such bit */
            rdmsr
            or      $EFER_NXE, %eax
            wrmsr

            mov     %r12d, %edi                         /* init_uefi (magic, info, load address)                */
            mov     %r13d, %esi
            lea     LOAD_ADDR(%ebp), %edx
            mov     $init_uefi, %rax
            call    *%rax

/* To 32-bit mode without paging (SDM 3A, 9.8.5.4), whatever paging and protection firmware had. Out: as start_32 has it at
 * start_all, EBP = load offset, EDI = magic, ESI = information */
leave_64:   cli
            cld
            mov     %cr4, %rax
            and     $(CR4_PAE | CR4_LA57), %eax         /* above all not PCIDE, which paging cannot leave (4.10.1) */
            mov     %rax, %cr4
            mov     %r12d, %edi
            mov     %r13d, %esi
            lea     boot_gdt(%ebp), %eax
            mov     %eax, boot_gdtr + 2(%ebp)
            lgdt    boot_gdtr(%ebp)
            lea     1f(%ebp), %eax
            push    $0x18
            push    %rax
            lretq
            .code32
1:          mov     $0x10, %eax
            mov     %eax, %ds
            mov     %eax, %es
            mov     %eax, %ss
            lea     boot_stack_top(%ebp), %esp
            mov     %cr0, %eax
            and     $~CR0_PG, %eax
            mov     %eax, %cr0
            mov     $IA32_EFER, %ecx
            rdmsr
            and     $~EFER_LME, %eax
            wrmsr
            xor     %eax, %eax
            mov     %eax, %cr4
            jmp     start_all

no_long_mode:                                           /* One line on COM1 and, where there is one, the VGA text screen */
            lea     no_long_mode_text(%ebp), %esi
            mov     $0xb8000, %edi
            mov     $no_long_mode_end - no_long_mode_text, %ecx
1:          lodsb
            mov     $0x3f8, %edx
            out     %al, %dx
            mov     $0x0f, %ah
            stosw
            loop    1b
2:          hlt
            jmp     2b
no_long_mode_text:
            .ascii  "Kilonova: this CPU has no 64-bit mode or no execute-disable bit\r\n"
no_long_mode_end:

/* CR4.LA57 can change only while paging is off, and paging can go off only in 32-bit mode (SDM 3A, 2.5, 4.1.2). Here: at the
 * physical address, where boot_pml4 and boot_pml5 map 1:1. EBP = load offset. EBX, ESI, EDI survive. */
            .code64
la57_low:   lgdt    boot_gdtr(%rip)
            lea     boot_stack_top(%rip), %rsp
            lea     1f(%rip), %rax
            push    $24
            push    %rax
            lretq
            .code32
1:          mov     $16, %eax
            mov     %eax, %ss
            mov     %cr0, %edx
            mov     %edx, %eax
            and     $~CR0_PG, %eax
            mov     %eax, %cr0
            mov     %cr4, %eax
            or      $CR4_LA57, %eax
            mov     %eax, %cr4
            lea     boot_pml5(%ebp), %eax
            mov     %eax, %cr3
            mov     %edx, %cr0
            lea     1f(%ebp), %eax
            push    $8
            push    %eax
            lret
            .code64
1:          mov     $la57_high, %rax
            jmp     *%rax

            .section .init.data, "aw", @progbits
            .balign 8
boot_gdt:   .quad   0, 0x00209a0000000000, 0x00cf92000000ffff   /* null, 64-bit code, data (SDM 3A, 3.4.5)        */
            .quad   0x00cf9a000000ffff                          /* 32-bit code                                    */
boot_gdtr:  .word   boot_gdtr - boot_gdt - 1
            .long   0, 0

            .balign 4096
boot_pml5:      .fill 512, 8, 0
boot_pml4:      .fill 512, 8, 0
boot_pdpt_hi:   .fill 512, 8, 0
boot_pdpt_lo:   .fill 512, 8, 0
boot_pd_lo:     .fill 512, 8, 0
boot_stack:     .fill 64, 8, 0
boot_stack_top:

/* Application processors: copied to a page below 1 MiB, entered in real mode at offset 0 with CS = page >> 4 (SDM 3A, 9.4.4) */

            .section .rodata, "a", @progbits
            .balign 16
            .globl  ap_start, ap_end
            .code16
ap_start:   cli
            cld
            mov     %cs, %ax
            mov     %ax, %ds
            lgdtl   ap_gdtr - ap_start
            mov     ap_cr4 - ap_start, %eax
            mov     %eax, %cr4
            mov     ap_cr3 - ap_start, %eax
            mov     %eax, %cr3
            mov     $0xc0000080, %ecx                   /* IA32_EFER: NXE, LME, SCE                             */
            rdmsr
            or      $0x901, %eax
            wrmsr
            mov     $0x80010001, %eax
            mov     %eax, %cr0
            ljmpl   *(ap_far - ap_start)
            .code64
ap_long:    xor     %eax, %eax
            mov     %eax, %ds
            mov     %eax, %es
            mov     %eax, %ss
            mov     %eax, %fs
            mov     %eax, %gs
            mov     ap_root(%rip), %rax                 /* the jump goes first: RAX does not map this page      */
            mov     $ap_high, %rcx
            jmp     *%rcx

            .balign 8
ap_gdt:     .quad   0, 0x00209a0000000000, 0x00cf92000000ffff
ap_gdtr:    .word   ap_gdtr - ap_gdt - 1
            .globl  ap_gdt_base, ap_far, ap_cr4, ap_cr3, ap_root, ap_gdt, ap_long
ap_gdt_base:.long   0                                   /* filled in: physical address of ap_gdt in the copy    */
ap_far:     .long   0                                   /* filled in: physical address of ap_long in the copy   */
            .word   8
ap_cr4:     .long   0                                   /* filled in: PAE, and LA57 where there are 5 levels    */
ap_cr3:     .long   0                                   /* filled in: tables that also map this page            */
            .balign 8
ap_root:    .quad   0                                   /* filled in: page-table root of this CPU               */
ap_end:

            .section .text, "ax", @progbits
            .code64
ap_high:    mov     %rax, %cr3                          /* In: RAX = page-table root of this CPU                */
            mov     $bootstrap_ap, %rdi

/* Leaves the boot stack for the stack of this CPU, whose tables are loaded. In: RDI = function that never returns */
            .globl  enter_cpu_stack
enter_cpu_stack:
            mov     $CPU_STACK_TOP, %rsp
            xor     %ebp, %ebp
            mov     %rdi, %rbx
            call    bootstrap_stack
#if CFP_BRANCH || CFP_RETURN
            test    %eax, %eax                          /* IA32_S_CET. Nothing returns from here on that was called */
            jz      1f                                  /* before: its shadow stack would not know it           */
            mov     %cr4, %rcx
            or      $CR4_CET, %rcx
            mov     %rcx, %cr4
            mov     $IA32_S_CET, %ecx
            xor     %edx, %edx
            wrmsr
            test    $S_CET_SH_STK_EN, %al
            jz      1f
            setssbsy
1:
#endif
            call    *%rbx
            ud2

/* From 4 to 5 levels. In: EDI = root for 5 levels, below 4 GiB; RSI = load offset. Interrupts are off. The stack lies in the top
 * 2 GiB, so that half of RSP says it all. Comes back with the boot GDT and null data segments. */
            .globl  la57_switch
la57_switch:
            push    %rbx
            push    %rbp
            push    %r12
            push    %r13
            push    %r14
            push    %r15
            mov     %esp, %ebx
            mov     %esi, %ebp
            mov     %cr4, %rax
            mov     %eax, %esi
            and     $~(CR4_PGE | CR4_PCIDE), %eax       /* PCIDE would keep paging on (SDM 3A, 4.10.1)          */
            mov     %rax, %cr4
            lea     boot_pml4(%ebp), %eax
            mov     %rax, %cr3
            lea     la57_low(%ebp), %eax
            jmp     *%rax

la57_high:  mov     %edi, %edi
            mov     %rdi, %cr3
            movslq  %ebx, %rsp
            mov     %esi, %esi
            or      $CR4_LA57, %rsi
            mov     %rsi, %cr4
            xor     %eax, %eax
            mov     %eax, %ss
            pop     %r15
            pop     %r14
            pop     %r13
            pop     %r12
            pop     %rbp
            pop     %rbx
            ret

            .section .bss
            .balign 4096
            .fill   2 * 4096, 1, 0
boot_stack_hi_top:

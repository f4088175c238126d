/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptor tables (Intel SDM 3A, 3.4.5, 6.14, 7.7). */
#include <desc.h>

#include <abi/event_arch.h>
#include <base/macros.h>
#include <cet.h>
#include <cfp.h>
#include <cpu_local.h>
#include <exception.h>
#include <hpt.h>
#include <memory.h>
#include <msr.h>
#include <regs.h>
#include <selectors.h>
#include <vectors.h>

struct tss {                                            /* 7.7, figure 7-11                                         */
    uint32_t reserved0;
    uint64_t rsp[3], reserved1, ist[7], reserved2;
    uint16_t reserved3, iomap;
} PACKED;

struct tss_page {                                       /* the page at CPU_TSS                                      */
    struct tss tss;
    char       pad[CPU_SSP_TABLE - CPU_TSS - sizeof (struct tss)];
    uint64_t   ssp[8];                                  /* shadow stacks, by index of the IST; 0 is not used        */
    uint64_t   gdt[7];
};

struct gate { uint64_t lo, hi; };

STATIC_ASSERT (sizeof (struct tss) == 104);
STATIC_ASSERT (CPU_SSP % 32 == 24 && CPU_SSP_IST (1) % 32 == 24 && SHSTK_IST_SIZE % 32 == 0);   /* memory.h says why     */
STATIC_ASSERT (SHSTK_IST_SIZE * CPU_IST_COUNT <= PAGE_SIZE && CPU_IST_COUNT < ARRAY_SIZE (((struct tss_page *)0)->ssp));
STATIC_ASSERT (PIO_BITMAP (4) - TSS_ALIAS (4) <= 0xffff);   /* the I/O map base has 16 bits                         */

static struct gate idt[VEC_COUNT] ALIGNED (16);

/* Where the stack, or the shadow stack, may not be one: what strikes anywhere, at the first instruction after SYSCALL, or too deep */
static unsigned ist_of (unsigned vector)
{
    switch (vector) {
        case EXC_DB:    return IST_DB;
        case EXC_NMI:   return IST_NMI;
        case EXC_DF:    return IST_DF;
        case EXC_MC:    return IST_MC;
        case EXC_CP:    return IST_CP;
        default:        return 0;
    }
}

static void load_idt (void)
{
    struct { uint16_t limit; uint64_t base; } PACKED const dt = { sizeof idt - 1, (uintptr_t)idt };

    __asm__ volatile ("lidt %0" : : "m" (dt));
}

/* 64-bit interrupt gates; INT 3 and INTO may be raised by user instructions, so these two have DPL 3 */
void desc_init (void)
{
    for (unsigned v = 0; v < VEC_COUNT; v++) {

        uint64_t const stub = (uintptr_t)idt_stubs + v * 16 + (cfp.branch ? 0 : ENDBR_SIZE);
        uint64_t const dpl  = v == 3 || v == 4 ? 3 : 0;

        idt[v].lo = (stub & 0xffff) | SEL_KERN_CODE << 16 | (uint64_t)ist_of (v) << 32 | UINT64_C (0x8e) << 40 | dpl << 45 |
                    (stub >> 16 & 0xffff) << 48;
        idt[v].hi = stub >> 32;
    }

    load_idt();
}

void desc_cpu_init (void)
{
    struct tss_page *const p = (struct tss_page *)CPU_TSS;
    struct { uint16_t limit; uint64_t base; } PACKED dt;
    uint64_t const base = TSS_ALIAS (hpt_levels), iomap = PIO_BITMAP (hpt_levels) - base;

    p->tss = (struct tss) {
        .rsp   = { [0] = CPU_STACK_TOP },
        .ist   = { [IST_DF - 1] = CPU_STACK_DF_TOP, [IST_NMI - 1] = CPU_STACK_NMI_TOP, [IST_MC - 1] = CPU_STACK_MC_TOP,
                   [IST_DB - 1] = CPU_STACK_DB_TOP, [IST_CP - 1] = CPU_STACK_CP_TOP },
        .iomap = (uint16_t)iomap,
    };

    for (unsigned i = 1; i <= CPU_IST_COUNT; i++)
        p->ssp[i] = CPU_SSP_IST (i);

    /* The limit covers the bitmap and the byte of ones behind it (SDM 1, 19.5.2). */
    uint64_t const limit = iomap + 0x2000;

    p->gdt[0] = 0;
    p->gdt[SEL_KERN_CODE / 8] = UINT64_C (0x00209b0000000000);
    p->gdt[SEL_KERN_DATA / 8] = UINT64_C (0x00cf93000000ffff);
    p->gdt[SEL_USER_DATA / 8] = UINT64_C (0x00cff3000000ffff);
    p->gdt[SEL_USER_CODE / 8] = UINT64_C (0x0020fb0000000000);
    p->gdt[SEL_TSS / 8]       = (limit & 0xffff) | (base & 0xffffff) << 16 | UINT64_C (0x89) << 40 | (limit >> 16 & 0xf) << 48 |
                                (base >> 24 & 0xff) << 56;
    p->gdt[SEL_TSS / 8 + 1]   = base >> 32;

    dt.limit = sizeof p->gdt - 1;
    dt.base  = (uintptr_t)p->gdt;
    __asm__ volatile ("lgdt %0" : : "m" (dt));
    __asm__ volatile ("pushq %0; lea 1f(%%rip), %%rax; pushq %%rax; lretq; 1: mov %1, %%ss;"
                      "mov %2, %%ds; mov %2, %%es; mov %2, %%fs; mov %2, %%gs"
                      : : "i" (SEL_KERN_CODE), "r" (SEL_KERN_DATA), "r" (0) : "rax", "memory");
    __asm__ volatile ("ltr %w0; lldt %w1" : : "r" (SEL_TSS), "r" (0));

    load_idt();
}

/* Which copy of the fast path this CPU enters */
static uintptr_t syscall_target (void) { return (uintptr_t)(cpu_local.trace.ring ? syscall_entry_traced : syscall_entry); }

void desc_cpu_syscall (void)
{
    wrmsr (IA32_STAR, STAR_VALUE);
    wrmsr (IA32_LSTAR, syscall_target() + (cfp.branch ? 0 : ENDBR_SIZE));
    wrmsr (IA32_FMASK, RFLAGS_IF | RFLAGS_TF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_AC | RFLAGS_RF);
}

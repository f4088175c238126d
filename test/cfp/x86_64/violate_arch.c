/* SPDX-License-Identifier: GPL-2.0-only */
/* What breaks the rules of CET, and what strikes from outside; cpu_idle() and interrupt_kernel() are wrapped by the linker, too. */
#include <violate.h>

#include <abi/event_arch.h>
#include <base/macros.h>
#include <cet.h>
#include <cfp.h>
#include <cmdline.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <exception.h>
#include <hpt.h>
#include <init.h>
#include <kmem.h>
#include <lapic.h>
#include <memory.h>
#include <mmio.h>
#include <mmio_access.h>
#include <msr.h>
#include <patch.h>
#include <pause.h>
#include <pmap.h>
#include <string.h>

enum {
    LAPIC_DEFAULT_ADDR  = 0xfee00000U,
    LAPIC_ICR_LOW       = 0x300,                        /* SDM 3A, 11.6.1                                           */
    LAPIC_ICR_HIGH      = 0x310,
    ICR_NMI             = 4 << 8 | 1 << 14,
    ICR_FIXED           = 1 << 14,
    MANY                = 1000,                         /* of what strikes, before a line says so                   */
    DR7_CURRENT         = 0xb0003,                      /* DR0: data, read or written, 8 bytes (SDM 3B, 17.2.4)     */
    STORM_PASSES        = 32,                           /* of an idle CPU, for one NMI                              */
    CODE_SIZE           = 11,                           /* movl $imm32, disp32 (SDM 2B, MOV)                        */
    ALIAS_SLOT          = 255,                          /* of pd_kernel: 2 MiB below WINDOW_ADDR, used by nobody    */
};

void no_endbr (void);
void violate_jump (void (*) (void));
void violate_ret (void);
void violate_lret (void);
void violate_iret (void);
void violate_rstorssp (uintptr_t);
void violate_setssbsy (void);
void violate_incssp (void);
void violate_recurse (void);
void violate_ud2 (void);
void violate_int18 (void);

void __real_cpu_idle (void);
void __wrap_cpu_idle (void);

/* What struck a CPU in user mode, in the kernel where there was no shadow stack, and where there was one */
enum where { USER, WITHOUT, WITH, WHERES };

void __real_interrupt_kernel (uint32_t, struct exception_frame const *, uint64_t const *);
void __wrap_interrupt_kernel (uint32_t, struct exception_frame const *, uint64_t const *);

static uint32_t volatile struck[CPU_MAX][WHERES];
static volatile void *lapic;                            /* null in x2APIC mode                                      */
static bool volatile counting, storm;

static void ipi (uint32_t apic_id, uint32_t command)
{
    if (lapic_x2apic())
        wrmsr (IA32_X2APIC_BASE + LAPIC_ICR_LOW / 16, (uint64_t)apic_id << 32 | command);
    else {
        mmio_write32 (lapic, LAPIC_ICR_HIGH, apic_id << 24);
        mmio_write32 (lapic, LAPIC_ICR_LOW, command);
    }
}

/* Through a view of the text that may be written: the text itself may not, and CR0.WP cannot go off while CR4.CET is on */
static void write_text (uintptr_t at, void const *code, size_t size)
{
    uintptr_t const large = UINT64_C (1) << 21, offset = at & (large - 1), alias = LINK_ADDR + ALIAS_SLOT * large;

    pd_kernel[ALIAS_SLOT] = kmem_phys ((void *)(at - offset)) | HPT_P | HPT_W | HPT_A | HPT_D | HPT_S | HPT_NX;
    memcpy ((void *)(alias + offset), code, size);
    pd_kernel[ALIAS_SLOT] = 0;
    __asm__ volatile ("invlpg (%0)" : : "r" (alias) : "memory");
}

/*
 * On the fast paths of IPC between two spaces, without a shadow stack: movl $command, icr; or INT 18 for no command. They have a
 * place for it where they would look for stale PCIDs, if there were any (nopcid).
 */
static bool patch_fast (uint32_t command)
{
    uint32_t const icr = (uint32_t)(uintptr_t)lapic + LAPIC_ICR_LOW;
    unsigned char code[CODE_SIZE] = { 0xc7, 0x04, 0x25 };
    unsigned sites = 0;

    if (patch_in_use (PATCH_PCID) || (command && !lapic))
        return false;

    if (command) {
        memcpy (code + 3, &icr, sizeof icr);
        memcpy (code + 7, &command, sizeof command);
        mmio_write32 (lapic, LAPIC_ICR_HIGH, lapic_id() << 24);
    } else {
        patch_fill (code, sizeof code);
        memcpy (code, (unsigned char [2]) { 0xcd, EXC_MC }, 2);
    }

    for (struct patch const *p = PATCH_START; p < PATCH_END; p++)
        if (p->feature == PATCH_PCID && p->site_size >= CODE_SIZE) {

            unsigned char text[UINT8_MAX];

            patch_fill (text, p->site_size);
            memcpy (text, code, sizeof code);
            patch_fill (text + sizeof code, p->site_size - sizeof code);
            write_text ((uintptr_t)&p->site + (uintptr_t)(intptr_t)p->site, text, p->site_size);
            sites++;
        }

    counting = true;

    return sites == 4;                                  /* call and reply, without and with trace points            */
}

/* An entry of the IDT that lies behind its ENDBR64 */
static void spoil_idt (unsigned vector)
{
    struct { uint16_t limit; uint64_t base; } PACKED dt;

    __asm__ volatile ("sidt %0" : "=m" (dt));

    uint16_t *const gate = (uint16_t *)(dt.base + vector * 16);     /* bits 15...0 of the address (SDM 3A, 6.14.1)   */

    *gate = (uint16_t)(*gate + ENDBR_SIZE);
}

static void tell (void);

static bool in_c (void)
{
    uint32_t const before = cpu_local.arch.nmis;

    for (unsigned i = 0; i < MANY; i++) {
        ipi (lapic_id(), ICR_NMI);
        for (unsigned n = 0; n < 100 && cpu_local.arch.nmis != before + i + 1; n++)
            pause();
    }

    tell();

    return cpu_local.arch.nmis - before == MANY && struck[cpu_local.id][cfp.ret ? WITH : WITHOUT] == MANY;
}

static bool branch (void)
{
    void (* volatile f) (void) = no_endbr;

    if (violate_is ("call"))
        f();
    else if (violate_is ("jump"))
        violate_jump (f);
    else if (violate_is ("syscall"))
        wrmsr (IA32_LSTAR, rdmsr (IA32_LSTAR) + (cfp.branch ? ENDBR_SIZE : 0));
    else if (cfp.branch && violate_is ("idt")) {
        spoil_idt (EXC_UD);
        violate_ud2();
    } else if (cfp.branch && violate_is ("user"))               /* the root task knows what to do                           */
        wrmsr (IA32_U_CET, S_CET_ENDBR_EN);
    else
        return false;

    return true;
}

static bool ret (void)
{
    if (violate_is ("ret"))
        violate_ret();
    else if (violate_is ("lret"))
        violate_lret();
    else if (violate_is ("iret"))
        violate_iret();
    else if (!cfp.ret)
        return false;
    else if (violate_is ("rstorssp"))
        violate_rstorssp (CPU_SHSTK + PAGE_SIZE / 2);   /* 0 is no token                                            */
    else if (violate_is ("setssbsy"))
        violate_setssbsy();                             /* it is busy: this is its stack                            */
    else if (violate_is ("write"))
        *(uint64_t volatile *)(CPU_SHSTK + PAGE_SIZE / 2) = 1;
    else if (violate_is ("incssp"))
        violate_incssp();
    else if (violate_is ("recurse"))
        violate_recurse();
    else
        return false;

    return true;
}

/* Nobody's rule: what comes from outside must pass under all of them */
static bool outside (void)
{
    if (violate_is ("nmi"))
        return in_c();

    if (violate_is ("nmi-fast"))
        return patch_fast (ICR_NMI);

    if (violate_is ("mc-fast"))
        return patch_fast (0);

    if (violate_is ("mc-user"))                                 /* held back until interrupts are on again: in user mode    */
        return patch_fast (ICR_FIXED | EXC_MC);

    if (violate_is ("mc"))
        violate_int18();
    else if (violate_is ("db")) {                               /* traps behind the first instruction after SYSCALL, and elsewhere */
        __asm__ volatile ("mov %0, %%dr0; mov %1, %%dr7" : : "r" (&cpu_local.current), "r" (UINT64_C (0) + DR7_CURRENT));
        counting = true;
    } else if (violate_is ("storm")) {
        storm = counting = true;
        for (uint64_t m = cpus_online.bits; m; m &= m - 1)
            if (bit_low (m) != cpu_local.id)
                cpu_kick ((cpu_t)bit_low (m));
    } else
        return false;

    return true;
}

bool violate_arch (paddr_t tree UNUSED)
{
    if (!lapic_x2apic())
        lapic = mmio_map (acpi.lapic ? acpi.lapic : LAPIC_DEFAULT_ADDR, PAGE_SIZE);

    return branch() || ret() || outside();
}

void __wrap_interrupt_kernel (uint32_t vector, struct exception_frame const *f, uint64_t const *shadow)
{
    if (vector == EXC_NMI || vector == EXC_DB)
        struck[cpu_local.id][f->cs & 3 ? USER : shadow && *shadow ? WITH : WITHOUT]++;

    __real_interrupt_kernel (vector, f, shadow);
}

/* When enough has struck this CPU, or in a storm all CPUs, everywhere */
static void tell (void)
{
    unsigned const cpus = storm ? cpu_count() : 1;

    for (unsigned c = 0; c < cpus; c++)
        if (struck[c][USER] + struck[c][WITHOUT] + struck[c][WITH] < MANY ||
            (storm && !(struck[c][USER] && struck[c][WITHOUT] && struck[c][WITH])))
            return;

    counting = false;

    for (unsigned c = 0; c < cpus; c++)
        print ("VIOLATE: CPU %u was struck %u times in user mode, %u without a shadow stack, %u with one", c, struck[c][USER],
               struck[c][WITHOUT], struck[c][WITH]);
}

/* An idle CPU sends NMIs to all others */
void __wrap_cpu_idle (void)
{
    static unsigned passes;                             /* of all CPUs: it need not be exact                        */

    if (counting)
        tell();

    if (!storm) {
        __real_cpu_idle();
        return;
    }

    if (!(++passes % STORM_PASSES))
        for (uint64_t m = cpus_online.bits; m; m &= m - 1)
            if (bit_low (m) != cpu_local.id)
                ipi (cpu_remote[bit_low (m)]->arch.apic_id, ICR_NMI);

    __asm__ volatile ("sti; nop; cli" : : : "memory");
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2 and what it lets EL0 do, in one of two ways. HCR_EL2.TGE sends all exceptions of EL0 to EL2 in both.
 *
 * Armv8.0 (HCR_EL2.E2H is 0): the kernel has a stage 1 of its own. TGE takes stage 1 of EL1 away; stage 2 is then all that translates
 * for EL0, and HCR_EL2.DC makes what comes out of stage 1 Normal memory, so that stage 2 alone says what it is (Arm ARM, D17.2.48;
 * combining: D8.5.6). Control registers of EL1 rule EL0.
 *
 * VHE (1): one stage 1 for EL2 and EL0, with two ranges, and no stage 2. SCTLR_EL2, CPTR_EL2 and CNTHCTL_EL2 have other layouts and
 * rule EL0, too; the names of EL1's registers mean those of EL2 (D5.6.2), so none is used. EL1 itself is never entered.
 */
#include <cpu_features.h>

#include <base/macros.h>
#include <console/console.h>
#include <hpt.h>
#include <memory.h>
#include <stage2_arch.h>
#include <sysreg.h>
#include <tag.h>
#include <vhe.h>

static unsigned paddr_bits;                             /* fixed after boot                                         */
static bool wide_vmid, wide_asid;                       /* 16 bits; fixed after boot                                */

static unsigned field (uint64_t reg, unsigned shift) { return reg >> shift & 0xf; }

/* Is the kernel in the upper range of two? vhe() knows only after patch_apply(). */
static bool e2h (void) { return sysreg_read (hcr_el2) & HCR_E2H; }

/* More cost one level more on every walk; in stage 2 the top level may be two tables in a row */
static unsigned usual_bits (void) { return e2h() ? VTCR_BITS_USUAL - 1 : VTCR_BITS_USUAL; }

void cpu_features_init (void)
{
    wide_asid = field (sysreg_read (id_aa64mmfr0_el1), 4) == 2;
    wide_vmid = field (sysreg_read (id_aa64mmfr1_el1), 4) == 2;

    cpu_features_spaces (MIN (usual_bits(), cpu_space_bits_max()));
    tag_init ((e2h() ? wide_asid : wide_vmid) ? 16 : 8);
}

unsigned cpu_space_bits_max (void)
{
    unsigned const most = vtcr_bits_max (sysreg_read (id_aa64mmfr0_el1));

    return e2h() ? MIN (most, HPT_STAGE1_BITS_MAX) : most;
}

unsigned cpu_space_bits (paddr_t end) { return vtcr_bits (usual_bits(), cpu_space_bits_max(), end); }

/* Host-virtual and guest-physical addresses have equally many (interface specification, 7.4.2). */
void cpu_features_spaces (unsigned bits)
{
    struct vtcr const v = vtcr_shape (bits);

    stage2_init (&v, field (sysreg_read (id_aa64mmfr1_el1), 28));
    hpt_init (bits, e2h());

    paddr_bits = MIN (vtcr_bits_max (sysreg_read (id_aa64mmfr0_el1)), stage2_output_bits());
}

unsigned cpu_paddr_bits (void) { return paddr_bits; }

/* Control registers of EL1 that reset leaves unknown, and that rule EL0 under TGE: no debug, no counters but the virtual one */
static void el1_init (void)
{
    sysreg_write (sctlr_el1, SCTLR1_RES1 | SCTLR1_UCI | SCTLR1_UCT | SCTLR1_DZE | SCTLR1_SA0);
    sysreg_write (tcr_el1, 0);                          /* no byte of an address is ignored, stage 1 or not         */
    sysreg_write (cpacr_el1, 3 << 20);                  /* no trap of the FPU to EL1: CPTR_EL2 decides              */
    sysreg_write (mdscr_el1, 0);
    sysreg_write (cntkctl_el1, 1 << 1);                 /* EL0VCTEN: CNTVCT_EL0 and CNTFRQ_EL0                      */
    sysreg_write (cntv_ctl_el0, 0);
    sysreg_write (cntp_ctl_el0, 0);
}

/* All performance counters are for EL0 and EL1, and trap there; pmu_arch_enable() opens some */
static uint64_t mdcr (void)
{
    unsigned const pmu = field (sysreg_read (id_aa64dfr0_el1), DFR0_PMUVER_SHIFT);

    if (pmu == PMUVER_NONE || pmu == PMUVER_IMPDEF)
        return 0;

    sysreg_write (pmuserenr_el0, 0);

    return MDCR_TPM | MDCR_TPMCR | (sysreg_read (pmcr_el0) >> PMCR_N_SHIFT & MDCR_HPMN_MASK);
}

/* EL0 under EL1's registers, translated by stage 2 */
static void enable_stage2 (void)
{
    sysreg_write (vtcr_el2, stage2_vtcr (sysreg_read (id_aa64mmfr0_el1), sysreg_read (id_aa64mmfr1_el1)));
    sysreg_write (hcr_el2, HCR_RW | HCR_TGE | HCR_DC | HCR_VM);
    sysreg_write (cptr_el2, CPTR_RES1 | CPTR_TZ | CPTR_TFP | CPTR_TTA | CPTR_TAM);
    sysreg_write (cnthctl_el2, 0);

    el1_init();
    isb();
    __asm__ volatile ("tlbi alle1; dsb nsh" : : : "memory");
}

/* The lower range is the user's. HCR_EL2, SCTLR_EL2 and the upper range are as start.S has set them */
static void enable_vhe (void)
{
    bool const pan3 = field (sysreg_read (id_aa64mmfr1_el1), 20) >= 3, e0pd = field (sysreg_read (id_aa64mmfr2_el1), 60);
    uint64_t const t0sz = 64 - hpt_bits();

    sysreg_write (tcr_el2, (sysreg_read (tcr_el2) & ~(uint64_t)(TCR_EPD0 | TCR_T0SZ_MASK)) | t0sz | (wide_asid ? TCR_AS : 0) |
                           (e0pd ? TCR_E0PD1 : 0));

    if (pan3)
        sysreg_write (sctlr_el2, sysreg_read (sctlr_el2) | SCTLR_EPAN);

    sysreg_write (cptr_el2, CPTR_VHE_TTA | CPTR_TAM);
    sysreg_write (cnthctl_el2, CNTHCTL_EL0VCTEN);
    sysreg_write (mdscr_el1, 0);                        /* this one is no other register's                          */
    sysreg_write (S3_5_C14_C3_1, 0);                    /* CNTV_CTL_EL02, CNTP_CTL_EL02                             */
    sysreg_write (S3_5_C14_C2_1, 0);
    isb();
    __asm__ volatile ("tlbi alle2; tlbi alle1; dsb nsh" : : : "memory");
}

void cpu_features_enable (void)
{
    sysreg_write (hstr_el2, 0);
    sysreg_write (mdcr_el2, mdcr());
    sysreg_write (cntvoff_el2, 0);

    if (vhe())
        enable_vhe();
    else
        enable_stage2();

    sysreg_write (tpidr_el0, 0);
    sysreg_write (tpidrro_el0, 0);
    isb();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2 of Armv8.0 (HCR_EL2.E2H is 0): the kernel has a stage 1 of its own. EL0 runs under it by HCR_EL2.TGE, which sends all exceptions
 * of EL0 to EL2 and takes stage 1 of EL1 away; stage 2 is then all that translates for EL0, and HCR_EL2.DC makes what comes out of
 * stage 1 Normal memory, so that stage 2 alone says what it is (Arm ARM, D17.2.48; combining: D8.5.6).
 */
#include <cpu_features.h>

#include <base/macros.h>
#include <console/console.h>
#include <hpt.h>
#include <memory.h>
#include <stage2_arch.h>
#include <sysreg.h>
#include <vmid.h>

static unsigned paddr_bits, vmid_bits;                  /* fixed after boot                                         */

static unsigned field (uint64_t reg, unsigned shift) { return reg >> shift & 0xf; }

void cpu_features_init (void)
{
    static uint8_t const range[] = { 32, 36, 40, 42, 44, 48 };

    unsigned const parange = field (sysreg_read (id_aa64mmfr0_el1), 0);
    uint64_t const mmfr1 = sysreg_read (id_aa64mmfr1_el1);

    paddr_bits = parange < sizeof range ? range[parange] : 48;
    vmid_bits  = field (mmfr1, 4) == 2 ? 16 : 8;

    stage2_init (paddr_bits, field (mmfr1, 28));
    hpt_init();
    vmid_init (vmid_bits);
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

/* All counters are for EL0 and EL1, and trap there; 0xf: there are some, but not those of the architecture */
static uint64_t mdcr (void)
{
    unsigned const pmu = field (sysreg_read (id_aa64dfr0_el1), 8);

    return pmu && pmu != 0xf ? MDCR_TPM | MDCR_TPMCR | (sysreg_read (pmcr_el0) >> 11 & 0x1f) : 0;
}

void cpu_features_enable (void)
{
    uint64_t const parange = MIN (field (sysreg_read (id_aa64mmfr0_el1), 0), 5U);

    sysreg_write (vtcr_el2, VTCR_RES1 | parange << 16 | (vmid_bits == 16 ? VTCR_VS : 0) | TCR_IRGN0_WB | TCR_ORGN0_WB |
                            TCR_SH0_INNER | stage2_vtcr());
    sysreg_write (hcr_el2, HCR_RW | HCR_TGE | HCR_DC | HCR_VM);
    sysreg_write (cptr_el2, CPTR_RES1 | CPTR_TZ | CPTR_TFP | CPTR_TTA | CPTR_TAM);
    sysreg_write (hstr_el2, 0);
    sysreg_write (mdcr_el2, mdcr());
    sysreg_write (cntvoff_el2, 0);
    sysreg_write (cnthctl_el2, 0);

    el1_init();

    sysreg_write (tpidr_el0, 0);
    sysreg_write (tpidrro_el0, 0);
    isb();
    __asm__ volatile ("tlbi alle1; dsb nsh; isb" : : : "memory");
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All interrupts have one priority, so none interrupts another, and belong to group 1, which is IRQ for us; of GICv2 without security
 * extensions it is group 0, which is IRQ as well, since FIQEn stays 0. Both are bit 0 of the control registers of version 2.
 *
 * With security extensions, the secure world says which interrupts are in group 1; all other bits of theirs read as zero and ignore
 * writes. Firmware at EL3 has done that, or nobody is there, and then it is for us.
 */
#include <gic.h>

#include <base/macros.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_local.h>
#include <el3.h>
#include <mmio.h>
#include <mmio_access.h>
#include <platform.h>
#include <spinlock.h>
#include <sysreg.h>

/* Distributor: IHI 0069, 12.9; IHI 0048, 4.3 */
enum {
    GICD_CTLR           = 0x000,
    GICD_TYPER          = 0x004,
    GICD_IGROUPR        = 0x080,                        /* redistributor: GICR_IGROUPR0                             */
    GICD_ISENABLER      = 0x100,
    GICD_ICENABLER      = 0x180,
    GICD_ICACTIVER      = 0x380,
    GICD_IPRIORITYR     = 0x400,
    GICD_ITARGETSR      = 0x800,
    GICD_ICFGR          = 0xc00,
    GICD_SGIR           = 0xf00,
    GICD_IROUTER        = 0x6000,

    CTLR_V2_ENABLE      = 1 << 0,
    CTLR_V3_ARE         = 1 << 4,                       /* affinity routing                                         */
    CTLR_V3_ENABLE      = CTLR_V3_ARE | 1 << 1 | 1 << 0,    /* and group 1 in either security state                 */
    CTLR_V3_SECURE      = 1 << 5 | 1 << 4,              /* as the secure world sees it: affinity routing in both    */
};

#define CTLR_RWP        (1U << 31)                      /* a write has not reached everybody yet                    */

/* Redistributor: 12.11; the registers for SGIs and PPIs are 64 KiB behind the others and have the offsets of the distributor's */
enum {
    GICR_CTLR           = 0x00,
    GICR_TYPER          = 0x08,
    GICR_WAKER          = 0x14,
    GICR_SGI            = 0x10000,
    GICR_IGRPMODR0      = 0x10d00,

    GICR_CTLR_RWP       = 1 << 3,
    TYPER_VLPIS         = 1 << 1,                       /* four frames instead of two                               */
    TYPER_LAST          = 1 << 4,
    WAKER_SLEEP         = 1 << 1,
    WAKER_ASLEEP        = 1 << 2,
};

/* CPU interface of version 2: IHI 0048, 4.4 */
enum {
    GICC_CTLR           = 0x0000,
    GICC_PMR            = 0x0004,
    GICC_IAR            = 0x000c,
    GICC_EOIR           = 0x0010,
    GICC_DIR            = 0x1000,

    GICC_ENABLE         = 1 << 0,
    GICC_EOIMODE        = 1 << 9,
};

#define PRIORITY        0x80808080
#define PRIORITY_ALL    0xf0                            /* of the mask: all that are higher get through             */
#define SPIN_MAX        1000000

static unsigned version;                                /* fixed after boot, as all that follows                    */
static volatile void *gicd, *gicc;
static paddr_t gicd_addr, gicc_addr;
static struct { volatile void *regs; struct region at; } gicr[GICR_REGIONS];
static unsigned gicrs, spis;
static bool el3;                                        /* the secure world is ours, on the boot CPU                */

static struct spinlock config_lock;                     /* triggers: 16 interrupts have one register                */

unsigned gic_spis (void) { return spis; }

static bool wait_zero (volatile void *regs, size_t reg, uint32_t bits)
{
    for (unsigned spin = SPIN_MAX; spin--; )
        if (!(mmio_read32 (regs, reg) & bits))
            return true;

    return false;
}

static void settled (void)
{
    if (version == 3)
        wait_zero (gicd, GICD_CTLR, CTLR_RWP);
}

/* Bit or field of an interrupt in an array of registers */
static size_t bit_reg (size_t reg, unsigned id) { return reg + id / 32 * 4; }

static void write_bit (size_t reg, unsigned id) { mmio_write32 (gicd, bit_reg (reg, id), BIT (id % 32)); }

static bool map (struct platform const *p)
{
    gicd = mmio_map (p->gicd.addr, p->gicd.size);
    gicd_addr = p->gicd.addr;
    gicc_addr = p->gicc.addr;

    if (version == 2)
        gicc = mmio_map (p->gicc.addr, p->gicc.size);

    for (; version == 3 && gicrs < p->gicrs; gicrs++) {
        gicr[gicrs].regs = mmio_map (p->gicr[gicrs].addr, p->gicr[gicrs].size);
        gicr[gicrs].at   = p->gicr[gicrs];

        if (!gicr[gicrs].regs) {                        /* CPUs whose redistributor is not there do not start       */
            print ("GIC: no room for redistributors at %#lx, nor for %u more ranges of them", p->gicr[gicrs].addr, p->gicrs - gicrs - 1);
            break;
        }
    }

    return gicd && (version == 3 ? gicrs > 0 : gicc != NULL);
}

/* EL3 is ours: all shared interrupts go to the non-secure world. Affinity routing has to be on in both (IHI 0069, 12.9.4). */
static void secure_init (unsigned ids)
{
    if (version == 3) {
        el3_write32 (gicd_addr + GICD_CTLR, CTLR_V3_SECURE);
        settled();
    }

    for (unsigned id = GIC_SPI_BASE; id < ids; id += 32)
        el3_write32 (gicd_addr + bit_reg (GICD_IGROUPR, id), ~0U);
}

bool gic_init (struct platform const *p)
{
    version = p->gic;

    if (!version) {
        print ("GIC: firmware names none of version 2 or 3");
        return false;
    }

    if (!map (p)) {
        print ("GIC: the registers cannot be mapped");
        return false;
    }

    unsigned const ids = MIN (((mmio_read32 (gicd, GICD_TYPER) & 0x1f) + 1) * 32, (unsigned)GIC_SPECIAL);

    spis = ids - GIC_SPI_BASE;
    el3  = p->el3;

    if (el3)
        secure_init (ids);

    /* Off. Affinity routing, once on, must not be switched off; it may be switched on while the groups are off (IHI 0069, 12.9.4) */
    mmio_write32 (gicd, GICD_CTLR, version == 3 ? mmio_read32 (gicd, GICD_CTLR) & CTLR_V3_ARE : 0);
    settled();

    if (version == 3) {
        mmio_write32 (gicd, GICD_CTLR, CTLR_V3_ARE);
        settled();
    }

    for (unsigned id = GIC_SPI_BASE; id < ids; id += 32) {
        mmio_write32 (gicd, bit_reg (GICD_ICENABLER, id), ~0U);
        mmio_write32 (gicd, bit_reg (GICD_ICACTIVER, id), ~0U);
        if (version == 3)
            mmio_write32 (gicd, bit_reg (GICD_IGROUPR, id), ~0U);
    }

    for (unsigned id = GIC_SPI_BASE; id < ids; id += 4)
        mmio_write32 (gicd, GICD_IPRIORITYR + id, PRIORITY);

    settled();
    mmio_write32 (gicd, GICD_CTLR, version == 3 ? CTLR_V3_ENABLE : CTLR_V2_ENABLE);
    settled();

    print ("GIC: version %u, %u shared interrupts", version, spis);

    return true;
}

/* SGIs and PPIs: off but for ours. False: they belong to the secure world. */
static bool private_init (volatile void *regs, unsigned timer_ppi)
{
    uint32_t const ours = BIT (SGI_KICK) | BIT (SGI_STOP) | BIT (timer_ppi);

    mmio_write32 (regs, GICD_ICENABLER, ~0U);
    mmio_write32 (regs, GICD_ICACTIVER, ~0U);

    if (version == 3)
        mmio_write32 (regs, GICD_IGROUPR, ~0U);

    for (unsigned id = 0; id < GIC_SPI_BASE; id += 4)
        mmio_write32 (regs, GICD_IPRIORITYR + id, PRIORITY);

    mmio_write32 (regs, GICD_ISENABLER, ours);

    if ((mmio_read32 (regs, GICD_ISENABLER) & ours) == ours)
        return true;

    print ("GIC: interrupts of the CPU with affinity %#lx belong to the secure world", cpu_local.arch.mpidr);

    return false;
}

/* ICC_SGI1R_EL1: IHI 0069, 12.2.18 */
static uint64_t sgi_target (uint64_t mpidr)
{
    return (mpidr & UINT64_C (0xff00000000)) << 16 | (mpidr & 0xff0000) << 16 | (mpidr & 0xff00) << 8 |
           (mpidr >> 4 & 0xf) << 44 | BIT64 (mpidr & 0xf);
}

/* The redistributor with our affinity, and its address; null: there is none */
static volatile void *redistributor (uint64_t mpidr, paddr_t *addr)
{
    uint32_t const affinity = (uint32_t)(mpidr >> 8 & 0xff000000) | (uint32_t)(mpidr & 0xffffff);

    for (unsigned i = 0; i < gicrs; i++)
        for (uint64_t at = 0; at + 2 * 0x10000 <= gicr[i].at.size; ) {

            volatile void *const r = mmio_reg (gicr[i].regs, at);
            uint32_t const type = mmio_read32 (r, GICR_TYPER);

            if (mmio_read32 (r, GICR_TYPER + 4) == affinity) {
                *addr = gicr[i].at.addr + at;
                return r;
            }

            if (type & TYPER_LAST)
                break;

            at += type & TYPER_VLPIS ? 4 * 0x10000 : 2 * 0x10000;
        }

    return NULL;
}

/* GICR_WAKER, groups and GICC_PMR are the secure world's. ICC_PMR_EL1 is not, since SCR_EL3.FIQ is 0 (IHI 0069, 4.8.6). */
static bool secure_here (void) { return el3 && cpu_local.id == 0; }

/* Nothing else of the redistributor may be relied on before it is awake. The other world reads zero here, if the register is not its */
static bool secure_wake (paddr_t waker)
{
    for (unsigned spin = SPIN_MAX; spin--; )
        if (!(el3_write32 (waker, 0) & WAKER_ASLEEP))
            return true;

    return false;
}

static bool cpu_init_v3 (unsigned timer_ppi)
{
    paddr_t addr;
    volatile void *const r = redistributor (cpu_local.arch.mpidr, &addr);

    if (!r)
        return false;

    if (secure_here()) {

        if (!secure_wake (addr + GICR_WAKER))
            return false;

        el3_write32 (addr + GICR_SGI + GICD_IGROUPR, ~0U);
        el3_write32 (addr + GICR_IGRPMODR0, 0);
    }

    mmio_write32 (r, GICR_WAKER, mmio_read32 (r, GICR_WAKER) & ~(uint32_t)WAKER_SLEEP);

    if (!wait_zero (r, GICR_WAKER, WAKER_ASLEEP))
        return false;

    if (!private_init (mmio_reg (r, GICR_SGI), timer_ppi))
        return false;

    wait_zero (r, GICR_CTLR, GICR_CTLR_RWP);

    sysreg_write (S3_4_C12_C9_5, sysreg_read (S3_4_C12_C9_5) | 9);     /* ICC_SRE_EL2: system registers, at EL1, too */
    isb();
    sysreg_write (S3_0_C4_C6_0, PRIORITY_ALL);          /* ICC_PMR_EL1                                              */
    sysreg_write (S3_0_C12_C12_4, 1 << 1);              /* ICC_CTLR_EL1: EOImode                                    */
    sysreg_write (S3_0_C12_C12_7, 1);                   /* ICC_IGRPEN1_EL1                                          */
    isb();

    cpu_local.arch.sgi_target = sgi_target (cpu_local.arch.mpidr);

    return true;
}

/* Its first eight target registers tell a CPU which bit it is (IHI 0048, 4.3.12) */
static bool cpu_init_v2 (unsigned timer_ppi)
{
    if (secure_here()) {                                /* the other world cannot change the mask while it is below 0x80 (4.4.2) */
        el3_write32 (gicd_addr + GICD_IGROUPR, ~0U);
        el3_write32 (gicc_addr + GICC_PMR, PRIORITY_ALL);
    }

    if (!private_init (gicd, timer_ppi))
        return false;

    mmio_write32 (gicc, GICC_PMR, PRIORITY_ALL);
    mmio_write32 (gicc, GICC_CTLR, GICC_ENABLE | GICC_EOIMODE);

    uint32_t mask = 0;

    for (unsigned i = 0; i < GIC_SPI_BASE && !mask; i += 4)
        mask = mmio_read32 (gicd, GICD_ITARGETSR + i);

    mask |= mask >> 16;
    mask |= mask >> 8;
    mask &= 0xff;

    cpu_local.arch.sgi_target = mask ? mask : 1;        /* one CPU: read as zero                                    */

    return true;
}

bool gic_cpu_init (unsigned timer_ppi) { return version == 3 ? cpu_init_v3 (timer_ppi) : cpu_init_v2 (timer_ppi); }

void gic_sgi (uint64_t target, unsigned sgi)
{
    dsb (ishst);

    if (version == 3) {
        sysreg_write (S3_0_C12_C11_5, target | (uint64_t)sgi << 24);   /* ICC_SGI1R_EL1                             */
        isb();
    } else
        mmio_write32 (gicd, GICD_SGIR, (uint32_t)target << 16 | sgi);
}

uint32_t gic_ack (void)
{
    uint32_t const v = version == 3 ? (uint32_t)sysreg_read (S3_0_C12_C12_0) : mmio_read32 (gicc, GICC_IAR);   /* ICC_IAR1_EL1 */

    dsb (sy);                                           /* the acknowledge comes before what the handler does       */

    return v;
}

void gic_eoi (uint32_t ack)
{
    if (version == 3) {
        sysreg_write (S3_0_C12_C12_1, ack);             /* ICC_EOIR1_EL1                                            */
        isb();
    } else
        mmio_write32 (gicc, GICC_EOIR, ack);
}

void gic_deactivate (uint32_t ack)
{
    if (version == 3) {
        sysreg_write (S3_0_C12_C11_1, ack);             /* ICC_DIR_EL1                                              */
        isb();
    } else
        mmio_write32 (gicc, GICC_DIR, ack);
}

static void route (unsigned id, struct cpu_local const *c)
{
    if (version == 3) {
        mmio_write32 (gicd, GICD_IROUTER + id * 8UL, (uint32_t)(c->arch.mpidr & 0xffffff));
        mmio_write32 (gicd, GICD_IROUTER + id * 8UL + 4, (uint32_t)(c->arch.mpidr >> 32 & 0xff));
    } else
        mmio_write8 (gicd, GICD_ITARGETSR + id, (uint8_t)c->arch.sgi_target);
}

void gic_spi_configure (unsigned spi, cpu_t cpu, bool masked, bool level, bool active)
{
    unsigned const id = spi + GIC_SPI_BASE;
    size_t const config = GICD_ICFGR + id / 16 * 4;
    uint32_t const edge = 2U << id % 16 * 2;

    write_bit (GICD_ICENABLER, id);
    settled();

    if (active)
        gic_deactivate (id);

    {
        SPIN_GUARD (&config_lock);

        uint32_t const old = mmio_read32 (gicd, config);
        mmio_write32 (gicd, config, level ? old & ~edge : old | edge);
    }

    route (id, cpu_remote[cpu]);

    if (!masked)
        write_bit (GICD_ISENABLER, id);
}

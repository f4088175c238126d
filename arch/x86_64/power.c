/* SPDX-License-Identifier: GPL-2.0-only */
#include <power.h>

#include <clock.h>
#include <insn.h>
#include <mmio.h>
#include <mmio_access.h>
#include <pause.h>
#include <pio.h>

#include <acpi/acpi.h>
#include <base/macros.h>

/* PM1 control register (ACPI 6.5, 4.8.3.2.1) */
enum {
    PM1_SCI_EN      = 1 << 0,                           /* ACPI mode, not legacy mode                           */
    PM1_GBL_RLS     = 1 << 2,                           /* write-only: would raise an SMI                       */
    PM1_SLP_TYP     = 7 << 10,
    PM1_SLP_TYP_LOW = 10,
    PM1_SLP_EN      = 1 << 13,                          /* write-only                                           */
};

enum {
    PCI_ADDRESS     = 0xcf8,                            /* PCI Local Bus 3.0, 3.2.2.3.2                         */
    PCI_DATA        = 0xcfc,
    PCI_ENABLE      = 1U << 31,

    RST_CNT         = 0xcf9,                            /* ICH9 datasheet, 13.7.5                               */
    RST_CNT_SYS     = 1 << 1,                           /* hard reset, not just INIT#                           */
    RST_CNT_CPU     = 1 << 2,                           /* its rising edge resets                               */

    KBC_COMMAND     = 0x64,                             /* 8042: status when read                               */
    KBC_INPUT_FULL  = 1 << 1,
    KBC_PULSE_RESET = 0xfe,                             /* pulses output 0, the reset line of a PC/AT           */
};

enum { MODE_WAIT_MS = 1000, OFF_WAIT_MS = 1000, RESET_WAIT_MS = 50 };

/* A register in I/O or memory space; neither port nor regs: absent */
struct reg {
    volatile void * regs;
    uint16_t        port;
};

/* Written by power_init(), read-only afterwards */
static struct reg       pm1a, pm1b, reset;
static struct acpi_gas  reset_pci;                      /* reset register in configuration space, addr 0: absent */
static uint16_t         smi_cmd;
static uint8_t          acpi_enable, reset_value;

static bool reg_exists (struct reg const *r) { return r->regs || r->port; }

static uint16_t reg_read16 (struct reg const *r)
{
    return r->regs ? mmio_read16 (r->regs, 0) : pio_in16 (r->port);
}

static void reg_write16 (struct reg const *r, uint16_t v)
{
    if (r->regs)
        mmio_write16 (r->regs, 0, v);
    else if (r->port)
        pio_out16 (r->port, v);
}

static struct reg reg_init (struct acpi_gas const *gas, size_t bytes)
{
    struct reg r = { 0, 0 };

    if (gas->addr && gas->space == ACPI_GAS_MEMORY)
        r.regs = mmio_map (gas->addr, bytes);

    if (gas->addr && gas->space == ACPI_GAS_IO && gas->addr <= UINT16_MAX)
        r.port = (uint16_t)gas->addr;

    return r;
}

void power_init (struct acpi const *acpi)
{
    if (!acpi->fadt)
        return;

    pm1a        = reg_init (&acpi->pm1a_cnt, sizeof (uint16_t));
    pm1b        = reg_init (&acpi->pm1b_cnt, sizeof (uint16_t));
    smi_cmd     = acpi->smi_cmd;
    acpi_enable = acpi->acpi_enable;

    if (!acpi->reset_supported)
        return;

    reset       = reg_init (&acpi->reset, sizeof (uint8_t));
    reset_value = acpi->reset_value;

    if (acpi->reset.space == ACPI_GAS_PCI)
        reset_pci = acpi->reset;
}

bool power_supported (unsigned s)
{
    return s == POWER_RESET || ((s == POWER_S4 || s == POWER_S5) && reg_exists (&pm1a));
}

/* SLP_TYP means nothing before the platform is in ACPI mode (ACPI 6.5, 4.8.2.5) */
static void acpi_mode (void)
{
    if (reg_read16 (&pm1a) & PM1_SCI_EN || !smi_cmd || !acpi_enable)
        return;

    pio_out8 (smi_cmd, acpi_enable);

    for (unsigned i = 0; i < MODE_WAIT_MS && !(reg_read16 (&pm1a) & PM1_SCI_EN); i++)
        clock_delay_us (1000);
}

static uint16_t control (struct reg const *r, uint8_t type)
{
    uint16_t const keep = (uint16_t)(reg_read16 (r) & ~(PM1_SLP_TYP | PM1_SLP_EN | PM1_GBL_RLS));

    return (uint16_t)(keep | (type & 7U) << PM1_SLP_TYP_LOW);
}

/* ACPI 6.5, 16.1.3: the type first, into both registers, then the enable bit */
void power_off (uint8_t a, uint8_t b)
{
    if (!reg_exists (&pm1a))
        return;

    acpi_mode();

    uint16_t const va = control (&pm1a, a), vb = reg_exists (&pm1b) ? control (&pm1b, b) : 0;

    reg_write16 (&pm1a, va);
    reg_write16 (&pm1b, vb);
    reg_write16 (&pm1a, va | PM1_SLP_EN);
    reg_write16 (&pm1b, vb | PM1_SLP_EN);

    for (unsigned i = 0; i < OFF_WAIT_MS; i++)
        clock_delay_us (1000);
}

static void wait_reset (void)
{
    for (unsigned i = 0; i < RESET_WAIT_MS; i++)
        clock_delay_us (1000);
}

/* ACPI 6.5, 4.8.3.6; in configuration space (5.2.3.2): device on bus 0 at bit 32, function at bit 16, offset at bit 0 */
static void reset_by_register (void)
{
    if (reset.regs)
        mmio_write8 (reset.regs, 0, reset_value);
    else if (reset.port)
        pio_out8 (reset.port, reset_value);
    else if (reset_pci.addr) {
        uint32_t const dev = reset_pci.addr >> 32 & 0x1f, fun = reset_pci.addr >> 16 & 7, off = reset_pci.addr & 0xff;
        pio_out32 (PCI_ADDRESS, PCI_ENABLE | dev << 11 | fun << 8 | (off & ~3U));
        pio_out8 ((uint16_t)(PCI_DATA + off % 4), reset_value);
    } else
        return;

    wait_reset();
}

void power_reset (void)
{
    reset_by_register();

    pio_out8 (RST_CNT, RST_CNT_SYS);
    pio_out8 (RST_CNT, RST_CNT_SYS | RST_CNT_CPU);
    wait_reset();

    for (unsigned i = 0; i < RESET_WAIT_MS && pio_in8 (KBC_COMMAND) & KBC_INPUT_FULL; i++)
        clock_delay_us (1000);

    pio_out8 (KBC_COMMAND, KBC_PULSE_RESET);
    wait_reset();

    for (;;)
        triple_fault();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixed ACPI Description Table, 5.2.9: power management registers, reset, System Control Interrupt.
 * It grew from 116 bytes (ACPI 1.0) to 276: a field exists only if the table's length covers all of it.
 */
#include <acpi/acpi_priv.h>

#include <console/console.h>

struct fadt {
    struct acpi_header  header;
    uint32_t            firmware_ctrl, dsdt;
    uint8_t             int_model, pm_profile;
    uint16_t            sci_int;
    uint32_t            smi_cmd;
    uint8_t             acpi_enable, acpi_disable, s4bios_req, pstate_cnt;
    uint32_t            pm1a_evt_blk, pm1b_evt_blk, pm1a_cnt_blk, pm1b_cnt_blk, pm2_cnt_blk, pm_tmr_blk;
    uint32_t            gpe0_blk, gpe1_blk;
    uint8_t             pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_tmr_len, gpe0_blk_len, gpe1_blk_len;
    uint8_t             gpe1_base, cst_cnt;
    uint16_t            p_lvl2_lat, p_lvl3_lat, flush_size, flush_stride;
    uint8_t             duty_offset, duty_width, day_alrm, mon_alrm, century;
    uint16_t            iapc_boot_arch;
    uint8_t             reserved;
    uint32_t            flags;                      /* FADT_*, "Fixed Feature Flags"; ACPI 1.0 ends here        */
    struct acpi_raw_gas reset_reg;
    uint8_t             reset_value;
    uint16_t            arm_boot_arch;
    uint8_t             minor_version;
    uint64_t            x_firmware_ctrl, x_dsdt;
    struct acpi_raw_gas x_pm1a_evt_blk, x_pm1b_evt_blk, x_pm1a_cnt_blk, x_pm1b_cnt_blk, x_pm2_cnt_blk, x_pm_tmr_blk;
} PACKED;

STATIC_ASSERT (offsetof (struct fadt, sci_int) == 46);
STATIC_ASSERT (offsetof (struct fadt, pm1a_evt_blk) == 56);
STATIC_ASSERT (offsetof (struct fadt, pm1_evt_len) == 88);
STATIC_ASSERT (offsetof (struct fadt, flags) == 112);
STATIC_ASSERT (offsetof (struct fadt, reset_reg) == 116);
STATIC_ASSERT (offsetof (struct fadt, arm_boot_arch) == 129);
STATIC_ASSERT (offsetof (struct fadt, x_pm1a_evt_blk) == 148);
STATIC_ASSERT (sizeof (struct fadt) == 220);

enum { ARM_PSCI = 1U << 0, ARM_PSCI_HVC = 1U << 1 };   /* 5.2.9.4                                                  */

enum { FADT_TMR_VAL_EXT = 1U << 8, FADT_RESET_REG_SUP = 1U << 10, FADT_HW_REDUCED_ACPI = 1U << 20 };

#define FADT_V1_SIZE    offsetof (struct fadt, reset_reg)
#define PM1_EVT_LEN_MIN 4                           /* 16 status and 16 enable bits, 4.8.3.1                    */
#define PM_TMR_LEN      4

/* The register of the X_ field at off if the table has it and it is not zero, else the port of the old field */
static struct acpi_gas reg (struct acpi_table const *t, size_t off, uint32_t port, unsigned bytes)
{
    struct acpi_raw_gas raw;
    struct acpi_gas const x = acpi_read (t, off, &raw, sizeof raw) ? acpi_gas (raw) : (struct acpi_gas){ 0 };

    if (x.addr)
        return x;

    if (!port || port > UINT16_MAX)
        return (struct acpi_gas){ 0 };

    return (struct acpi_gas){ .space = ACPI_GAS_IO, .bits = bytes <= 8 ? (uint8_t)(bytes * 8) : 0, .addr = port };
}

/* 4.8.3.6: RESET_REG may also lie in the configuration space of a device on PCI bus 0 */
static void parse_reset (struct acpi *out, struct acpi_table const *t, uint32_t flags)
{
    struct acpi_raw_gas raw;

    if (!(flags & FADT_RESET_REG_SUP) ||
        !acpi_read (t, offsetof (struct fadt, reset_reg), &raw, sizeof raw) ||
        !acpi_read (t, offsetof (struct fadt, reset_value), &out->reset_value, sizeof out->reset_value))
        return;

    out->reset = acpi_gas (raw);

    if (raw.space == ACPI_GAS_PCI)
        out->reset = (struct acpi_gas){ .space = raw.space, .bits = raw.bits, .access = raw.access, .addr = raw.addr };

    out->reset_supported = out->reset.addr;
}

INDIRECT_TARGET void acpi_fadt (struct acpi *out, struct acpi_table const *t)
{
    struct fadt f;
    uint16_t arm = 0;

    if (!acpi_read (t, 0, &f, FADT_V1_SIZE))
        return;

    if (acpi_read (t, offsetof (struct fadt, arm_boot_arch), &arm, sizeof arm)) {
        out->psci     = arm & ARM_PSCI;
        out->psci_hvc = out->psci && arm & ARM_PSCI_HVC;
    }

    out->fadt = true;
    parse_reset (out, t, f.flags);

    if (f.flags & FADT_HW_REDUCED_ACPI) {           /* 4.1: none of the registers below exists                  */
        print ("ACPI: FACP: hardware-reduced, no power management registers");
        return;
    }

    out->pm1a_evt = reg (t, offsetof (struct fadt, x_pm1a_evt_blk), f.pm1a_evt_blk, f.pm1_evt_len);
    out->pm1b_evt = reg (t, offsetof (struct fadt, x_pm1b_evt_blk), f.pm1b_evt_blk, f.pm1_evt_len);
    out->pm1a_cnt = reg (t, offsetof (struct fadt, x_pm1a_cnt_blk), f.pm1a_cnt_blk, f.pm1_cnt_len);
    out->pm1b_cnt = reg (t, offsetof (struct fadt, x_pm1b_cnt_blk), f.pm1b_cnt_blk, f.pm1_cnt_len);
    out->pm2_cnt  = reg (t, offsetof (struct fadt, x_pm2_cnt_blk),  f.pm2_cnt_blk,  f.pm2_cnt_len);

    if (f.pm_tmr_len == PM_TMR_LEN)                 /* any other value: there is no PM timer                    */
        out->pm_tmr = reg (t, offsetof (struct fadt, x_pm_tmr_blk), f.pm_tmr_blk, f.pm_tmr_len);

    out->pm1_evt_len = MAX (f.pm1_evt_len, PM1_EVT_LEN_MIN);
    out->pm_tmr_32   = f.flags & FADT_TMR_VAL_EXT;
    out->smi_cmd     = f.smi_cmd <= UINT16_MAX ? (uint16_t)f.smi_cmd : 0;
    out->acpi_enable = f.acpi_enable;
    out->sci         = f.sci_int;
}

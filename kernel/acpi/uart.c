/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which UART firmware names: Serial Port Console Redirection table (Microsoft, SPCR revision 1.10) and Debug Port
 * Table 2 (Microsoft, DBG2 revision 1.3). Both are documented outside of the ACPI specification.
 */
#include <acpi/acpi_priv.h>

#include <console/console.h>

struct spcr {
    struct acpi_header  header;
    uint8_t             type;                       /* UART_*; before revision 2 only 0 and 1 existed           */
    uint8_t             reserved[3];
    struct acpi_raw_gas base;                       /* address 0: redirection is off                            */
} PACKED;

struct spcr_interrupt {                             /* follows it; too short a table has none                   */
    uint8_t             type, irq;
    uint32_t            gsi;
} PACKED;

enum { SPCR_GIC = 1U << 3 };

struct dbg2 {
    struct acpi_header  header;
    uint32_t            offset, count;              /* of the device information structures                     */
} PACKED;

struct dbg2_device {                                /* DBG2 table 3                                             */
    uint8_t             revision;
    uint16_t            length;
    uint8_t             registers;                  /* number of base addresses                                 */
    uint16_t            name_length, name_offset, oem_length, oem_offset;
    uint16_t            port_type, port_subtype;
    uint16_t            reserved;
    uint16_t            base_offset, size_offset;   /* from the start of this structure                         */
} PACKED;

STATIC_ASSERT (sizeof (struct spcr) == 52);
STATIC_ASSERT (sizeof (struct dbg2) == 44);
STATIC_ASSERT (sizeof (struct dbg2_device) == 22);

#define PORT_SERIAL     0x8000

/* DBG2 table 3, subtypes of a serial port; SPCR uses the same numbers */
enum {
    UART_16550 = 0x00, UART_16550_SUBSET = 0x01, UART_PL011 = 0x03, UART_SBSA_32 = 0x0d, UART_SBSA = 0x0e, UART_16550_GAS = 0x12,
};

#define UART_REGISTERS  8                           /* of a 16550                                               */
#define PL011_SIZE      PAGE_SIZE

/* False: there is no driver for it */
static bool known (unsigned type, enum acpi_uart *kind)
{
    switch (type) {
        case UART_16550:
        case UART_16550_SUBSET:
        case UART_16550_GAS:    *kind = ACPI_UART_16550; return true;
        case UART_PL011:        *kind = ACPI_UART_PL011; return true;
        case UART_SBSA_32:
        case UART_SBSA:         *kind = ACPI_UART_SBSA; return true;
    }

    return false;
}

/* True, and the UART of *out set, when the driver can reach all registers at this address */
static bool accept (struct acpi *out, enum acpi_uart kind, struct acpi_raw_gas raw)
{
    struct acpi_gas const g = acpi_gas (raw);
    uint64_t const stride = kind == ACPI_UART_16550 ? acpi_gas_stride (&g) : 4;
    uint64_t const last = kind == ACPI_UART_16550 ? (UART_REGISTERS - 1) * stride : PL011_SIZE - 1;

    if (!g.addr || g.addr & (stride - 1) || (kind != ACPI_UART_16550 && g.space != ACPI_GAS_MEMORY))
        return false;

    if (g.addr > (g.space == ACPI_GAS_IO ? UINT16_MAX : UINT64_MAX) - last)
        return false;

    out->uart      = g;
    out->uart_kind = kind;
    return true;
}

INDIRECT_TARGET void acpi_spcr (struct acpi *out, struct acpi_table const *t)
{
    struct spcr s;
    struct spcr_interrupt i;
    enum acpi_uart kind;

    if (!acpi_read (t, 0, &s, sizeof s) || !s.base.addr || !known (s.type, &kind))
        return;

    if (!accept (out, kind, s.base))
        print ("ACPI: SPCR: bad base address 0x%lx in space %u, ignored", s.base.addr, s.base.space);
    else if (acpi_read (t, sizeof s, &i, sizeof i) && i.type & SPCR_GIC)
        out->uart_interrupt = i.gsi;
}

/* One device at off, with a length that was checked. True when its base address became the UART. */
static bool parse_device (struct acpi *out, struct acpi_table const *t, size_t off, struct dbg2_device const *d)
{
    struct acpi_raw_gas raw;
    enum acpi_uart kind;

    if (d->port_type != PORT_SERIAL || !known (d->port_subtype, &kind) || !d->registers)
        return false;

    if (d->base_offset > d->length - sizeof raw || !acpi_read (t, off + d->base_offset, &raw, sizeof raw) ||
        !accept (out, kind, raw)) {
        print ("ACPI: DBG2: bad base address at offset %zu, ignored", off);
        return false;
    }

    return true;
}

INDIRECT_TARGET void acpi_dbg2 (struct acpi *out, struct acpi_table const *t)
{
    struct dbg2 h;
    struct dbg2_device d;

    if (!acpi_read (t, 0, &h, sizeof h) || out->uart.addr)
        return;

    size_t off = h.offset;

    for (uint32_t i = 0; i < h.count; i++, off += d.length) {

        if (!acpi_read (t, off, &d, sizeof d) || d.length < sizeof d || d.length > t->size - off) {
            print ("ACPI: DBG2: damaged at offset %zu, the rest is ignored", off);
            return;
        }

        if (parse_device (out, t, off, &d))
            return;
    }
}

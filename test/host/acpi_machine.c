/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds the tables of modelled machines, and parses them. */
#include <acpi_machine.h>

struct table tables[TABLES_MAX];
unsigned count;
uint8_t rsdp[36];
struct acpi acpi;

static void sum (uint8_t *p, size_t n, size_t at)
{
    uint8_t s = 0;

    p[at] = 0;
    for (size_t i = 0; i < n; i++)
        s = (uint8_t)(s + p[i]);
    p[at] = (uint8_t)-s;
}

void fix (struct table *t) { sum (t->data, t->size, 9); }

struct table *add (uint64_t addr, char const *sig, uint8_t rev, size_t size)
{
    struct table *const t = &tables[count++];

    assert_true (count <= TABLES_MAX && size <= sizeof t->data);
    memset (t, 0, sizeof *t);
    t->addr = addr;
    t->size = size;
    memcpy (t->data, sig, 4);
    host_put32 (t->data, 4, (uint32_t)size);
    t->data[8] = rev;
    memcpy (t->data + 10, "KN    HOSTTEST", 14);
    fix (t);

    return t;
}

/* Appends n bytes to a table */
void append (struct table *t, void const *p, size_t n)
{
    assert_true (t->size + n <= sizeof t->data);
    memcpy (t->data + t->size, p, n);
    t->size += n;
    host_put32 (t->data, 4, (uint32_t)t->size);
    fix (t);
}

void fix_rsdp (void)
{
    sum (rsdp, 20, 8);
    sum (rsdp, 36, 32);
}

void start (uint8_t rev)
{
    count = 0;
    memset (rsdp, 0, sizeof rsdp);
    memcpy (rsdp, "RSD PTR ", 8);
    memcpy (rsdp + 9, "KN    ", 6);
    rsdp[15] = rev;
    host_put32 (rsdp, 16, RSDT_ADDR);

    if (rev >= 2) {
        host_put32 (rsdp, 20, 36);
        host_put64 (rsdp, 24, XSDT_ADDR);
    }

    fix_rsdp();
}

/* Root tables that name all tables so far, in order */
void finish (bool rsdt, bool xsdt)
{
    unsigned const n = count;

    if (rsdt) {
        struct table *const r = add (RSDT_ADDR, "RSDT", 1, 36);
        for (unsigned i = 0; i < n; i++)
            BYTES (r, LE32 (tables[i].addr));
    }

    if (xsdt) {
        struct table *const x = add (XSDT_ADDR, "XSDT", 1, 36);
        for (unsigned i = 0; i < n; i++)
            BYTES (x, LE64 (tables[i].addr));
    }
}

void install (void)
{
    host_mem_reset();
    host_lines_reset();
    host_mem_put (RSDP_ADDR, rsdp, rsdp[15] < 2 ? 20 : 36);

    for (unsigned i = 0; i < count; i++)
        host_mem_put (tables[i].addr, tables[i].data, tables[i].size);
}

void assert_sane (void)
{
    struct acpi_gas const gas[] = { acpi.pm1a_cnt, acpi.pm1b_cnt, acpi.pm1a_evt, acpi.pm1b_evt, acpi.pm2_cnt,
                                    acpi.pm_tmr, acpi.uart };
    struct acpi_gic const *const g = &acpi.gic;

    assert_true (acpi.cpus <= ACPI_CPU_MAX && acpi.ioapics <= ACPI_IOAPIC_MAX);
    assert_true (acpi.overrides <= ACPI_OVERRIDE_MAX && acpi.protects <= ACPI_PROTECT_MAX);
    assert_false (acpi.lapic & PAGE_MASK || acpi.hpet & 0x3ff);

    for (unsigned i = 0; i < acpi.cpus; i++)
        for (unsigned j = 0; j < i; j++)
            assert_int_not_equal (acpi.apic_id[i], acpi.apic_id[j]);

    for (unsigned i = 0; i < acpi.ioapics; i++)
        assert_int_not_equal (acpi.ioapic[i].addr, 0);

    for (unsigned i = 0; i < acpi.overrides; i++)
        assert_true (acpi.override[i].irq < 16);

    for (unsigned i = 0; i < acpi.protects; i++)
        assert_true (acpi.protect[i].start && acpi.protect[i].start < acpi.protect[i].end &&
                     !((acpi.protect[i].start | acpi.protect[i].end) & PAGE_MASK));

    for (unsigned i = 0; i < ARRAY_SIZE (gas); i++)
        assert_true (!gas[i].addr || gas[i].space == ACPI_GAS_MEMORY ||
                     (gas[i].space == ACPI_GAS_IO && gas[i].addr <= 0xffff));

    assert_true (g->cpus <= ACPI_CPU_MAX && g->gicrs <= ACPI_GICR_MAX && g->msis <= ACPI_MSI_MAX);
    assert_false ((g->gicd | g->gicc | g->gicv | g->gich) & PAGE_MASK);

    for (unsigned i = 0; i < g->cpus; i++)
        for (unsigned j = 0; j < i; j++)
            assert_true (g->mpidr[i] != g->mpidr[j] && !(g->mpidr[i] >> 40));

    for (unsigned i = 0; i < g->gicrs + g->msis; i++) {
        struct acpi_range const *const r = i < g->gicrs ? &g->gicr[i] : &g->msi[i - g->gicrs];
        assert_true (r->start && r->start < r->end && !((r->start | r->end) & PAGE_MASK));
    }

    assert_true (!acpi.uart.addr || acpi.uart_kind == ACPI_UART_16550 || acpi.uart.space == ACPI_GAS_MEMORY);
    assert_true (acpi.psci || !acpi.psci_hvc);
    assert_true (acpi.ecams <= ACPI_ECAM_MAX);

    for (unsigned i = 0; i < acpi.ecams; i++)
        assert_true (acpi.ecam[i].base && !(acpi.ecam[i].base & (MIB - 1)) && acpi.ecam[i].first <= acpi.ecam[i].last &&
                     acpi.ecam[i].base + 256 * MIB > acpi.ecam[i].base);

    assert_true (!acpi.fadt || !acpi.reset_supported || acpi.reset.addr);

    for (unsigned i = 0; i < host_lines; i++)
        assert_true (!strncmp (host_line[i], "ACPI: ", 6) && strlen (host_line[i]) < 120);
}

bool parse (void)
{
    install();

    bool const ok = acpi_parse (&acpi, RSDP_ADDR);

    assert_sane();
    return ok;
}

struct table *madt (uint64_t addr)
{
    struct table *const t = add (addr, "APIC", 1, 36);
    BYTES (t, LE32 (0xfee00000), LE32 (1));
    return t;
}

void lapic (struct table *t, uint8_t id, uint32_t flags) { BYTES (t, 0, 8, id, id, LE32 (flags)); }

void x2apic (struct table *t, uint32_t id, uint32_t flags)
{
    BYTES (t, 9, 16, 0, 0, LE32 (id), LE32 (flags), LE32 (id));
}

void ioapic (struct table *t, uint8_t id, uint32_t addr, uint32_t gsi)
{
    BYTES (t, 1, 12, id, 0, LE32 (addr), LE32 (gsi));
}

void override (struct table *t, uint8_t bus, uint8_t irq, uint32_t gsi, uint16_t flags)
{
    BYTES (t, 2, 10, bus, irq, LE32 (gsi), LE16 (flags));
}

struct table *full_madt (uint64_t addr)
{
    struct table *const t = madt (addr);

    lapic (t, 0, 1);
    lapic (t, 2, 1);
    lapic (t, 4, 0);                                    /* disabled                                                 */
    lapic (t, 6, 2);                                    /* online capable only                                      */
    x2apic (t, 0x101, 1);
    ioapic (t, 8, 0xfec00000, 0);
    override (t, 0, 0, 2, 0);
    override (t, 0, 9, 9, 0xd);
    BYTES (t, 4, 6, 0xff, 0, 0, 1);                     /* local APIC NMI: not used                                 */
    BYTES (t, 5, 12, 0, 0, LE64 (UINT64_C (0x1fee00000)));

    return t;
}

struct table *fadt (uint64_t addr, size_t size, uint8_t rev)
{
    struct table *const t = add (addr, "FACP", rev, size);
    uint8_t *const p = t->data;

    host_put16 (p, 46, 9);                              /* SCI                                                      */
    host_put32 (p, 48, 0xb2);
    p[52] = 0xf1;
    host_put32 (p, 56, 0x600);
    host_put32 (p, 64, 0x604);
    host_put32 (p, 76, 0x608);
    p[88] = 4;
    p[89] = 2;
    p[91] = 4;
    host_put32 (p, 112, 1U << 8 | 1U << 10);            /* 32-bit timer, reset register                             */
    fix (t);

    return t;
}

void put_gas (struct table *t, size_t off, uint8_t space, uint8_t bits, uint64_t addr)
{
    t->data[off] = space;
    t->data[off + 1] = bits;
    host_put64 (t->data, off + 4, addr);
    fix (t);
}

struct table *full_fadt (uint64_t addr)
{
    struct table *const t = fadt (addr, 276, 6);

    t->data[128] = 0x0e;
    put_gas (t, 116, 1, 8, 0xcf9);
    put_gas (t, 148, 1, 32, 0x1800);                    /* PM1a event: X_ field wins                                */
    put_gas (t, 172, 0, 16, 0xfed80804);                /* PM1a control in memory                                   */

    return t;
}

struct table *hpet (uint64_t addr, uint64_t base)
{
    struct table *const t = add (addr, "HPET", 1, 36);
    BYTES (t, LE32 (0x8086a201), GAS (0, 64, 0, base), 0, LE16 (100), 0);
    return t;
}

struct table *spcr (uint64_t addr, uint8_t type, uint8_t space, uint8_t bits, uint64_t base)
{
    struct table *const t = add (addr, "SPCR", 2, 36);
    BYTES (t, type, 0, 0, 0, GAS (space, bits, 1, base), 3, 4, LE32 (4), 7, 0, 1, 0, 0, 0, LE16 (0xffff), LE16 (0xffff),
           0, 0, 0, LE32 (0), 0, LE32 (0));
    return t;
}

void spcr_interrupt (struct table *t, uint8_t type, uint32_t gsi)
{
    t->data[52] = type;
    host_put32 (t->data, 54, gsi);
    fix (t);
}

struct table *dbg2 (uint64_t addr, uint32_t n)
{
    struct table *const t = add (addr, "DBG2", 0, 36);
    BYTES (t, LE32 (44), LE32 (n));
    return t;
}

void dbg2_device (struct table *t, uint16_t type, uint16_t subtype, uint8_t space, uint8_t bits, uint64_t base)
{
    BYTES (t, 0, LE16 (22 + 12 + 4 + 2), 1, LE16 (2), LE16 (38), LE16 (0), LE16 (0), LE16 (type), LE16 (subtype),
           LE16 (0), LE16 (22), LE16 (34), GAS (space, bits, 3, base), LE32 (0x1000), '.', 0);
}

struct table *dmar (uint64_t addr)
{
    struct table *const t = add (addr, "DMAR", 1, 36);
    BYTES (t, 38, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return t;
}

void drhd (struct table *t, uint8_t size, uint64_t base)
{
    BYTES (t, LE16 (0), LE16 (16), 0, size, LE16 (0), LE64 (base));
}

struct table *ivrs (uint64_t addr)
{
    struct table *const t = add (addr, "IVRS", 2, 36);
    BYTES (t, LE32 (0x203041), LE64 (UINT64_C (0)));
    return t;
}

void ivhd (struct table *t, uint8_t type, uint64_t base)
{
    BYTES (t, type, 0, LE16 (24), LE16 (2), LE16 (0x40), LE64 (base), LE16 (0), LE16 (0), LE32 (0));
}

struct table *mcfg (uint64_t addr, uint64_t base, uint16_t segment, uint8_t first, uint8_t last)
{
    struct table *const t = add (addr, "MCFG", 1, 44);
    mcfg_entry (t, base, segment, first, last);
    return t;
}

void mcfg_entry (struct table *t, uint64_t base, uint16_t segment, uint8_t first, uint8_t last)
{
    BYTES (t, LE64 (base), LE16 (segment), first, last, LE32 (0));
}

/* One table of each kind, as a big PC has them */
void build_full (void)
{
    struct table *t;

    start (2);
    full_fadt (0x1ffe1001);                             /* nothing promises any alignment                           */
    full_madt (0x1ffe2203);
    hpet (0x1ffe3005, 0xfed00000);
    spcr (0x1ffe4007, 0, 1, 8, 0x3f8);

    t = dbg2 (0x1ffe5009, 2);
    dbg2_device (t, 0x8003, 0, 0, 0, 0);
    dbg2_device (t, 0x8000, 0x12, 0, 32, 0xfe030000);

    t = dmar (0x1ffe600b);
    drhd (t, 0, 0xfed90000);
    BYTES (t, LE16 (1), LE16 (24), LE16 (0), LE16 (0), LE64 (UINT64_C (0x7b800000)), LE64 (UINT64_C (0x7fffffff)));
    drhd (t, 1, 0xfed92000);

    t = ivrs (0x1ffe700d);
    ivhd (t, 0x10, 0xfd200000);
    ivhd (t, 0x11, 0xfd200000);

    mcfg (0x1ffe8003, 0xe0000000, 0, 0, 255);
    add (0x1ffe9000, "WAET", 1, 40);                    /* not for us                                               */
    finish (true, true);
}

struct table *arm_madt (uint64_t addr)
{
    struct table *const t = add (addr, "APIC", 4, 36);
    BYTES (t, LE32 (0), LE32 (0));
    return t;
}

void gicc (struct table *t, uint32_t flags, uint64_t mpidr, uint64_t base, uint64_t gicv_base, uint64_t gich_base, uint64_t gicr_base)
{
    BYTES (t, 11, 80, 0, 0, LE32 (0), LE32 (0), LE32 (flags), LE32 (0), LE32 (23), LE64 (UINT64_C (0)), LE64 (base), LE64 (gicv_base),
           LE64 (gich_base), LE32 (25), LE64 (gicr_base), LE64 (mpidr), 0, 0, LE16 (0));
}

void gicd (struct table *t, uint64_t base, uint8_t version)
{
    BYTES (t, 12, 24, 0, 0, LE32 (0), LE64 (base), LE32 (0), version, 0, 0, 0);
}

void gic_msi (struct table *t, uint64_t base) { BYTES (t, 13, 24, 0, 0, LE32 (0), LE64 (base), LE32 (1), LE16 (64), LE16 (80)); }

void gicr (struct table *t, uint64_t base, uint32_t length) { BYTES (t, 14, 16, 0, 0, LE64 (base), LE32 (length)); }

void its (struct table *t, uint64_t base) { BYTES (t, 15, 20, 0, 0, LE32 (0), LE64 (base), LE32 (0)); }

struct table *arm_fadt (uint64_t addr, uint16_t boot_arch)
{
    struct table *const t = add (addr, "FACP", 6, 276);

    host_put32 (t->data, 112, 1U << 20);                /* hardware-reduced                                         */
    host_put16 (t->data, 129, boot_arch);
    fix (t);

    return t;
}

struct table *gtdt (uint64_t addr, uint32_t el2)
{
    struct table *const t = add (addr, "GTDT", 2, 36);
    BYTES (t, LE64 (UINT64_MAX), LE32 (0), LE32 (29), LE32 (0), LE32 (30), LE32 (0), LE32 (27), LE32 (0), LE32 (el2), LE32 (0),
           LE64 (UINT64_MAX), LE32 (0), LE32 (0));
    return t;
}

struct table *iort (uint64_t addr, uint32_t nodes)
{
    struct table *const t = add (addr, "IORT", 3, 36);
    BYTES (t, LE32 (nodes), LE32 (48), LE32 (0));
    return t;
}

/* Base and what follows it are where SMMUv3 (4) has them; span is where SMMUv2 (3) has it */
void iort_node (struct table *t, uint8_t type, uint16_t length, uint64_t base, uint64_t span, uint64_t vatos)
{
    BYTES (t, type, LE16 (length), 1, LE32 (0), LE32 (0), LE32 (0), LE64 (base), LE64 (span), LE64 (vatos));

    for (unsigned i = 40; i < length && length < 1000; i++)
        BYTES (t, 0);
}

void build_arm (void)
{
    struct table *t;

    start (2);
    arm_fadt (0x1ffe1001, 3);

    t = arm_madt (0x1ffe2203);
    gicd (t, 0x8000000, 3);
    gicc (t, 1, 0x000, 0, 0, 0, 0);
    gicc (t, 1, 0x001, 0, 0, 0, 0);
    gicc (t, 1, UINT64_C (0x100000100), 0, 0, 0, 0);
    gicc (t, 8, 0x101, 0, 0, 0, 0);                     /* only online capable                                      */
    gicr (t, 0x80a0000, 0xf60000);
    gicr (t, UINT64_C (0x4000000000), 0x4000000);
    its (t, 0x8080000);

    gtdt (0x1ffe3005, 26);
    spcr_interrupt (spcr (0x1ffe4007, 3, 0, 32, 0x9000000), 8, 33);

    t = dbg2 (0x1ffe5009, 1);
    dbg2_device (t, 0x8000, 3, 0, 32, 0x9040000);

    t = iort (0x1ffe600b, 4);
    iort_node (t, 0, 40, 1, 0, 0);                      /* ITS group                                                */
    iort_node (t, 4, 68, 0x9050000, 0, 0);
    iort_node (t, 3, 76, 0x9080000, 0x10000, 0);
    iort_node (t, 2, 56, 0, 0, 0);                      /* root complex                                             */

    mcfg (0x1ffe8003, UINT64_C (0x4010000000), 0, 0, 255);
    add (0x1ffe9000, "PPTT", 1, 76);                    /* not for us                                               */
    finish (false, true);
}

struct table *root (char const *sig)
{
    for (unsigned i = 0; i < count; i++)
        if (!memcmp (tables[i].data, sig, 4))
            return &tables[i];

    fail();
    return NULL;
}

/* Installs a machine with only the last added table, and parses it; lines of RSDP and root table are dropped */
void parse_one (void)
{
    finish (true, false);
    assert_true (parse());
    memmove (host_line[0], host_line[3], sizeof host_line[0] * (host_lines - 3));
    host_lines -= 3;
}

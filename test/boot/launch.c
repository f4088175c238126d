/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A boot loader for tests on QEMU's aarch64 machine "virt": puts the ACPI tables, which QEMU has for firmware, where they were asked for,
 * and enters the kernel at EL2 with the MMU off and the registers that were asked for. Everything else is in memory already, by QEMU's
 * -device loader. What it does for firmware's part is QEMU's docs/specs/fw_cfg.rst, and the linker/loader of hw/acpi/bios-linker-loader.c.
 */
#include <stddef.h>
#include <stdint.h>

enum { FW_CFG = 0x9020000, UART = 0x9000000, FILE_DIR = 0x19, FILES = 8, NAME = 56 };

enum { ALLOCATE = 1, ADD_POINTER = 2, ADD_CHECKSUM = 3 };

/* launch.py writes these. rsdp 0: no tables; damage: what is written into which, and whether its checksum is made good; size 0: the end */
struct damage { char table[4]; uint32_t offset, size, checksum; uint8_t bytes[16]; };

struct wish { uint64_t entry, regs[3], tables, rsdp; struct damage damage[5]; };

struct file { char name[NAME]; uint8_t *at; uint32_t size; uint16_t key; };

struct command {
    uint32_t what;
    union {
        struct { char file[NAME]; uint32_t align; uint8_t zone; } __attribute__ ((packed)) allocate;
        struct { char to[NAME], from[NAME]; uint32_t offset; uint8_t size; } __attribute__ ((packed)) pointer;
        struct { char file[NAME]; uint32_t offset, start, length; } __attribute__ ((packed)) checksum;
        uint8_t all[124];
    };
} __attribute__ ((packed));

static struct file file[FILES];
static unsigned files;

void launch (struct wish const *);

static _Noreturn void fail (char const *text)
{
    while (*text)
        *(volatile uint32_t *)UART = (uint8_t)*text++;

    for (;;)
        __asm__ volatile ("wfi");
}

static void select_key (uint16_t key) { *(volatile uint16_t *)(FW_CFG + 8) = __builtin_bswap16 (key); }

static void get (void *to, size_t n)
{
    for (uint8_t *p = to; n--; )
        *p++ = *(volatile uint8_t *)FW_CFG;
}

static _Bool same (char const *a, char const *b)
{
    for (unsigned i = 0; i < NAME; i++)
        if (a[i] != b[i])
            return 0;
        else if (!a[i])
            return 1;

    return 1;
}

static struct file *find (char const *name)
{
    for (unsigned i = 0; i < files; i++)
        if (same (file[i].name, name))
            return &file[i];

    fail ("launch: a file is missing\n");
}

static void directory (void)
{
    static struct { uint32_t size; uint16_t key, reserved; char name[NAME]; } e;
    uint32_t count;

    select_key (FILE_DIR);
    get (&count, sizeof count);

    for (count = __builtin_bswap32 (count); count--; ) {

        get (&e, sizeof e);

        if (!same (e.name, "etc/acpi/tables") && !same (e.name, "etc/acpi/rsdp") && !same (e.name, "etc/table-loader"))
            continue;

        for (unsigned i = 0; i < NAME; i++)
            file[files].name[i] = e.name[i];

        file[files].size  = __builtin_bswap32 (e.size);
        file[files++].key = __builtin_bswap16 (e.key);
    }
}

static void load (struct file *f, uint8_t *at)
{
    f->at = at;
    select_key (f->key);
    get (at, f->size);
}

/* A number of 1, 2, 4 or 8 bytes somewhere */
static void add (uint8_t *p, unsigned size, uint64_t v)
{
    unsigned carry = 0;

    for (unsigned i = 0; i < size; i++, v >>= 8) {
        carry += p[i] + (unsigned)(v & 0xff);
        p[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static void run (struct command const *c)
{
    if (c->what == ADD_POINTER)
        add (find (c->pointer.to)->at + c->pointer.offset, c->pointer.size, (uintptr_t)find (c->pointer.from)->at);

    if (c->what == ADD_CHECKSUM) {

        uint8_t *const p = find (c->checksum.file)->at;
        uint8_t sum = 0;

        for (uint32_t i = 0; i < c->checksum.length; i++)
            sum = (uint8_t)(sum + p[c->checksum.start + i]);

        p[c->checksum.offset] = (uint8_t)(p[c->checksum.offset] - sum);
    }
}

static uint64_t number (uint8_t const *p, unsigned size)
{
    uint64_t v = 0;

    while (size--)
        v = v << 8 | p[size];

    return v;
}

/* A table by its signature: the root table that the RSDP names, or one that it names (ACPI 6.5, 5.2.5.3, 5.2.8) */
static uint8_t *table (uint8_t *rsdp, char const *name)
{
    uint8_t *const xsdt = (uint8_t *)number (rsdp + 24, 8);
    uint32_t const signature = (uint32_t)number ((uint8_t const *)name, 4), length = (uint32_t)number (xsdt + 4, 4);

    if (signature == number ((uint8_t const *)"RSDP", 4))
        return rsdp;

    if (signature == number (xsdt, 4))
        return xsdt;

    for (uint32_t i = 36; i < length; i += 8)
        if (number ((uint8_t *)number (xsdt + i, 8), 4) == signature)
            return (uint8_t *)number (xsdt + i, 8);

    fail ("launch: a table is missing\n");
}

static void spoil (uint8_t *p, struct damage const *d)
{
    uint8_t sum = 0;

    for (uint32_t i = 0; i < d->size; i++)
        p[d->offset + i] = d->bytes[i];

    if (!d->checksum)
        return;

    for (uint32_t i = 0; i < number (p + 4, 4); i++)
        sum = (uint8_t)(sum + p[i]);

    p[9] = (uint8_t)(p[9] - sum);
}

void launch (struct wish const *w)
{
    static struct command script[256];

    if (!w->rsdp)
        return;

    directory();

    struct file *const s = find ("etc/table-loader");

    if (s->size > sizeof script)
        fail ("launch: too many commands\n");

    load (find ("etc/acpi/tables"), (uint8_t *)w->tables);
    load (find ("etc/acpi/rsdp"), (uint8_t *)w->rsdp);
    load (s, (uint8_t *)script);

    for (uint32_t i = 0; i < s->size / sizeof script[0]; i++)
        run (&script[i]);

    for (struct damage const *d = w->damage; d->size; d++)
        spoil (table ((uint8_t *)w->rsdp, d->table), d);
}

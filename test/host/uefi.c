/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of the boot services on a modelled firmware: good, slow to settle, damaged in named ways and in every bit. */
#include <uefi.h>

#include <kmem.h>
#include <multiboot.h>
#include <space_mem.h>
#include <uefi_arch.h>

#include <host.h>

#define SYSTEM      0x7f00d018
#define SERVICES    0x7f00e000
#define CONFIG      0x7f00f000
#define IMAGE       0x7e001898
#define BUFFER      0x7d000000
#define PHYS_END    (UINT64_C (1) << HOST_PHYS_BITS)
#define TOO_SMALL   UINT64_C (0x8000000000000005)
#define INVALID     UINT64_C (0x8000000000000002)
#define NO_MEMORY   UINT64_C (0x8000000000000009)
#define CODE        5
#define DATA        6

uint64_t kmem_offset;                                   /* firmware finds what is the kernel's where the kernel does */

/* Firmware ------------------------------------------------------------------------------------------------------------*/

static struct {
    uint64_t size, desc_size, key;                      /* of the map                                               */
    unsigned refuse;                                    /* so many exits find that the map has changed              */
    unsigned grow;                                      /* so many allocations make the map larger by 100 descriptors */
    uint64_t map_status, pages_status, address;
    unsigned maps, exits, pages, frees;                 /* calls; pages and frees: pages that were given and came back */
    bool gone;
} fw;

static uint64_t EFIAPI allocate_pages (unsigned how, unsigned type, uint64_t pages, paddr_t *addr)
{
    assert_false (fw.gone);
    assert_int_equal (how, 0);
    assert_int_equal (type, 2);                         /* LoaderData: the root task may have it                    */
    assert_true (pages);

    if (fw.pages_status)
        return fw.pages_status;

    if (fw.grow) {
        fw.grow--;
        fw.size += 100 * fw.desc_size;
    }

    fw.size += 2 * fw.desc_size;                        /* one range becomes three                                  */
    fw.key++;
    fw.pages += (unsigned)pages;
    *addr = fw.address;

    return 0;
}

static uint64_t EFIAPI free_pages (paddr_t addr, uint64_t pages)
{
    assert_false (fw.gone);
    assert_int_equal (addr, fw.address);
    fw.frees += (unsigned)pages;
    fw.key++;

    return 0;
}

static uint64_t EFIAPI get_memory_map (uint64_t *size, paddr_t map, uint64_t *key, uint64_t *desc_size, uint32_t *version)
{
    uint64_t const room = *size;

    assert_false (fw.gone);
    fw.maps++;
    *desc_size = fw.desc_size;
    *version   = 1;

    if (fw.map_status)
        return fw.map_status;

    *size = fw.size;

    if (room < fw.size)
        return TOO_SMALL;

    assert_true (map && room <= (fw.pages - fw.frees) * PAGE_SIZE);
    *key = fw.key;

    return 0;
}

static uint64_t EFIAPI exit_boot_services (paddr_t image, uint64_t key)
{
    assert_false (fw.gone);
    assert_int_equal (image, IMAGE);
    assert_int_equal (key, fw.key);
    fw.exits++;

    if (fw.refuse) {
        fw.refuse--;
        fw.key++;
        return INVALID;
    }

    fw.gone = true;

    return 0;
}

static uint8_t system_table[160], services[400];

static uint32_t crc32 (uint8_t const *p, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n * 8; i++) {
        uint32_t const bit = (crc ^ (uint32_t)(p[i / 8] >> i % 8)) & 1;
        crc = crc >> 1 ^ (bit ? 0xedb88320 : 0);
    }

    return ~crc;
}

static void sign (uint8_t *t, size_t n)
{
    host_put32 (t, 16, 0);
    host_put32 (t, 16, crc32 (t, n));
}

static void header (uint8_t *t, char const *signature, size_t n)
{
    memset (t, 0, n);
    memcpy (t, signature, 8);
    host_put32 (t, 8, 0x20046);
    host_put32 (t, 12, (uint32_t)n);
}

static void put (void)
{
    host_mem_put (SYSTEM, system_table, sizeof system_table);
    host_mem_put (SERVICES, services, sizeof services);
}

static struct boot_info boot;

static void begin (void)
{
    memset (&fw, 0, sizeof fw);
    fw.size = 48 * 40;
    fw.desc_size = 48;
    fw.key = 1000;
    fw.address = BUFFER;
    uefi = (struct uefi){ 0 };
    boot = (struct boot_info){ .efi_systab = SYSTEM, .efi_image = IMAGE, .efi_services = true };

    header (system_table, "IBI SYST", 120);
    host_put64 (system_table, 96, SERVICES);
    sign (system_table, 120);

    header (services, "BOOTSERV", 376);
    host_put64 (services, 40, (uintptr_t)allocate_pages);
    host_put64 (services, 48, (uintptr_t)free_pages);
    host_put64 (services, 56, (uintptr_t)get_memory_map);
    host_put64 (services, 232, (uintptr_t)exit_boot_services);
    sign (services, 376);

    host_mem_reset();
    host_lines_reset();
    put();
}

static void assert_abandoned (void)
{
    assert_false (uefi_exit (&boot));
    assert_false (fw.gone);
    assert_true (fw.maps <= 8 && fw.exits <= 8);
}

/* And without a map */
static void assert_failed (void)
{
    assert_abandoned();
    assert_int_equal (uefi.mmap | uefi.mmap_size | uefi.desc_size | uefi.desc_version, 0);
}

/* The exit ------------------------------------------------------------------------------------------------------------*/

/* Sane firmware: size, memory, map, exit. The first test: nothing has been tried yet. */
static void test_exit (void **state UNUSED)
{
    begin();
    uefi_take_map (&boot);
    assert_lines ("UEFI: boot services are abandoned: they are on, but firmware's mode of the CPU is gone");

    begin();
    assert_true (uefi_exit (&boot));
    assert_no_lines();
    assert_true (fw.gone);
    assert_int_equal (fw.maps, 2);
    assert_int_equal (fw.exits, 1);
    assert_int_equal (fw.frees, 0);
    assert_int_equal (uefi.mmap, BUFFER);
    assert_int_equal (uefi.mmap_size, 42 * 48);
    assert_int_equal (uefi.desc_size, 48);
    assert_int_equal (uefi.desc_version, 1);

    uefi_take_map (&boot);
    assert_no_lines();
}

/* The map changes under the first exits: a new key each time, and the end of patience */
static void test_key (void **state UNUSED)
{
    for (unsigned n = 1; n < 7; n++) {
        begin();
        fw.refuse = n;
        assert_true (uefi_exit (&boot));
        assert_int_equal (fw.exits, n + 1);
        assert_no_lines();
    }

    begin();
    fw.refuse = UINT32_MAX;
    assert_abandoned();                                 /* the map is still good                                    */
    assert_int_equal (uefi.mmap, BUFFER);
    assert_int_equal (uefi.mmap_size, 42 * 48);
    assert_lines ("UEFI: boot services are abandoned: ExitBootServices gave 0x8000000000000002");
}

/* The map outgrows the buffer: another one, and nothing is lost */
static void test_grow (void **state UNUSED)
{
    begin();
    fw.grow = 2;
    assert_true (uefi_exit (&boot));
    assert_int_equal (uefi.mmap_size, fw.size);
    assert_true (fw.frees && fw.frees < fw.pages);
    assert_int_equal ((fw.pages - fw.frees) * PAGE_SIZE, align_up (fw.size, PAGE_SIZE));

    begin();
    fw.grow = UINT32_MAX;
    assert_failed();
    assert_int_equal (host_lines, 1);
}

static void test_services_fail (void **state UNUSED)
{
    begin();
    fw.map_status = INVALID;
    assert_failed();
    assert_lines ("UEFI: boot services are abandoned: GetMemoryMap gave 0x8000000000000002");

    begin();
    fw.pages_status = NO_MEMORY;
    assert_failed();
    assert_lines ("UEFI: boot services are abandoned: AllocatePages gave 0x8000000000000009");

    begin();
    fw.map_status = TOO_SMALL;                          /* and never a size                                         */
    assert_failed();
    assert_lines ("UEFI: boot services are abandoned: GetMemoryMap gave 0x8000000000000005");
}

static void test_map_sizes (void **state UNUSED)
{
    static uint64_t const desc[] = { 0, 1, 39, 41, 44, 65536, UINT64_C (1) << 40, UINT64_MAX };

    for (unsigned i = 0; i < ARRAY_SIZE (desc); i++) {
        begin();
        fw.desc_size = desc[i];
        fw.size = desc[i] && desc[i] < 1000 ? desc[i] * 40 : 48 * 40;
        assert_failed();
        assert_int_equal (fw.exits, 0);
        assert_true (host_lines && host_lines <= 2);
    }

    static uint64_t const size[] = { 48 * 40 + 8, 2097152, UINT64_C (1) << 40, UINT64_MAX };

    for (unsigned i = 0; i < ARRAY_SIZE (size); i++) {
        begin();
        fw.size = size[i];
        assert_failed();
        assert_int_equal (fw.exits, 0);
        assert_true (host_lines && host_lines <= 2);
    }

    begin();                                            /* later versions may have longer descriptors               */
    fw.desc_size = 64;
    fw.size = 64 * 30;
    assert_true (uefi_exit (&boot));
    assert_int_equal (uefi.desc_size, 64);
}

static void test_map_address (void **state UNUSED)
{
    static uint64_t const addr[] = { BUFFER + 1, PHYS_END, PHYS_END - 8, UINT64_MAX - 7 };

    for (unsigned i = 0; i < ARRAY_SIZE (addr); i++) {
        begin();
        fw.address = addr[i];
        assert_failed();
        assert_int_equal (fw.exits, 0);
        assert_int_equal (host_lines, 2);
    }
}

/* Tables --------------------------------------------------------------------------------------------------------------*/

static void test_pointers (void **state UNUSED)
{
    begin();
    boot.efi_systab = 0;
    assert_failed();
    assert_lines ("UEFI: boot services are on, but the boot loader names no system table");

    begin();
    boot.efi_image = 0;
    assert_failed();
    assert_lines ("UEFI: boot services are on, but the boot loader names no image handle");

    begin();
    boot.efi_systab = PHYS_END - 8;
    assert_failed();
    assert_lines ("UEFI: system table at 0x3ffffffffff8: no memory");

    begin();
    boot.efi_systab = SYSTEM + 8;
    assert_failed();
    assert_lines ("UEFI: system table at 0x7f00d020: bad signature");

    begin();
    host_put64 (system_table, 96, 0);
    sign (system_table, 120);
    put();
    assert_failed();
    assert_lines ("UEFI: table of boot services at 0: no memory");

    begin();
    host_put64 (system_table, 96, UINT64_MAX - 3);
    sign (system_table, 120);
    put();
    assert_failed();
    assert_lines ("UEFI: table of boot services at 0xfffffffffffffffc: no memory");

    static unsigned const function[] = { 40, 48, 56, 232 };

    for (unsigned i = 0; i < ARRAY_SIZE (function); i++) {
        begin();
        host_put64 (services, function[i], 0);
        sign (services, 376);
        put();
        assert_failed();
        assert_lines ("UEFI: a boot service is missing");
    }
}

static void test_sizes (void **state UNUSED)
{
    static uint32_t const size[] = { 0, 24, 119, 4097, UINT32_MAX };

    for (unsigned i = 0; i < ARRAY_SIZE (size); i++) {
        begin();
        host_put32 (system_table, 12, size[i]);
        put();
        assert_failed();
        assert_lines ("UEFI: system table at 0x7f00d018: bad size");
    }

    begin();
    host_put32 (services, 12, 239);
    put();
    assert_failed();
    assert_lines ("UEFI: table of boot services at 0x7f00e000: bad size");

    begin();                                            /* a later version with more of them                        */
    host_put32 (services, 12, 400);
    sign (services, 400);
    put();
    assert_true (uefi_exit (&boot));
}

/* Whichever bit is wrong, firmware is not called, but for reserved bits of the checksum's own field there are none */
static void test_bits (void **state UNUSED)
{
    for (unsigned i = 0; i < 120 * 8; i++) {
        begin();
        system_table[i / 8] ^= (uint8_t)(1U << i % 8);
        put();
        assert_failed();
        assert_int_equal (fw.maps, 0);
        assert_int_equal (host_lines, 1);
    }

    for (unsigned i = 0; i < 376 * 8; i++) {
        begin();
        services[i / 8] ^= (uint8_t)(1U << i % 8);
        put();
        assert_failed();
        assert_int_equal (fw.maps, 0);
        assert_int_equal (host_lines, 1);
    }
}

/* Memory that changes between two looks: what was judged is what is used */
static void test_changes (void **state UNUSED)
{
    unsigned good = 0;

    for (uint64_t seed = 1; seed <= 4000; seed++) {
        begin();
        host_mem_changes = seed;
        good += uefi_exit (&boot);
        assert_true (host_lines <= 2);
    }

    assert_in_range (good, 100, 3900);
}

/* What a boot loader leaves that has ended the services itself --------------------------------------------------------*/

static void test_take (void **state UNUSED)
{
    begin();
    boot = (struct boot_info){ .efi_mmap = 0x9510, .efi_mmap_size = 4800, .efi_desc_size = 48, .efi_desc_version = 1 };
    uefi_take_map (&boot);
    assert_no_lines();
    assert_int_equal (uefi.mmap, 0x9510);
    assert_int_equal (uefi.mmap_size, 4800);
    assert_int_equal (uefi.desc_size, 48);
    assert_int_equal (uefi.desc_version, 1);

    begin();
    boot = (struct boot_info){ .efi_mmap = 0x9510, .efi_mmap_size = 4801, .efi_desc_size = 48 };
    uefi_take_map (&boot);
    assert_lines ("UEFI: memory map of 4801 bytes at 0x9510 in descriptors of 48 bytes, ignored");
    assert_int_equal (uefi.mmap, 0);

    begin();                                            /* the HIP has 16 bits for it                               */
    boot = (struct boot_info){ .efi_mmap = 0x9510, .efi_mmap_size = 65544, .efi_desc_size = 65544 };
    uefi_take_map (&boot);
    assert_lines ("UEFI: memory map of 65544 bytes at 0x9510 in descriptors of 65544 bytes, ignored");
    assert_int_equal (uefi.mmap, 0);
}

/* GUIDs as the specification prints them, in memory order: ACPI 2.0, ACPI 1.0, SMBIOS 3, SMBIOS */
static uint8_t const acpi2[]   = { 0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11, 0xbc, 0x22, 0, 0x80, 0xc7, 0x3c, 0x88, 0x81 };
static uint8_t const acpi1[]   = { 0x30, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11, 0x9a, 0x16, 0, 0x90, 0x27, 0x3f, 0xc1, 0x4d };
static uint8_t const smbios3[] = { 0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97, 0x2c, 0x4a, 0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94 };
static uint8_t const smbios[]  = { 0x31, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11, 0x9a, 0x16, 0, 0x90, 0x27, 0x3f, 0xc1, 0x4d };

static void configure (uint64_t n)
{
    begin();
    host_put64 (system_table, 104, n);
    host_put64 (system_table, 112, CONFIG);
    sign (system_table, 120);
    put();
}

static void test_tables (void **state UNUSED)
{
    static uint8_t const *const guid[] = { NULL, acpi1, smbios, acpi2, smbios3, smbios3 };
    static uint64_t const table[] = { 0x7000, 0xf5a40, 0x7f77d000, 0x7f77d014, 0x7f77e000, 0x7f77f000 };
    uint8_t c[ARRAY_SIZE (guid) * 24] = { 1, 2, 3 };

    for (unsigned i = 0; i < ARRAY_SIZE (guid); i++) {
        if (guid[i])
            memcpy (c + 24 * i, guid[i], 16);
        host_put64 (c, 24 * i + 16, table[i]);
    }

    for (unsigned n = 0; n <= ARRAY_SIZE (guid); n++) {
        configure (n);
        host_mem_put (CONFIG, c, n * 24);
        uefi_tables (&boot);
        assert_int_equal (boot.rsdp, n > 3 ? 0x7f77d014 : n > 1 ? 0xf5a40 : 0);
        assert_int_equal (boot.smbios[0], n > 4 ? 0x7f77e000 : 0);      /* the first of its kind                    */
        assert_int_equal (boot.smbios[1], n > 2 ? 0x7f77d000 : 0);
        assert_no_lines();
    }

    configure (ARRAY_SIZE (guid));                      /* the boot loader's RSDP counts                            */
    host_mem_put (CONFIG, c, sizeof c);
    boot.rsdp = 0x9000;
    uefi_tables (&boot);
    assert_int_equal (boot.rsdp, 0x9000);
    assert_int_equal (boot.smbios[0], 0x7f77e000);

    static uint64_t const count[] = { 1025, UINT64_MAX / 24 + 2, UINT64_MAX };

    for (unsigned i = 0; i < ARRAY_SIZE (count); i++) {
        configure (count[i]);
        host_mem_put (CONFIG, c, sizeof c);
        uefi_tables (&boot);
        assert_int_equal (boot.rsdp | boot.smbios[0] | boot.smbios[1], 0);
    }

    begin();
    boot.efi_systab = 0;
    uefi_tables (&boot);
    assert_int_equal (boot.rsdp | boot.smbios[0] | boot.smbios[1], 0);
    assert_no_lines();
}

/* Protection ----------------------------------------------------------------------------------------------------------*/

static struct { paddr_t start, end; } range[16];
static unsigned ranges;

void space_mem_protect (paddr_t start, paddr_t end)
{
    if (start < end) {
        assert_true (ranges < ARRAY_SIZE (range));
        range[ranges].start = start;
        range[ranges++].end = end;
    }
}

static void test_protect (void **state UNUSED)
{
    static struct { uint32_t type; uint64_t start, pages; } const d[] = {
        { 7, 0x1000, 0x9f }, { DATA, 0x100000, 2 }, { CODE, 0x102000, 3 }, { DATA, 0x105000, 0 }, { DATA, 0x106000, 1 },
        { 4, 0x107000, 1 }, { CODE, 0x108000, 1 }, { 10, 0x200000, 9 }, { CODE, 0x7000, 1 }, { DATA, 0x8000, 1 },
        { DATA, UINT64_C (0xffffffffffff0000), 0x10 },
    };
    uint8_t map[ARRAY_SIZE (d) * 56] = { 0 };

    for (unsigned i = 0; i < ARRAY_SIZE (d); i++) {
        host_put32 (map, i * 56, d[i].type);
        host_put64 (map, i * 56 + 8, d[i].start);
        host_put64 (map, i * 56 + 24, d[i].pages);
    }

    begin();
    ranges = 0;
    uefi_protect();
    assert_int_equal (ranges, 0);
    assert_no_lines();

    host_mem_put (0x9510, map, sizeof map);
    uefi = (struct uefi){ .mmap = 0x9510, .mmap_size = sizeof map, .desc_size = 56, .desc_version = 1 };
    uefi_protect();
    assert_int_equal (ranges, 5);
    assert_int_equal (range[0].start, 0x100000);
    assert_int_equal (range[0].end, 0x105000);
    assert_int_equal (range[1].start, 0x106000);
    assert_int_equal (range[1].end, 0x107000);
    assert_int_equal (range[2].start, 0x108000);
    assert_int_equal (range[2].end, 0x109000);
    assert_int_equal (range[3].start, 0x7000);
    assert_int_equal (range[3].end, 0x9000);
    assert_int_equal (range[4].start, UINT64_C (0xffffffffffff0000));
    assert_int_equal (range[4].end, UINT64_MAX);
    assert_lines ("UEFI: runtime services at 0xffffffffffff0000 have 0x10 pages: everything from there up is protected",
                  "UEFI: memory map of 616 bytes at 0x9510, 96 KiB of runtime services");
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_exit), cmocka_unit_test (test_key), cmocka_unit_test (test_grow),
        cmocka_unit_test (test_services_fail), cmocka_unit_test (test_map_sizes), cmocka_unit_test (test_map_address),
        cmocka_unit_test (test_pointers), cmocka_unit_test (test_sizes), cmocka_unit_test (test_bits), cmocka_unit_test (test_changes),
        cmocka_unit_test (test_take), cmocka_unit_test (test_tables), cmocka_unit_test (test_protect),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

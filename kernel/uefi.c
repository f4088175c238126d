/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UEFI specification 2.10. Tables are untrusted input: they are seen through windows and copied before they are checked. Only
 * functions of a table whose signature and checksum are good are called.
 */
#include <uefi.h>

#include <base/macros.h>
#include <boot_info.h>
#include <console/console.h>
#include <kmem.h>
#include <space_mem.h>
#include <string.h>
#include <uefi_tables.h>
#include <window.h>

#define ATTEMPTS                8                       /* a map that changes more often never settles              */
#define SLACK                   8                       /* descriptors that the allocation of the buffer may add    */
#define CONFIGURATIONS_MAX      1024

#define SYSTEM_SIGNATURE        UINT64_C (0x5453595320494249)   /* "IBI SYST"                                       */
#define SERVICES_SIGNATURE      UINT64_C (0x56524553544f4f42)   /* "BOOTSERV"                                       */

/* 4.6.1: ACPI 2.0 and later, ACPI 1.0; SMBIOS 3, SMBIOS; in memory order */
static uint64_t const guid_acpi[][2] = {
    { UINT64_C (0x11d3e4f18868e871), UINT64_C (0x81883cc7800022bc) },
    { UINT64_C (0x11d32d88eb9d2d30), UINT64_C (0x4dc13f279000169a) },
};

static uint64_t const guid_smbios[][2] = {
    { UINT64_C (0x4a2c9794f2fd1544), UINT64_C (0x94e320cfbbe52e99) },
    { UINT64_C (0x11d32d88eb9d2d31), UINT64_C (0x4dc13f279000169a) },
};

struct buffer { paddr_t addr; uint64_t pages; };        /* for the memory map                                       */

/* What firmware writes lies where it has it mapped, too: in the image, by its physical address */
static struct { uint64_t size, key, desc_size; paddr_t addr; uint32_t version; } io;

#define IO(field)               kmem_phys (&io.field)
#define CALL(function, ...)     uefi_call ((uintptr_t)(function), __VA_ARGS__)

struct uefi uefi;

static bool tried;                                      /* to end the boot services                                 */

/* CRC-32 as in ISO 3309 (4.2.1) */
static uint32_t crc32 (void const *data, size_t n)
{
    uint8_t const *p = data;
    uint32_t crc = UINT32_MAX;

    for (; n--; p++) {
        crc ^= *p;
        for (unsigned i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }

    return ~crc;
}

/* Copies the first n bytes of a table. All of it is copied before it is judged. False after one line if it is not what it should be. */
static bool table (void *dst, size_t n, paddr_t addr, uint64_t signature, char const *name)
{
    static union { struct uefi_header header; uint8_t bytes[PAGE_SIZE]; } t;
    uint8_t const *p = addr ? window_map (WINDOW_TABLE, addr, sizeof t.header) : NULL;
    char const *fault = NULL;
    size_t size = 0;

    if (p) {
        memcpy (&t, p, sizeof t.header);
        size = t.header.size;
    }

    if (!p)
        fault = "no memory";
    else if (t.header.signature != signature)
        fault = "bad signature";
    else if (size < n || size > sizeof t)
        fault = "bad size";
    else if (!(p = window_map (WINDOW_TABLE, addr, size)))
        fault = "no memory";
    else {
        memcpy (&t, p, size);

        uint32_t const crc = t.header.crc;

        t.header.crc = 0;
        if (crc32 (&t, size) != crc || t.header.signature != signature)
            fault = "bad checksum";
    }

    if (fault) {
        print ("UEFI: %s at %#lx: %s", name, addr, fault);
        return false;
    }

    memcpy (dst, &t, n);
    return true;
}

static bool system_table (struct system_table *t, paddr_t addr)
{
    return table (t, sizeof *t, addr, SYSTEM_SIGNATURE, "system table");
}

/* The services, or false after one line */
static bool services (struct boot_services *s, struct boot_info const *boot)
{
    struct system_table t;

    if (!boot->efi_systab || !boot->efi_image) {
        print ("UEFI: boot services are on, but the boot loader names no %s", boot->efi_systab ? "image handle" : "system table");
        return false;
    }

    if (!system_table (&t, boot->efi_systab) || !table (s, sizeof *s, t.boot_services, SERVICES_SIGNATURE, "table of boot services"))
        return false;

    if (!s->allocate_pages || !s->free_pages || !s->get_memory_map || !s->exit_boot_services) {
        print ("UEFI: a boot service is missing");
        return false;
    }

    return true;
}

/* The map becomes the one of the HIP; false after one line if its sizes make no sense */
static bool take (paddr_t map, uint64_t size, uint64_t desc_size, uint32_t version)
{
    if (desc_size < sizeof (struct descriptor) || desc_size > UINT16_MAX || desc_size % 8 || size < desc_size || size % desc_size ||
        map % 8 || !window_map (WINDOW_TABLE, map, size)) {
        print ("UEFI: memory map of %lu bytes at %#lx in descriptors of %lu bytes, ignored", size, map, desc_size);
        return false;
    }

    uefi = (struct uefi){ .mmap = map, .mmap_size = (uint32_t)size, .desc_size = (uint16_t)desc_size, .desc_version = (uint16_t)version };
    return true;
}

/* A larger buffer for the map; size: what it needs. A status of firmware */
static uint64_t resize (struct boot_services const *s, struct buffer *b, uint64_t size, uint64_t desc_size)
{
    if (b->pages)
        CALL (s->free_pages, b->addr, b->pages, 0, 0, 0);

    b->pages = align_up (size + SLACK * desc_size, PAGE_SIZE) >> PAGE_BITS;

    uint64_t const status = CALL (s->allocate_pages, ALLOCATE_ANY_PAGES, LOADER_DATA, b->pages, IO (addr), 0);

    b->addr = io.addr;

    return status;
}

/*
 * A map, then the exit with its key. The first try may end some of the services already, so nothing but memory services is called
 * between tries (7.4.6). A good map is kept even if firmware cannot be left: it still says what memory is there.
 */
static bool leave (struct boot_services const *s, paddr_t image)
{
    uint64_t status = EFI_SUCCESS;
    struct buffer b = { 0 };
    char const *step = "GetMemoryMap";

    for (unsigned i = 0; i < ATTEMPTS; i++) {

        uint64_t const room = b.pages << PAGE_BITS;

        step = "GetMemoryMap";
        uefi = (struct uefi){ 0 };
        io.size = room;
        io.key = io.desc_size = io.version = 0;
        status = CALL (s->get_memory_map, IO (size), b.addr, IO (key), IO (desc_size), IO (version));

        if (status == EFI_BUFFER_TOO_SMALL && io.size > room && io.size < WINDOW_MAX && io.desc_size <= UINT16_MAX) {

            step = "AllocatePages";
            status = resize (s, &b, io.size, io.desc_size);

            if (status == EFI_SUCCESS)
                continue;
        }

        if (status != EFI_SUCCESS || !take (b.addr, io.size, io.desc_size, io.version))
            break;

        step = "ExitBootServices";
        status = CALL (s->exit_boot_services, image, io.key, 0, 0, 0);

        if (status == EFI_SUCCESS)
            return true;
    }

    print ("UEFI: boot services are abandoned: %s gave %#lx", step, status);
    return false;
}

bool uefi_exit (struct boot_info const *boot)
{
    struct boot_services s;

    tried = true;

    return services (&s, boot) && leave (&s, boot->efi_image);
}

void uefi_take_map (struct boot_info const *boot)
{
    if (boot->efi_services && !tried)
        print ("UEFI: boot services are abandoned: they are on, but firmware's mode of the CPU is gone");

    if (boot->efi_mmap)
        take (boot->efi_mmap, boot->efi_mmap_size, boot->efi_desc_size, boot->efi_desc_version);
}

/* The first of n tables with that GUID, 0: none */
static paddr_t named (struct configuration const *c, uint64_t n, uint64_t const guid[2])
{
    for (; n--; c++)
        if (!memcmp (c->guid, guid, sizeof c->guid))
            return c->table;

    return 0;
}

void uefi_tables (struct boot_info *boot)
{
    struct system_table t;

    if (!boot->efi_systab || !system_table (&t, boot->efi_systab) || !t.configurations || t.configurations > CONFIGURATIONS_MAX)
        return;

    struct configuration const *const c = window_map (WINDOW_TABLE, t.configuration, t.configurations * sizeof *c);

    for (unsigned i = 0; c && i < ARRAY_SIZE (guid_acpi) && !boot->rsdp; i++)
        boot->rsdp = named (c, t.configurations, guid_acpi[i]);

    for (unsigned i = 0; c && i < ARRAY_SIZE (guid_smbios); i++)
        boot->smbios[i] = named (c, t.configurations, guid_smbios[i]);
}

uint64_t uefi_table_memory (paddr_t addr)
{
    uint8_t const *const p = uefi.mmap ? window_map (WINDOW_TABLE, uefi.mmap, uefi.mmap_size) : NULL;

    for (uint32_t off = 0; p && uefi.mmap_size - off >= uefi.desc_size; off += uefi.desc_size) {

        struct descriptor d;

        memcpy (&d, p + off, sizeof d);

        if (d.type != BOOT_DATA && d.type != RUNTIME_DATA && d.type != ACPI_RECLAIM && d.type != ACPI_NVS)
            continue;

        uint64_t const size = MIN (d.pages, UINT64_MAX >> PAGE_BITS) << PAGE_BITS;

        if (addr >= d.start && addr - d.start < size)
            return size - (addr - d.start);
    }

    return 0;
}

/* Neighbours become one range, since there is a limit to their number */
void uefi_protect (void)
{
    uint8_t const *const p = uefi.mmap ? window_map (WINDOW_TABLE, uefi.mmap, uefi.mmap_size) : NULL;
    paddr_t start = 0, end = 0;
    uint64_t total = 0;

    for (uint32_t off = 0; p && uefi.mmap_size - off >= uefi.desc_size; off += uefi.desc_size) {

        struct descriptor d;

        memcpy (&d, p + off, sizeof d);

        if ((d.type != RUNTIME_CODE && d.type != RUNTIME_DATA) || !d.pages)
            continue;

        uint64_t const most = (UINT64_MAX - d.start) >> PAGE_BITS;
        paddr_t const last = d.pages > most ? UINT64_MAX : d.start + (d.pages << PAGE_BITS);

        if (d.pages > most)
            print ("UEFI: runtime services at %#lx have %#lx pages: everything from there up is protected", d.start, d.pages);

        total += MIN (d.pages, most);

        if (d.start == end) {
            end = last;
            continue;
        }

        space_mem_protect (start, end);
        start = d.start;
        end   = last;
    }

    space_mem_protect (start, end);

    if (p)
        print ("UEFI: memory map of %u bytes at %#lx, %lu KiB of runtime services", uefi.mmap_size, uefi.mmap,
               total << (PAGE_BITS - 10));
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Multiboot Specification 0.6.96 (version 1), 3.3, and Multiboot2 Specification 2.0, 3.6. Structures are copied out of
 * the window before anything in them is believed.
 */
#include <multiboot.h>

#include <abi/record.h>
#include <base/macros.h>
#include <console/console.h>
#include <fdt.h>
#include <string.h>
#include <window.h>

struct mb1_info {                                   /* version 1, 3.3                                           */
    uint32_t    flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr;
};

struct mb1_module {                                 /* version 1, 3.3                                           */
    uint32_t    start, end, string, reserved;
};

struct mb2_info { uint32_t total_size, reserved; }; /* version 2, 3.6.2                                         */

struct mb2_tag  { uint32_t type, size; };           /* version 2, 3.6.2: size without padding to 8 bytes        */

struct mb2_module {                                 /* version 2, 3.6.6                                         */
    struct mb2_tag  tag;
    uint32_t        start, end;
};

struct mb2_pointer {                                /* version 2, 3.6.11 and 3.6.19                             */
    struct mb2_tag  tag;
    uint64_t        addr;
};

struct mb2_screen {                                 /* version 2, 3.6.12                                        */
    struct mb2_tag  tag;
    uint64_t        addr;
    uint32_t        pitch, width, height;
    uint8_t         bits, type;                     /* type as in struct record_screen; others are not used     */
    uint16_t        reserved;                       /* 16 bits, as GRUB has it: the manual says 8               */
};

struct mb2_colours {                                /* follows it if the type is SCREEN_RGB                     */
    struct { uint8_t pos, size; } field[3];
};

struct mb2_efi_map {                                /* version 2, 3.6.16; the map follows                       */
    struct mb2_tag  tag;
    uint32_t        desc_size, desc_version;
};

STATIC_ASSERT (sizeof (struct mb1_info) == 28);
STATIC_ASSERT (sizeof (struct mb1_module) == 16);
STATIC_ASSERT (sizeof (struct mb2_info) == 8);
STATIC_ASSERT (sizeof (struct mb2_module) == 16);
STATIC_ASSERT (sizeof (struct mb2_pointer) == 16);
STATIC_ASSERT (sizeof (struct mb2_screen) == 32);
STATIC_ASSERT (sizeof (struct mb2_colours) == 6);
STATIC_ASSERT (sizeof (struct mb2_efi_map) == 16);

enum { MB1_CMDLINE = 1U << 2, MB1_MODS = 1U << 3 };

enum {
    MB2_END = 0, MB2_CMDLINE = 1, MB2_MODULE = 3, MB2_SCREEN = 8, MB2_EFI64_SYSTAB = 12, MB2_RSDP_OLD = 14, MB2_RSDP_NEW = 15,
    MB2_EFI_MAP = 17, MB2_EFI_SERVICES = 18, MB2_EFI64_IMAGE = 20,
};

#define MB2_ALIGN       8
#define MODULES_MAX     64U
#define RSDP_OLD_SIZE   20                          /* ACPI 6.5, 5.2.5.3                                        */
#define RSDP_NEW_SIZE   36

static bool copy_in (void *dst, paddr_t addr, size_t n)
{
    void const *const p = window_map (WINDOW_BOOT, addr, n);

    if (p)
        memcpy (dst, p, n);

    return p;
}

/* Copies a string that ends at a zero byte, or after CMDLINE_MAX - 1 characters, or where memory ends; page by page */
static void copy_string (char *dst, paddr_t addr)
{
    for (size_t len = 0; len < CMDLINE_MAX - 1; ) {

        size_t const n = MIN (CMDLINE_MAX - 1 - len, PAGE_SIZE - (addr & PAGE_MASK));
        char const *const p = window_map (WINDOW_BOOT, addr, n);
        size_t const use = p ? strnlen (p, n) : 0;

        if (use)
            memcpy (dst + len, p, use);
        if (use < n)
            return;

        len += n;
        addr += n;
    }
}

/* The first module becomes the root image. A bad one is as good as none, after one line. */
static void set_module (struct boot_info *out, paddr_t start, paddr_t end)
{
    if (start >= end || !window_map (WINDOW_ROOT, end - 1, 1)) {
        print ("Multiboot: module [0x%lx, 0x%lx) is no memory range, ignored", start, end);
        return;
    }

    out->root_start = start;
    out->root_end = end;
}

/*
 * Multiboot has no word for a device tree, which a machine without ACPI needs: a module behind the first one that begins like one is it.
 * Its contents are not looked at here.
 */
static void look_for_tree (struct boot_info *out, paddr_t start, paddr_t end)
{
    if (out->fdt || start % MB2_ALIGN || start >= end || end - start < FDT_HEADER)
        return;

    void const *const p = window_map (WINDOW_TABLE, start, FDT_HEADER);

    if (p && fdt_size (p) && fdt_size (p) <= end - start)
        out->fdt = start;
}

static bool parse_v1 (struct boot_info *out, paddr_t info)
{
    struct mb1_info i;
    struct mb1_module m;

    if (!copy_in (&i, info, sizeof i)) {
        print ("Multiboot: no information at 0x%lx", info);
        return false;
    }

    if (i.flags & MB1_CMDLINE)
        copy_string (out->cmdline, i.cmdline);

    if (!(i.flags & MB1_MODS) || !i.mods_count)
        return true;

    if (copy_in (&m, i.mods_addr, sizeof m))
        set_module (out, m.start, m.end);
    else
        print ("Multiboot: no module list at 0x%x", i.mods_addr);

    for (uint32_t n = 1; n < MIN (i.mods_count, MODULES_MAX); n++)
        if (copy_in (&m, i.mods_addr + (paddr_t)n * sizeof m, sizeof m))
            look_for_tree (out, m.start, m.end);

    return true;
}

/* Smallest size of the tags that we use, 0 for the others */
static size_t tag_min (uint32_t type)
{
    switch (type) {
        case MB2_CMDLINE:       return sizeof (struct mb2_tag);
        case MB2_MODULE:        return sizeof (struct mb2_module);
        case MB2_SCREEN:        return sizeof (struct mb2_screen);
        case MB2_EFI64_SYSTAB:
        case MB2_EFI64_IMAGE:   return sizeof (struct mb2_pointer);
        case MB2_EFI_MAP:       return sizeof (struct mb2_efi_map);
        case MB2_EFI_SERVICES:  return sizeof (struct mb2_tag);
        case MB2_RSDP_OLD:      return sizeof (struct mb2_tag) + RSDP_OLD_SIZE;
        case MB2_RSDP_NEW:      return sizeof (struct mb2_tag) + RSDP_NEW_SIZE;
    }

    return 0;
}

/* What the tags said so far; the first one of a kind counts, and of the RSDP copies the new one */
struct tags { struct mb2_module module; bool cmdline, has_module; paddr_t rsdp_old, rsdp_new; };

/* Whether it makes sense is asked later (screen.c). A tag without its colours names no screen. */
static void use_screen (struct screen *out, void const *p, size_t size)
{
    struct mb2_screen s;
    struct mb2_colours c = { 0 };

    memcpy (&s, p, sizeof s);

    if (s.type == SCREEN_RGB && size >= sizeof s + sizeof c)
        memcpy (&c, (char const *)p + sizeof s, sizeof c);

    *out = (struct screen) { .addr = s.addr, .pitch = s.pitch, .width = s.width, .height = s.height, .type = s.type, .bits = s.bits };

    for (unsigned i = 0; i < ARRAY_SIZE (c.field); i++) {
        out->colour[i].pos  = c.field[i].pos;
        out->colour[i].size = c.field[i].size;
    }
}

/* p: a tag of a type that we use, all of it readable; addr: its physical address */
static void use_tag (struct boot_info *out, struct tags *seen, void const *p, struct mb2_tag tag, paddr_t addr)
{
    char const *const text = (char const *)p + sizeof tag;
    struct mb2_pointer pointer;
    struct mb2_module module;
    struct mb2_efi_map map;

    switch (tag.type) {

        case MB2_CMDLINE:
            if (!seen->cmdline)
                memcpy (out->cmdline, text, strnlen (text, MIN (tag.size - sizeof tag, CMDLINE_MAX - 1)));
            seen->cmdline = true;
            break;

        case MB2_MODULE:
            memcpy (&module, p, sizeof module);
            if (!seen->has_module)
                seen->module = module;
            else
                look_for_tree (out, module.start, module.end);
            seen->has_module = true;
            break;

        case MB2_RSDP_OLD:
            if (!seen->rsdp_old)
                seen->rsdp_old = addr + sizeof tag;
            break;

        case MB2_RSDP_NEW:
            if (!seen->rsdp_new)
                seen->rsdp_new = addr + sizeof tag;
            break;

        case MB2_SCREEN:
            if (!out->screen.addr)
                use_screen (&out->screen, p, tag.size);
            break;

        case MB2_EFI64_SYSTAB:
            memcpy (&pointer, p, sizeof pointer);
            if (!out->efi_systab)
                out->efi_systab = pointer.addr;
            break;

        case MB2_EFI_SERVICES:
            out->efi_services = true;
            break;

        case MB2_EFI_MAP:
            if (out->efi_mmap)
                break;

            memcpy (&map, p, sizeof map);
            out->efi_mmap         = addr + sizeof map;
            out->efi_mmap_size    = tag.size - (uint32_t)sizeof map;
            out->efi_desc_size    = map.desc_size;
            out->efi_desc_version = map.desc_version;
            break;

        case MB2_EFI64_IMAGE:
            memcpy (&pointer, p, sizeof pointer);
            if (!out->efi_image)
                out->efi_image = pointer.addr;
            break;
    }
}

/* All total bytes of the information are readable at p. False after one line if a tag is damaged: half the tags of a
 * damaged list are worse than none, because an option that the user asked for could be missing. */
static bool parse_tags (struct boot_info *out, struct tags *seen, uint8_t const *p, size_t total, paddr_t info)
{
    struct mb2_tag tag;

    for (size_t off = sizeof (struct mb2_info), step; off < total && total - off >= sizeof tag; off += step) {

        memcpy (&tag, p + off, sizeof tag);

        if (tag.size < sizeof tag || tag.size > total - off || tag.size < tag_min (tag.type)) {
            print ("Multiboot: tag %u at offset %zu has a bad size of %u bytes", tag.type, off, tag.size);
            return false;
        }

        if (tag.type == MB2_END)
            return true;

        step = align_up (tag.size, MB2_ALIGN);

        if (tag_min (tag.type))
            use_tag (out, seen, p + off, tag, info + off);
    }

    return true;
}

static bool parse_v2 (struct boot_info *out, paddr_t info)
{
    struct mb2_info i;
    struct tags seen = { .cmdline = false };

    if (!copy_in (&i, info, sizeof i)) {
        print ("Multiboot: no information at 0x%lx", info);
        return false;
    }

    void const *const p = i.total_size >= sizeof i ? window_map (WINDOW_BOOT, info, i.total_size) : NULL;

    if (!p) {
        print ("Multiboot: information at 0x%lx has a bad size of %u bytes", info, i.total_size);
        return false;
    }

    if (!parse_tags (out, &seen, p, i.total_size, info))
        return false;

    out->rsdp = seen.rsdp_new ? seen.rsdp_new : seen.rsdp_old;

    if (seen.has_module)
        set_module (out, seen.module.start, seen.module.end);

    return true;
}

bool multiboot_parse (struct boot_info *out, uint32_t magic, paddr_t info)
{
    *out = (struct boot_info){ 0 };

    if (magic == MULTIBOOT1_MAGIC && parse_v1 (out, info))
        return true;

    if (magic == MULTIBOOT2_MAGIC && parse_v2 (out, info))
        return true;

    if (magic != MULTIBOOT1_MAGIC && magic != MULTIBOOT2_MAGIC)
        print ("Multiboot: unknown magic value 0x%x", magic);

    *out = (struct boot_info){ 0 };
    return false;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include <mem.h>
#include <multiboot.h>
#include <root.h>
#include <string.h>

enum { MB1_MAGIC = 0x2badb002, MB2_MAGIC = 0x36d76289 };

struct mb1_info {
    uint32_t    flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr, syms[4], mmap_length, mmap_addr;
};

struct mb1_module {
    uint32_t    start, end, string, reserved;
};

struct mb1_mmap {
    uint32_t    size;                                   /* of the rest                                          */
    uint32_t    base[2], length[2], type;
};

struct mb2_tag {
    uint32_t    type, size;
    union {
        char    string[8];                              /* 1: command line                                      */
        struct { uint32_t start, end; char string[8]; } module;                         /* 3                    */
        struct { uint32_t entry_size, version; } mmap;                                  /* 6                    */
    };
};

struct mb2_mmap {
    uint64_t    base, length;
    uint32_t    type, reserved;
};

static void *map (uint64_t phys, size_t size) { return phys ? mem_map (phys, size, PERM_MEM_R, MAD_RAM) : NULL; }

/* A string may lie anywhere, so it is mapped with the page behind it, which is there, or at least does not matter. */
static void copy_string (char *dst, uint64_t phys, size_t size)
{
    char const *s = map (phys, size);

    if (s)
        string_copy (dst, s, size);
}

static void add_module (uint64_t start, uint64_t end)
{
    if (root.modules < ROOT_MODULES)
        root.module[root.modules++] = (struct range) { start, end };
}

static void parse_mb1 (void)
{
    struct mb1_info const *info = map (root.boot_addr, sizeof (*info));

    if (!info)
        return;

    if (info->flags & 1 << 2)
        copy_string (root.kernel_args, info->cmdline, sizeof (root.kernel_args));

    if (info->flags & 1 << 3) {

        struct mb1_module const *mod = map (info->mods_addr, info->mods_count * sizeof (*mod));

        for (unsigned i = 0; mod && i < info->mods_count && i < ROOT_MODULES; i++) {
            copy_string (root.module_args[i], mod[i].string, sizeof (root.module_args[i]));
            if (!i)
                copy_string (root.args, mod[i].string, sizeof (root.args));
            add_module (mod[i].start, mod[i].end);
        }
    }

    if (info->flags & 1 << 6 && !root.rams) {

        uint8_t const *p = map (info->mmap_addr, info->mmap_length), *const end = p + info->mmap_length;

        while (p && p + sizeof (struct mb1_mmap) <= end) {

            struct mb1_mmap const *m = (void const *) p;
            uint64_t const base = m->base[0] | (uint64_t) m->base[1] << 32, length = m->length[0] | (uint64_t) m->length[1] << 32;

            if (m->type == 1)
                ram_add (base, base + length);

            p += m->size + sizeof (m->size);
        }
    }
}

static void parse_mb2 (void)
{
    uint32_t const *head = map (root.boot_addr, 2 * sizeof (*head));
    uint32_t const size = head ? *head : 0;
    uint8_t const *p = size > 8 ? map (root.boot_addr, size) : NULL, *const end = p + size;

    bool const uefi = root.rams;                        /* there has been a map that knows better               */

    for (p = p ? p + 8 : end; p + 8 <= end; ) {

        struct mb2_tag const *tag = (void const *) p;

        if (!tag->type || tag->size < 8 || p + tag->size > end)
            return;

        if (tag->type == 1)
            string_copy (root.kernel_args, tag->string, sizeof (root.kernel_args));

        if (tag->type == 3) {
            if (root.modules < ROOT_MODULES)
                string_copy (root.module_args[root.modules], tag->module.string, sizeof (root.module_args[0]));
            if (!root.modules)
                string_copy (root.args, tag->module.string, sizeof (root.args));
            add_module (tag->module.start, tag->module.end);
        }

        if (tag->type == 6 && !uefi && tag->mmap.entry_size)
            for (uint8_t const *e = p + 16; e + sizeof (struct mb2_mmap) <= p + tag->size; e += tag->mmap.entry_size) {
                struct mb2_mmap const *m = (void const *) e;
                if (m->type == 1)
                    ram_add (m->base, m->base + m->length);
            }

        p += (tag->size + 7) & ~UINT32_C (7);
    }
}

void multiboot_parse (void)
{
    if (root.boot_magic == MB1_MAGIC)
        parse_mb1();

    if (root.boot_magic != MB2_MAGIC)
        return;

    parse_mb2();

    /* The information lies in memory that its own map calls free */
    uint32_t const *const size = map (root.boot_addr, sizeof (*size));

    if (size)
        ram_remove (root.boot_addr, root.boot_addr + *size);
}

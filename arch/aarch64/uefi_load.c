/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UEFI starts the image as an application, at any page. What is here runs there, on firmware's tables, before anything of the kernel
 * does: it must reach its own code and data relative to the program counter only, so no variable may hold the address of something
 * in the image before run time (make checks the relocations), and variables that it changes are not those of the kernel, which is
 * copied from the file's contents. UEFI specification 2.10.
 */
#include <uefi_load.h>

#include <abi/record.h>
#include <base/macros.h>
#include <cmdline.h>
#include <fdt.h>
#include <handover.h>
#include <kmem.h>
#include <multiboot.h>
#include <string.h>
#include <sysreg.h>
#include <uefi_tables.h>

#define KERNEL_ALIGN    (2 * MIB)
#define LINE            16                              /* of a cache: the smallest one that there is                       */
#define CMDLINE_FILE    "\\kilonova.cmd"                /* if there are no load options                                     */
#define PATH_MAX        256

/* In the data of the image, not in what is cleared */
struct boot_info uefi_boot SECTION (".data.uefi");
struct uefi_regime uefi_regime SECTION (".data.uefi");

/* GUIDs in memory order */
static uint64_t const guid_loaded_image[] = { UINT64_C (0x11d295625b1b31a1), UINT64_C (0x3b7269c9a0003f8e) };   /* 9.1.1            */
static uint64_t const guid_load_file2[]   = { UINT64_C (0x403efcb34006c0c1), UINT64_C (0x6de024876c4a6d99) };   /* 13.2.1           */
static uint64_t const guid_file_system[]  = { UINT64_C (0x11d26459964e5b22), UINT64_C (0x3b7269c9a000398e) };   /* 13.4.1           */
static uint64_t const guid_fdt[]          = { UINT64_C (0x41a5f19cb1b621d5), UINT64_C (0xe0aa692c15d90b83) };   /* 4.6.1.3          */

static uint64_t const guid_graphics[]     = { UINT64_C (0x4a3823dc9042a9de), UINT64_C (0x6a5180d0de7afb96) };   /* 12.9.2           */

/* The device path of the initial RAM disk (Linux, Documentation/arch/x86/boot.rst; 10.3.5.3): vendor media, then the end */
static struct { uint8_t type, subtype; uint8_t size[2]; uint8_t guid[16]; uint8_t end[4]; } const initrd_path = {
    4, 3, { 20, 0 }, { 0x27, 0xe4, 0x68, 0x55, 0xfc, 0x68, 0x3d, 0x4f, 0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68 },
    { 0x7f, 0xff, 4, 0 }
};

/* A range of pages of firmware's */
struct pages { paddr_t addr; uint64_t count; };

static struct {
    struct system_table const  *system;
    struct boot_services const *services;
    struct loaded_image const  *image;
    struct boot_info            boot;
    struct pages                root, cmdline, tree;
} load;

/* Console -------------------------------------------------------------------------------------------------------------- */

static void say (char const *text)
{
    struct uefi_text_output *const out = load.system->console_out;
    uint16_t wide[2] = { 0, 0 };

    for (; out && *text; text++) {
        wide[0] = (uint8_t)*text;
        out->output_string (out, wide);
    }
}

/* One line. status: what firmware answered, 0: it was not asked */
static uint64_t fail (uint64_t result, char const *text, char const *name, uint64_t status)
{
    char hex[19] = "0x";

    for (unsigned i = 0; i < 16; i++) {
        unsigned const digit = status >> (60 - 4 * i) & 0xf;
        hex[2 + i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }

    say ("Kilonova: ");
    say (text);
    say (name);

    if (status) {
        say (": status ");
        say (hex);
    }

    say ("\r\n");

    return result;
}

/* Memory --------------------------------------------------------------------------------------------------------------- */

static void give_back (struct pages *p)
{
    if (p->count)
        load.services->free_pages (p->addr, p->count);

    p->count = 0;
}

/* Below 4 GiB if there is room: Multiboot knows no more */
static bool get (struct pages *p, uint64_t size)
{
    uint64_t const count = align_up (size, PAGE_SIZE) >> PAGE_BITS;

    *p = (struct pages) { UINT32_MAX, 0 };

    if (!size || size > BIT64 (48) ||
        (load.services->allocate_pages (ALLOCATE_MAX_ADDRESS, LOADER_DATA, count, &p->addr) != EFI_SUCCESS &&
         load.services->allocate_pages (ALLOCATE_ANY_PAGES, LOADER_DATA, count, &p->addr) != EFI_SUCCESS))
        return false;

    p->count = count;

    return true;
}

/* To the point of coherency: what was written with caches on is what is read with caches off (Arm ARM, D7.5) */
static void clean (paddr_t start, uint64_t size)
{
    for (paddr_t a = align_dn (start, LINE); a < start + size; a += LINE)
        __asm__ volatile ("dc civac, %0" : : "r" (a) : "memory");

    dsb (sy);
    __asm__ volatile ("ic ialluis; dsb sy; isb" : : : "memory");
}

/* Command line --------------------------------------------------------------------------------------------------------- */

/* A file of the device that the image came from, whole, in pages of its own; *size: its bytes. EFI_SUCCESS or a status */
static uint64_t read_file (char const *name, size_t length, struct pages *to, uint64_t *size)
{
    struct file_system *fs = NULL;
    struct file *volume = NULL, *file = NULL;
    uint16_t path[PATH_MAX];
    uint64_t status;

    if (length >= PATH_MAX)
        return EFI_NOT_FOUND;

    for (size_t i = 0; i < length; i++)
        path[i] = (uint8_t)(name[i] == '/' ? '\\' : name[i]);

    path[length] = 0;

    if (!load.image->device || load.services->handle_protocol (load.image->device, guid_file_system, &fs) != EFI_SUCCESS || !fs)
        return EFI_UNSUPPORTED;

    if ((status = fs->open_volume (fs, &volume)) != EFI_SUCCESS)
        return status;

    if ((status = volume->open (volume, &file, path, 1, 0)) == EFI_SUCCESS) {           /* 1: to read                           */

        uint64_t done = 0;

        *size = 0;

        if ((status = file->set_position (file, UINT64_MAX)) == EFI_SUCCESS &&          /* its end                              */
            (status = file->get_position (file, size)) == EFI_SUCCESS && (status = file->set_position (file, 0)) == EFI_SUCCESS)
            status = get (to, *size) ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;

        while (status == EFI_SUCCESS && done < *size) {

            uint64_t part = *size - done;

            status = file->read (file, &part, (uint8_t *)to->addr + done);
            done  += part;

            if (status == EFI_SUCCESS && !part)
                status = EFI_LOAD_ERROR;
        }

        file->close (file);
    }

    volume->close (volume);

    return status;
}

static void read_cmdline (void)
{
    uint64_t size = 0;
    bool cut = false;

    if (load.image->options && load.image->options_size >= 4)
        cut = !handover_text (load.boot.cmdline, CMDLINE_MAX, load.image->options, load.image->options_size);

    else if (read_file (CMDLINE_FILE, sizeof CMDLINE_FILE - 1, &load.cmdline, &size) == EFI_SUCCESS) {

        char const *const text = (char const *)load.cmdline.addr;

        while (size && (uint8_t)text[size - 1] <= ' ')
            size--;

        for (size_t i = 0; i < size && i < CMDLINE_MAX - 1; i++)
            load.boot.cmdline[i] = text[i] > ' ' && text[i] < 0x7f ? text[i] : ' ';

        cut = size >= CMDLINE_MAX;
    }

    if (cut)
        fail (0, "the command line is too long, its end is cut off", "", 0);
}

/* Root task's image ---------------------------------------------------------------------------------------------------- */

/* What QEMU and GRUB 2.12 offer to Linux as its initial RAM disk (13.2). EFI_NOT_FOUND: nobody offers any */
static uint64_t root_by_load_file (void)
{
    void const *path = &initrd_path;
    struct load_file *l = NULL;
    uint64_t handle = 0, size = 0, status;

    if (load.services->locate_device_path (guid_load_file2, &path, &handle) != EFI_SUCCESS ||
        load.services->handle_protocol (handle, guid_load_file2, &l) != EFI_SUCCESS || !l)
        return EFI_NOT_FOUND;

    status = l->load (l, path, false, &size, NULL);

    if (status != EFI_BUFFER_TOO_SMALL)
        return status == EFI_SUCCESS ? EFI_NOT_FOUND : status;

    if (!get (&load.root, size))
        return EFI_OUT_OF_RESOURCES;

    if ((status = l->load (l, path, false, &size, (void *)(uintptr_t)load.root.addr)) != EFI_SUCCESS)
        return status;

    load.boot.root_start = load.root.addr;
    load.boot.root_end   = load.root.addr + size;

    return EFI_SUCCESS;
}

/* The word that EDK II puts behind the command line that QEMU passes, for kernels which look for the file (QemuLoadImageLib) */
static void drop_initrd_word (void)
{
    static char const word[] = " initrd=initrd";
    size_t const n = strnlen (load.boot.cmdline, CMDLINE_MAX), length = sizeof word - 1;

    if (n >= length && !memcmp (load.boot.cmdline + n - length, word, length))
        load.boot.cmdline[n - length] = 0;
}

/* A file that the command line names */
static uint64_t root_by_name (char const **name)
{
    static char text[CMDLINE_MAX];
    char const *value = NULL;
    size_t length = 0;
    uint64_t size = 0;

    memcpy (text, load.boot.cmdline, handover_kernel_words (load.boot.cmdline));
    cmdline_set (text);

    if (!cmdline_value ("root", &value, &length) && !cmdline_value ("initrd", &value, &length))
        return EFI_NOT_FOUND;

    memset (text, 0, sizeof text);
    memcpy (text, value, length);
    *name = text;

    uint64_t const status = read_file (value, length, &load.root, &size);

    load.boot.root_start = load.root.addr;
    load.boot.root_end   = load.root.addr + size;

    return status;
}

/* tree: what firmware or GRUB has left, or null */
static uint64_t read_root (struct fdt const *tree)
{
    char const *name = "";
    struct boot_info chosen;
    uint64_t status = root_by_load_file();

    if (status != EFI_SUCCESS && status != EFI_NOT_FOUND)
        return fail (status, "the initial RAM disk cannot be loaded", "", status);

    if (status == EFI_SUCCESS)
        drop_initrd_word();

    if (status == EFI_NOT_FOUND && tree) {              /* GRUB 2.06 has loaded it                                          */

        fdt_boot_info (tree, &chosen);

        if (chosen.root_end) {
            load.boot.root_start = chosen.root_start;
            load.boot.root_end   = chosen.root_end;
            status = EFI_SUCCESS;
        }
    }

    if (status == EFI_NOT_FOUND) {

        status = root_by_name (&name);

        if (status != EFI_SUCCESS && *name)
            return fail (status, "cannot read the root task's image ", name, status);
    }

    if (status != EFI_SUCCESS)
        return fail (EFI_NOT_FOUND, "no image of the root task: neither an initial RAM disk, nor root=FILE in the command line", "", 0);

    return EFI_SUCCESS;
}

/* What the root task gets ---------------------------------------------------------------------------------------------- */

static bool find_tree (struct fdt *tree)
{
    struct configuration const *const c = (void const *)load.system->configuration;

    for (uint64_t i = 0; c && i < load.system->configurations; i++)
        if (!memcmp (c[i].guid, guid_fdt, sizeof guid_fdt))
            return fdt_open (tree, (void const *)c[i].table, 0);

    return false;
}

/* The kernel takes rng-seed out of the tree that it gets (init.c), and this one stays in memory that the root task can have */
static void erase_seed (struct fdt const *tree)
{
    struct fdt_walk w;
    struct fdt_prop const p = fdt_find (&w, tree, "/chosen") ? fdt_prop (&w, "rng-seed") : (struct fdt_prop) { NULL, 0 };

    if (p.data)
        memset ((void *)(uintptr_t)p.data, 0, p.size);
}

/*
 * The launch types of the interface specification, 7.1.1: a tree that describes the machine, with our /chosen, or Multiboot 2. A tree
 * without CPUs is what GRUB makes to say where its RAM disk is.
 */
static bool write_registers (struct fdt const *tree, uint64_t regs[2])
{
    struct fdt_walk w;
    bool const known = tree && fdt_find (&w, tree, "/cpus");
    size_t const size = known ? handover_fdt (tree, &load.boot, NULL) : handover_multiboot (&load.boot, NULL);

    if (!get (&load.tree, size))
        return false;

    void *const to = (void *)load.tree.addr;

    if (known) {
        handover_fdt (tree, &load.boot, to);
        erase_seed (tree);
        regs[0] = load.tree.addr;
        regs[1] = load.boot.root_start;
    } else {
        handover_multiboot (&load.boot, to);
        regs[0] = MULTIBOOT2_MAGIC;
        regs[1] = load.tree.addr;
    }

    return true;
}

/* Screen --------------------------------------------------------------------------------------------------------------- */

/* The mode that firmware has chosen. Whether it makes sense is asked later (kernel/screen.c); a field of no bits is none. */
static void find_screen (void)
{
    struct boot_services_more const *const more = (void const *)load.services;
    struct graphics *g = NULL;

    if (load.services->header.size < sizeof *more || more->locate_protocol (guid_graphics, NULL, &g) != EFI_SUCCESS || !g || !g->now ||
        !g->now->info || g->now->info_size < sizeof *g->now->info)
        return;

    struct graphics_mode const *const m = g->now->info;

    if (m->format > GRAPHICS_MASKS || m->pixels > UINT32_MAX / 4)
        return;

    load.boot.screen = (struct screen) { .addr = g->now->addr, .pitch = m->pixels * 4, .width = m->width, .height = m->height,
                                         .type = SCREEN_RGB, .bits = 32 };

    for (unsigned i = 0; i < 3; i++) {

        uint32_t const mask = m->format == GRAPHICS_MASKS ? m->mask[i] : UINT32_C (0xff) << 8 * (m->format == GRAPHICS_RGB ? i : 2 - i);

        load.boot.screen.colour[i].pos  = (uint8_t)(mask ? __builtin_ctz (mask) : 0);
        load.boot.screen.colour[i].size = (uint8_t)(mask ? 32 - __builtin_clz (mask) - __builtin_ctz (mask) : 0);
    }
}

/* Kernel --------------------------------------------------------------------------------------------------------------- */

/* A copy of what the file holds, at a multiple of 2 MiB with all that it needs behind it. What is too much at both ends goes back. */
static bool place_kernel (uint8_t const *base, paddr_t *kernel)
{
    uint64_t const size = align_up ((uint64_t)((uint8_t const *)RECORDS_END - base), PAGE_SIZE);
    uint64_t const pages = (size + KERNEL_ALIGN) >> PAGE_BITS;
    paddr_t all = 0;

    if (load.services->allocate_pages (ALLOCATE_ANY_PAGES, LOADER_CODE, pages, &all) != EFI_SUCCESS)
        return false;

    paddr_t const start = align_up (all, KERNEL_ALIGN), end = all + (pages << PAGE_BITS);

    if (start > all)
        load.services->free_pages (all, (start - all) >> PAGE_BITS);
    if (start + size < end)
        load.services->free_pages (start + size, (end - start - size) >> PAGE_BITS);

    uint8_t *const to = (uint8_t *)start;

    memcpy (to, base, (size_t)((uint8_t const *)BSS_START - base));

    struct boot_info *const boot = (struct boot_info *)(void *)(to + ((uint8_t const *)&uefi_boot - base));

    *boot = load.boot;
    *kernel = start;
    clean (start, size);

    return true;
}

static uint64_t prepare (uint8_t const *base, struct uefi_start *out)
{
    struct fdt tree;
    bool const any = find_tree (&tree);
    uint64_t const status = read_root (any ? &tree : NULL);

    if (status != EFI_SUCCESS)
        return status;

    if (!write_registers (any ? &tree : NULL, out->regs))
        return fail (EFI_OUT_OF_RESOURCES, "no memory for what the root task gets", "", 0);

    if (!place_kernel (base, &out->kernel))
        return fail (EFI_OUT_OF_RESOURCES, "no memory for the kernel", "", 0);

    clean (load.boot.root_start, load.boot.root_end - load.boot.root_start);

    return EFI_SUCCESS;
}

uint64_t uefi_load (uint64_t handle, struct system_table const *system, uint8_t *base, struct uefi_start *out)
{
    load.system   = system;
    load.services = (struct boot_services const *)system->boot_services;

    if ((sysreg_read (CurrentEL) >> 2 & 3) != 2)
        return fail (EFI_UNSUPPORTED, "firmware does not run at EL2, and without it there is no hypervisor", "", 0);

    uint64_t status = load.services->handle_protocol (handle, guid_loaded_image, &load.image);

    if (status != EFI_SUCCESS || !load.image)
        return fail (EFI_LOAD_ERROR, "firmware does not know its own image", "", status);

    load.boot.efi_systab   = (uintptr_t)system;
    load.boot.efi_image    = handle;
    load.boot.efi_services = true;

    read_cmdline();
    find_screen();
    status = prepare (base, out);

    give_back (&load.cmdline);

    if (status != EFI_SUCCESS) {
        give_back (&load.tree);
        give_back (&load.root);
    }

    return status;
}

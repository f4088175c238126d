/* SPDX-License-Identifier: GPL-2.0-only */
/* Devicetree Specification 0.4, chapter 5; Multiboot2 Specification 2.0, 3.6; UEFI specification 2.10, 9.1.1 (load options). */
#include <handover.h>

#include <base/macros.h>
#include <boot_info.h>
#include <fdt.h>
#include <string.h>

/* What is written: counted in any case, stored if there is memory. Everything is aligned to 4 where it begins. */
struct out { uint8_t *to; size_t size; };

static void put (struct out *o, void const *data, size_t n)
{
    if (o->to)
        memcpy (o->to + o->size, data, n);

    o->size += n;
}

static void pad (struct out *o, size_t align)
{
    static uint8_t const zero[8];

    put (o, zero, align_up (o->size, align) - o->size);
}

static void put32 (struct out *o, uint32_t v) { put (o, &v, sizeof v); }
static void put64 (struct out *o, uint64_t v) { put (o, &v, sizeof v); }
static void put_be32 (struct out *o, uint32_t v) { put32 (o, __builtin_bswap32 (v)); }

/* Device tree ---------------------------------------------------------------------------------------------------------- */

enum { MAGIC = 0xd00dfeed, VERSION = 17, COMPATIBLE = 16, BEGIN = 1, END = 2, PROP = 3, NOP = 4, FINISH = 9 };

/* Words of the header, 5.2 */
enum { H_MAGIC, H_TOTAL, H_STRUCTS, H_STRINGS, H_RESERVED, H_VERSION, H_COMPATIBLE, H_CPU, H_STRINGS_SIZE, H_STRUCTS_SIZE, H_WORDS };

/* What the new strings are, where they begin, and what replaces the old properties of these names */
#define BOOTARGS    "bootargs"
#define START       "linux,initrd-start"
#define LAST        "linux,initrd-end"

static uint32_t be32 (char const *p) { return fdt_cell ((struct fdt_prop) { p, 4 }, 0); }

static void put_prop (struct out *o, uint32_t name, void const *value, size_t size)
{
    put_be32 (o, PROP);
    put_be32 (o, (uint32_t)size);
    put_be32 (o, name);
    put (o, value, size);
    pad (o, 4);
}

/* strings: offset of the three new names in their block */
static void put_chosen (struct out *o, struct boot_info const *boot, uint32_t strings)
{
    uint64_t const start = __builtin_bswap64 (boot->root_start), end = __builtin_bswap64 (boot->root_end);

    put_prop (o, strings, boot->cmdline, strnlen (boot->cmdline, CMDLINE_MAX - 1) + 1);
    put_prop (o, strings + (uint32_t)sizeof BOOTARGS, &start, sizeof start);
    put_prop (o, strings + (uint32_t)(sizeof BOOTARGS + sizeof START), &end, sizeof end);
}

/* A property that was copied to from is none any more: NOPs, 5.4.1 */
static void strike (struct out *o, size_t from, struct fdt_prop const p, char const *base)
{
    if (!p.data || !o->to)
        return;

    struct out at = { o->to, from + (size_t)((char const *)p.data - base) - 12 };
    size_t const end = at.size + 12 + align_up (p.size, 4);

    while (at.size < end)
        put_be32 (&at, NOP);
}

size_t handover_fdt (struct fdt const *f, struct boot_info const *boot, void *to)
{
    struct fdt_walk w;
    struct out o = { to, H_WORDS * 4 };
    uint32_t const total = be32 (f->blob + H_TOTAL * 4), cpu = be32 (f->blob + H_CPU * 4);
    uint32_t const strings_size = f->strings_end - f->strings;
    uint32_t reserved = be32 (f->blob + H_RESERVED * 4);

    /* The block of reservations ends with an empty one, 5.3.2; another one takes its place if it does not end */
    static uint8_t const none[16];
    bool last = reserved % 8;

    while (!last && reserved <= total && total - reserved >= sizeof none) {
        last = !memcmp (f->blob + reserved, none, sizeof none);
        if (!last)
            put (&o, f->blob + reserved, sizeof none);
        reserved += sizeof none;
    }

    put (&o, none, sizeof none);

    /* The new properties come first in /chosen, or in a new one that is the first child of the root */
    bool const chosen = fdt_find (&w, f, "/chosen");

    if (!chosen && !fdt_find (&w, f, "/"))
        return 0;

    uint32_t const cut = chosen ? w.props : w.next;
    size_t const structs = o.size;

    put (&o, f->blob + f->structs, cut - f->structs);

    if (!chosen) {
        put_be32 (&o, BEGIN);
        put (&o, "chosen\0", 8);
    }

    put_chosen (&o, boot, strings_size);

    if (!chosen)
        put_be32 (&o, END);

    size_t const rest = o.size;

    put (&o, f->blob + cut, f->structs_end - cut);
    pad (&o, 4);

    if (chosen) {
        strike (&o, rest, fdt_prop (&w, BOOTARGS), f->blob + cut);
        strike (&o, rest, fdt_prop (&w, START), f->blob + cut);
        strike (&o, rest, fdt_prop (&w, LAST), f->blob + cut);
    }

    size_t const strings = o.size;

    put (&o, f->blob + f->strings, strings_size);
    put (&o, BOOTARGS "\0" START "\0" LAST, sizeof BOOTARGS + sizeof START + sizeof LAST);

    struct out h = { to, 0 };

    put_be32 (&h, MAGIC);
    put_be32 (&h, (uint32_t)o.size);
    put_be32 (&h, (uint32_t)structs);
    put_be32 (&h, (uint32_t)strings);
    put_be32 (&h, H_WORDS * 4);
    put_be32 (&h, VERSION);
    put_be32 (&h, COMPATIBLE);
    put_be32 (&h, cpu);
    put_be32 (&h, (uint32_t)(o.size - strings));
    put_be32 (&h, (uint32_t)(strings - structs));

    return o.size;
}

/* Multiboot 2 ---------------------------------------------------------------------------------------------------------- */

enum { TAG_END = 0, TAG_CMDLINE = 1, TAG_MODULE = 3, TAG_EFI64_SYSTAB = 12, TAG_EFI64_IMAGE = 20 };

static void put_text (struct out *o, char const *text, size_t n)
{
    put (o, text, n);
    put (o, "", 1);
}

static void put_pointer (struct out *o, uint32_t type, uint64_t addr)
{
    put32 (o, type);
    put32 (o, 16);
    put64 (o, addr);
}

size_t handover_multiboot (struct boot_info const *boot, void *to)
{
    struct out o = { to, 8 };
    size_t const all = strnlen (boot->cmdline, CMDLINE_MAX - 1);
    size_t kernel = handover_kernel_words (boot->cmdline), root = MIN (kernel + 2, all);        /* behind the --    */
    bool const low = boot->root_end <= UINT32_MAX;

    while (boot->cmdline[root] == ' ')
        root++;

    while (kernel && boot->cmdline[kernel - 1] == ' ')
        kernel--;

    put32 (&o, TAG_CMDLINE);
    put32 (&o, (uint32_t)(8 + kernel + 1));
    put_text (&o, boot->cmdline, kernel);
    pad (&o, 8);

    put32 (&o, TAG_MODULE);
    put32 (&o, (uint32_t)(16 + all - root + 1));
    put32 (&o, low ? (uint32_t)boot->root_start : 0);
    put32 (&o, low ? (uint32_t)boot->root_end : 0);
    put_text (&o, boot->cmdline + root, all - root);
    pad (&o, 8);

    put_pointer (&o, TAG_EFI64_SYSTAB, boot->efi_systab);
    put_pointer (&o, TAG_EFI64_IMAGE, boot->efi_image);
    put32 (&o, TAG_END);
    put32 (&o, 8);

    struct out h = { to, 0 };

    put32 (&h, (uint32_t)o.size);
    put32 (&h, 0);

    return o.size;
}

/* Text ------------------------------------------------------------------------------------------------------------------ */

bool handover_text (char *to, size_t room, void const *options, size_t bytes)
{
    uint8_t const *p = options;
    size_t n = 0;

    for (; bytes >= 2 && (p[0] || p[1]); p += 2, bytes -= 2) {

        if (n == room - 1) {
            to[n] = 0;
            return false;
        }

        to[n++] = (char)(!p[1] && p[0] >= ' ' && p[0] < 0x7f ? p[0] : p[1] || p[0] > ' ' ? '?' : ' ');
    }

    to[n] = 0;

    return true;
}

size_t handover_kernel_words (char const *cmdline)
{
    size_t const all = strnlen (cmdline, CMDLINE_MAX - 1);

    for (size_t i = 0; i + 2 <= all; i++)
        if (cmdline[i] == '-' && cmdline[i + 1] == '-' && (!i || cmdline[i - 1] == ' ') && (i + 2 == all || cmdline[i + 2] == ' '))
            return i;

    return all;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* ELF-64 Object File Format 1.5 and the rules for the root image (interface specification, 6.2.1). */
#include <elf.h>

#include <base/macros.h>
#include <console/console.h>
#include <string.h>
#include <window.h>

struct ehdr {                                       /* ELF-64, 3                                                */
    uint8_t     ident[16];
    uint16_t    type, machine;
    uint32_t    version;
    uint64_t    entry, phoff, shoff;
    uint32_t    flags;
    uint16_t    ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct phdr {                                       /* ELF-64, 7                                                */
    uint32_t    type, flags;
    uint64_t    offset, vaddr, paddr, filesz, memsz, align;
};

STATIC_ASSERT (sizeof (struct ehdr) == 64);
STATIC_ASSERT (sizeof (struct phdr) == 56);

#define ELF_MAGIC       "\177ELF\2\1\1"             /* 64-bit, little-endian, version 1                         */
#define ET_EXEC         2
#define EV_CURRENT      1
#define PT_LOAD         1

enum { PF_X = 1U << 0, PF_W = 1U << 1, PF_R = 1U << 2 };

/* The image while it is being checked */
struct check { paddr_t start; uint64_t size, user_end; bool entry_ok; };

static bool copy_in (void *dst, paddr_t addr, size_t n)
{
    void const *const p = window_map (WINDOW_ROOT, addr, n);

    if (p)
        memcpy (dst, p, n);

    return p;
}

/* Are n bytes at offset off inside size bytes? */
static bool inside (uint64_t off, uint64_t n, uint64_t size) { return off <= size && n <= size - off; }

/* Returns what is wrong with the header, or null */
static char const *check_header (struct ehdr const *e, uint64_t size, uint16_t machine)
{
    if (memcmp (e->ident, ELF_MAGIC, sizeof ELF_MAGIC - 1))
        return "not a 64-bit little-endian ELF image";
    if (e->type != ET_EXEC)
        return "not an executable";
    if (e->machine != machine)
        return "for another machine";
    if (e->version != EV_CURRENT)
        return "of an unknown version";
    if (!e->phnum || e->phentsize != sizeof (struct phdr))
        return "without usable program headers";
    if (!inside (e->phoff, (uint64_t)e->phnum * sizeof (struct phdr), size))
        return "with program headers outside of the image";

    return NULL;
}

/* Returns what is wrong with a loadable segment that is not empty, or null */
static char const *check_segment (struct check const *c, struct phdr const *p)
{
    if (p->filesz != p->memsz)
        return "p_filesz differs from p_memsz";
    if (!inside (p->offset, p->filesz, c->size))
        return "outside of the image";
    if (!inside (p->vaddr, p->memsz, c->user_end) || align_up (p->vaddr + p->memsz, PAGE_SIZE) - 1 >= c->user_end)
        return "outside of user memory";
    if ((p->vaddr ^ (c->start + p->offset)) & PAGE_MASK)
        return "p_vaddr not congruent to the load address";

    return NULL;
}

static char const *add_segment (struct elf_image *image, struct check *c, struct phdr const *p, uint64_t entry)
{
    char const *const fault = check_segment (c, p);

    if (fault)
        return fault;

    struct elf_segment const s = {
        .vaddr = align_dn (p->vaddr, PAGE_SIZE),
        .paddr = align_dn (c->start + p->offset, PAGE_SIZE),
        .size  = align_up (p->vaddr + p->memsz, PAGE_SIZE) - align_dn (p->vaddr, PAGE_SIZE),
        .r = p->flags & PF_R, .w = p->flags & PF_W, .x = p->flags & PF_X,
    };

    for (unsigned i = 0; i < image->segments; i++)
        if (s.vaddr < image->segment[i].vaddr + image->segment[i].size && image->segment[i].vaddr < s.vaddr + s.size)
            return "shares a page with another one";

    if (image->segments == ELF_SEGMENTS_MAX)
        return "too many loadable segments";

    image->segment[image->segments++] = s;

    if (s.x && entry >= p->vaddr && entry - p->vaddr < p->memsz)
        c->entry_ok = true;

    return NULL;
}

/* Checks all program headers. False after one line. */
static bool parse_segments (struct elf_image *image, struct check *c, struct ehdr const *e)
{
    struct phdr p;

    for (unsigned i = 0; i < e->phnum; i++) {

        if (!copy_in (&p, c->start + e->phoff + i * sizeof p, sizeof p)) {
            print ("ELF: program header %u unmappable", i);
            return false;
        }

        if (p.type != PT_LOAD || !(p.flags & (PF_R | PF_W | PF_X)) || (!p.filesz && !p.memsz))
            continue;

        char const *const fault = add_segment (image, c, &p, e->entry);

        if (fault) {
            print ("ELF: program header %u: %s", i, fault);
            return false;
        }
    }

    return true;
}

bool elf_parse (struct elf_image *out, paddr_t start, paddr_t end, uint64_t user_end, uint16_t elf_machine)
{
    struct elf_image image = { .segments = 0 };
    struct check c = { .start = start, .size = end - start, .user_end = user_end };
    struct ehdr e;

    if (start >= end || c.size < sizeof e) {
        print ("ELF: image of %lu bytes is too small", start < end ? c.size : 0);
        return false;
    }

    /* The last byte as well: offsets inside the image are then all physical addresses */
    if (!window_map (WINDOW_ROOT, end - 1, 1) || !copy_in (&e, start, sizeof e)) {
        print ("ELF: image [0x%lx, 0x%lx) unmappable", start, end);
        return false;
    }

    char const *const fault = check_header (&e, c.size, elf_machine);

    if (fault) {
        print ("ELF: image is %s", fault);
        return false;
    }

    if (!parse_segments (&image, &c, &e))
        return false;

    if (!c.entry_ok) {
        print ("ELF: entry point 0x%lx is in no executable segment", e.entry);
        return false;
    }

    image.entry = e.entry;
    *out = image;
    return true;
}

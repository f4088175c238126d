/* SPDX-License-Identifier: GPL-2.0-only */
/* The description comes from boot loader or firmware and is believed only where nothing bad can follow from it. */
#include <screen.h>

#include <abi/record.h>
#include <base/macros.h>
#include <boot_info.h>
#include <console/console.h>
#include <fdt.h>
#include <hw.h>
#include <kmem.h>
#include <record.h>
#include <space_mem.h>

#define SIDE_MAX    16384                               /* pixels                                                   */
#define PITCH_MAX   (8 * SIDE_MAX)
#define FIELD_MAX   10                                  /* bits of a colour                                         */

/* Formats of the binding simple-framebuffer, by their names as the binding has them */
static struct { char const *name; uint8_t bits, pos[3], size[3]; } const format[] = {
    { "r5g6b5",   16, { 11, 5, 0 },  { 5, 6, 5 } },
    { "r8g8b8",   24, { 16, 8, 0 },  { 8, 8, 8 } },
    { "a8r8g8b8", 32, { 16, 8, 0 },  { 8, 8, 8 } },
    { "x8r8g8b8", 32, { 16, 8, 0 },  { 8, 8, 8 } },
    { "a8b8g8r8", 32, { 0, 8, 16 },  { 8, 8, 8 } },
    { "x8b8g8r8", 32, { 0, 8, 16 },  { 8, 8, 8 } },
};

static bool node (struct screen *out, struct fdt_walk const *w)
{
    uint64_t size, pitch = fdt_value (fdt_prop (w, "stride")), width = fdt_value (fdt_prop (w, "width")),
             height = fdt_value (fdt_prop (w, "height"));
    paddr_t addr;

    if (!fdt_compatible (w, "simple-framebuffer") || !fdt_enabled (w) || !fdt_reg (w, 0, &addr, &size) ||
        pitch > PITCH_MAX || width > SIDE_MAX || height > SIDE_MAX || size < pitch * height)
        return false;

    for (unsigned i = 0; i < ARRAY_SIZE (format); i++)
        if (fdt_string (fdt_prop (w, "format"), format[i].name)) {

            *out = (struct screen) { .addr = addr, .pitch = (uint32_t)pitch, .width = (uint32_t)width, .height = (uint32_t)height,
                                     .type = SCREEN_RGB, .bits = format[i].bits };

            for (unsigned k = 0; k < 3; k++) {
                out->colour[k].pos  = format[i].pos[k];
                out->colour[k].size = format[i].size[k];
            }

            return true;
        }

    return false;
}

void screen_fdt (struct screen *out, struct fdt const *f)
{
    struct fdt_walk w;

    if (out->addr)
        return;

    fdt_walk (&w, f);

    while (fdt_next (&w) && !node (out, &w)) {}
}

/* Three fields in a pixel, none in the bits of another one */
static bool colours (struct screen const *s)
{
    uint64_t used = 0;

    for (unsigned i = 0; i < 3; i++) {

        unsigned const pos = s->colour[i].pos, bits = s->colour[i].size;

        if (!bits || bits > FIELD_MAX || pos + bits > s->bits)
            return false;

        uint64_t const mask = (BIT64 (bits) - 1) << pos;

        if (used & mask)
            return false;

        used |= mask;
    }

    return true;
}

static bool mode (struct screen const *s)
{
    bool const rgb = s->type == SCREEN_RGB && (s->bits == 16 || s->bits == 24 || s->bits == 32) && colours (s);
    bool const text = s->type == SCREEN_TEXT && s->bits == 16;

    return (rgb || text) && s->width && s->height && s->width <= SIDE_MAX && s->height <= SIDE_MAX && s->pitch <= PITCH_MAX &&
           s->pitch >= s->width * (s->bits / 8U) && !(s->pitch % (s->bits == 24 ? 1U : s->bits / 8U)) &&
           !(s->addr % (s->bits == 24 ? 1U : s->bits / 8U));
}

static bool apart (paddr_t s, paddr_t e, paddr_t start, paddr_t end) { return e <= start || end <= s; }

/* May the root task have all of it, and is it none of what it finds there? Bounded: a mode has at most 2 GiB, and ranges are few */
static bool place (paddr_t start, uint64_t size, paddr_t root_start, paddr_t root_end)
{
    if (size > phys_end() || start > phys_end() - size)
        return false;

    paddr_t const s = align_dn (start, PAGE_SIZE), e = align_up (start + size, PAGE_SIZE);

    /* Where the kernel writes though user space may, too; the rest of the kernel is protected */
    if (!apart (s, e, kmem_phys (MBUF_START), kmem_phys (RECORDS_END)) || !apart (s, e, root_start, root_end))
        return false;

    for (paddr_t a = s; a < e; ) {

        unsigned order = 20;

        if (!space_mem_allowed (a, &order))
            return false;

        a = align_dn (a, PAGE_SIZE << order) + (PAGE_SIZE << order);
    }

    return true;
}

void screen_publish (struct screen const *s, paddr_t start, paddr_t end)
{
    if (!s->addr)
        return;

    char const *const fault = !mode (s) ? "a mode that is not known" :
                              !place (s->addr, (uint64_t)s->pitch * s->height, start, end) ? "no memory for a screen" : NULL;
    struct record_screen *const r = fault ? NULL : record_add (RECORD_SCREEN, sizeof *r);

    if (r) {
        r->addr   = s->addr;
        r->pitch  = s->pitch;
        r->width  = s->width;
        r->height = s->height;
        r->type   = s->type;
        r->bits   = s->bits;

        for (unsigned i = 0; i < 3; i++) {
            r->colour[i].pos  = s->colour[i].pos;
            r->colour[i].size = s->colour[i].size;
        }
    }

    print ("SCREEN: type %u, %ux%u, %u bits, %u bytes each line at %#lx%s%s", s->type, s->width, s->height, s->bits, s->pitch, s->addr,
           r ? "" : ", ignored: ", r ? "" : fault ? fault : "no room for its record");
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include <base/atomic.h>
#include <mem.h>
#include <record.h>
#include <root.h>

static char *region;
static uint64_t size;

static void map (void)
{
    struct hip const *const h = root.hip;

    if (region || h->length < sizeof (*h) || h->rec_end - h->rec_start < sizeof (struct record_list))
        return;

    struct record_list *const l = mem_map (h->rec_start, h->rec_end - h->rec_start, PERM_MEM_R | PERM_MEM_W, MAD_RAM);

    if (l && l->magic == RECORD_MAGIC) {
        region = (char *) l;
        size   = h->rec_end - h->rec_start;
    }
}

void *record_find (uint32_t type)
{
    map();

    if (!region)
        return NULL;

    uint64_t const length = acq_load (&((struct record_list *) (void *) region)->length), end = length < size ? length : size;

    for (uint64_t i = sizeof (struct record_list); i + sizeof (struct record) <= end; ) {

        struct record *const r = (void *) (region + i);

        if (r->length < sizeof (*r) || r->length > end - i)
            return NULL;

        if (r->type == type)
            return r;

        i += r->length;
    }

    return NULL;
}

static struct record_memory *memory (void)
{
    static struct record_memory *m;

    if (!m)
        m = record_find (RECORD_MEMORY);

    return m;
}

uint64_t record_memory_free (void) { return memory() ? rlx_load (&memory()->free) : 0; }
uint64_t record_memory_waiting (void) { return memory() ? rlx_load (&memory()->waiting) : 0; }

struct record_trace *record_trace (void)
{
    struct record_trace *const t = record_find (RECORD_TRACE);

    if (!t || t->version != TRACE_VERSION || t->head.length < sizeof (*t) || !t->entries || t->entries & (t->entries - 1))
        return NULL;

    uint64_t const ring = sizeof (struct trace_ring) + t->entries * sizeof (struct trace_entry);

    return t->stride >= ring && t->offset + (uint64_t) t->stride * t->cpus <= t->head.length ? t : NULL;
}

struct trace_ring *record_trace_ring (unsigned cpu)
{
    struct record_trace *const t = record_trace();

    return t && cpu < t->cpus ? (void *) ((char *) t + t->offset + cpu * (size_t) t->stride) : NULL;
}

struct record_screen const *record_screen (void)
{
    struct record_screen const *const s = record_find (RECORD_SCREEN);

    return s && s->head.length >= sizeof (*s) ? s : NULL;
}

struct record_boot const *record_boot (void)
{
    struct record_boot const *const b = record_find (RECORD_BOOT);

    return b && b->head.length >= sizeof (*b) ? b : NULL;
}

struct record_platform const *record_platform (void)
{
    struct record_platform const *const p = record_find (RECORD_PLATFORM);

    return p && p->head.length >= sizeof (*p) ? p : NULL;
}

struct record_board const *record_board (void)
{
    struct record_board const *const b = record_find (RECORD_BOARD);

    return b && b->head.length >= sizeof (*b) ? b : NULL;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* User space can write the region at any time: the kernel's own view of what is in use is kept here, not there. */
#include <record.h>

#include <alloc_fail.h>
#include <base/assert.h>
#include <base/atomic.h>
#include <buddy.h>
#include <rcu.h>
#include <string.h>

static struct record_list *list;
static size_t used, size;                               /* bytes of the region                                      */

void record_init (void *region, size_t bytes)
{
    list = region;
    size = bytes;
    used = sizeof *list;

    memset (region, 0, bytes);
    list->magic = RECORD_MAGIC;
    rel_store (&list->length, (uint32_t)used);
}

void *record_add (uint32_t type, size_t length)
{
    assert (length >= sizeof (struct record) && !(length & 7));

    if (length > size - used)
        return NULL;

    struct record *const r = (void *)((char *)list + used);

    *r = (struct record) { .type = type, .length = (uint32_t)length };
    used += length;
    rel_store (&list->length, (uint32_t)used);

    return r;
}

void record_memory_init (void)
{
    struct record_memory *const m = record_add (RECORD_MEMORY, sizeof *m);

    if (m) {
        m->total = buddy_total_pages();
        buddy_publish (&m->free);
        rcu_publish (&m->waiting);
    }

#if DEBUG
    struct record_fail *const f = record_add (RECORD_FAIL, sizeof *f);

    if (f)
        alloc_fail = f;
#endif
}

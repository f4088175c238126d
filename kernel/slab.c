/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slab allocator. A slab is one naturally aligned block of pages:
 *
 *   | struct slab | object | object | ... |
 *
 * Free objects of a slab form a list through their first word. A slab is in the cache's partial list exactly when it has a
 * free object; when its last object goes, its pages go back to the page allocator at once.
 */
#include <slab.h>

#include <alloc_fail.h>
#include <base/assert.h>
#include <buddy.h>
#include <memfill.h>

#define SLAB_ALIGN  64

struct slab {
    struct link link;
    void       *free;
    uint32_t    used;
};

STATIC_ASSERT (sizeof (struct slab) <= SLAB_ALIGN);

void slab_init (struct slab_cache *c, size_t size)
{
    c->size  = (uint32_t)align_up (size, SLAB_ALIGN);
    c->order = 0;

    while (((PAGE_SIZE << c->order) - SLAB_ALIGN) / c->size < (c->size > PAGE_SIZE / 4 ? 2 : 4))
        c->order++;

    c->count = (uint32_t)(((PAGE_SIZE << c->order) - SLAB_ALIGN) / c->size);
    list_init (&c->partial);
}

static struct slab *slab_of (struct slab_cache const *c, void const *p)
{
    return (struct slab *)align_dn ((uintptr_t)p, PAGE_SIZE << c->order);
}

static struct slab *grow (struct slab_cache *c)
{
    struct slab *const s = buddy_alloc (c->order, BUDDY_DIRTY);

    if (UNLIKELY (!s))
        return NULL;

    s->used = 0;
    s->free = NULL;

    for (unsigned i = c->count; i--; ) {
        void **const o = (void *)((char *)s + SLAB_ALIGN + (size_t)i * c->size);
        *o = s->free;
        s->free = o;
    }

    list_prepend (&c->partial, &s->link);

    return s;
}

INDIRECT_NEVER void *slab_alloc (struct slab_cache *c)
{
    void **o;

    if (UNLIKELY (alloc_fails()))
        return NULL;

    {
        SPIN_GUARD (&c->lock);

        struct slab *const s = list_empty (&c->partial) ? grow (c) : container_of (c->partial.next, struct slab, link);

        if (UNLIKELY (!s))
            return NULL;

        o = s->free;
        assert (o);

        s->free = *o;
        s->used++;

        if (!s->free)
            list_remove (&s->link);
    }

    memfill (o, 0, c->size);

    return o;
}

INDIRECT_NEVER void slab_free (struct slab_cache *c, void *p)
{
    if (!p)
        return;

    SPIN_GUARD (&c->lock);

    struct slab *const s = slab_of (c, p);
    assert (s->used);

    if (!s->free)
        list_prepend (&c->partial, &s->link);

    *(void **)p = s->free;
    s->free = p;

    if (!--s->used) {
        list_remove (&s->link);
        buddy_free (s);
    }
}

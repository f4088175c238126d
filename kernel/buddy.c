/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buddy allocator. One descriptor per page; the descriptor of a block's first page says what the block is:
 *
 *   free block    order, FREE, member of the free list of its order
 *   used block    order
 *   other pages   INNER
 *
 * A block's buddy differs in one bit of the page index, counted from the pool's base, which is aligned for that purpose.
 */
#include <buddy.h>

#include <alloc_fail.h>
#include <base/assert.h>
#include <base/atomic.h>
#include <base/list.h>
#include <memfill.h>
#include <rcu.h>
#include <spinlock.h>

enum { PAGE_USED, PAGE_FREE, PAGE_INNER };

struct page {
    union {
        struct link     link;                           /* free: list of the order                                  */
        struct rcu_head rcu;                            /* used: see buddy_rcu()                                    */
    };
    uint32_t    tag;
    uint8_t     order, state;
};

static struct spinlock lock;
static struct link     list[BUDDY_ORDERS];              /* lock                                                     */
static struct page    *page;                            /* page[0] belongs to base; lock                            */
static uintptr_t       base;                            /* fixed after buddy_init()                                 */
static size_t          pages, pages_total;
static size_t          pages_free;                      /* lock                                                     */
static _Atomic (uint64_t) nowhere, *published = &nowhere;   /* a copy of pages_free for others. Ordering: relaxed; lock */

static size_t page_index (void const *p) { return ((uintptr_t)p - base) >> PAGE_BITS; }

static void *page_addr (size_t i) { return (void *)(base + (i << PAGE_BITS)); }

static void insert (size_t i, unsigned order)
{
    page[i].order = (uint8_t)order;
    page[i].state = PAGE_FREE;
    list_prepend (&list[order], &page[i].link);
}

static void count (size_t free)
{
    pages_free = free;
    rlx_store (published, free);
}

static void release (size_t i, unsigned order)
{
    count (pages_free + ((size_t)1 << order));

    for (; order < BUDDY_ORDERS - 1; order++) {

        size_t const b = i ^ (size_t)1 << order;

        if (b + ((size_t)1 << order) > pages || page[b].state != PAGE_FREE || page[b].order != order)
            break;

        list_remove (&page[b].link);
        page[b].state = page[i].state = PAGE_INNER;
        i = MIN (i, b);
    }

    insert (i, order);
}

void buddy_init (void *start, void *end)
{
    /* The base is rounded down so that the largest blocks are naturally aligned; pages in front of start stay INNER forever. */
    base  = align_dn ((uintptr_t)start, PAGE_SIZE << (BUDDY_ORDERS - 1));
    pages = ((uintptr_t)end - base) >> PAGE_BITS;
    page  = start;

    for (unsigned o = 0; o < BUDDY_ORDERS; o++)
        list_init (&list[o]);

    for (size_t i = 0; i < pages; i++)
        page[i] = (struct page) { .state = PAGE_INNER };

    size_t const first = page_index ((void *)align_up ((uintptr_t)(page + pages), PAGE_SIZE));

    for (size_t i = first; i < pages; i++)
        release (i, 0);

    pages_total = pages_free;
}

void *buddy_alloc (unsigned order, enum buddy_fill fill)
{
    void *block = NULL;

    if (UNLIKELY (alloc_fails()))
        return NULL;

    {
        SPIN_GUARD (&lock);

        unsigned o = order;
        while (o < BUDDY_ORDERS && list_empty (&list[o]))
            o++;

        if (UNLIKELY (o >= BUDDY_ORDERS))
            return NULL;

        size_t const i = (size_t)(container_of (list[o].next, struct page, link) - page);
        assert (page[i].state == PAGE_FREE && page[i].order == o);

        list_remove (&page[i].link);
        while (o-- > order)
            insert (i + ((size_t)1 << o), o);

        page[i].state = PAGE_USED;
        page[i].order = (uint8_t)order;
        count (pages_free - ((size_t)1 << order));
        block = page_addr (i);
    }

    if (fill != BUDDY_DIRTY)
        memfill (block, fill == BUDDY_ONES ? ~UINT64_C (0) : 0, PAGE_SIZE << order);

    return block;
}

void buddy_free (void *block)
{
    if (!block)
        return;

    SPIN_GUARD (&lock);

    size_t const i = page_index (block);
    assert (page[i].state == PAGE_USED);

    unsigned const order = page[i].order;
    page[i].state = PAGE_INNER;
    release (i, order);
}

size_t buddy_free_pages (void)
{
    SPIN_GUARD (&lock);
    return pages_free;
}

size_t buddy_total_pages (void) { return pages_total; }

void buddy_publish (_Atomic (uint64_t) *free)
{
    SPIN_GUARD (&lock);
    published = free;
    rlx_store (published, pages_free);
}

struct rcu_head *buddy_rcu (void *block, uint32_t tag)
{
    struct page *const p = &page[page_index (block)];

    assert (p->state == PAGE_USED);
    p->tag = tag;

    return &p->rcu;
}

void *buddy_of_rcu (struct rcu_head *h, uint32_t *tag)
{
    struct page *const p = container_of (h, struct page, rcu);

    *tag = p->tag;

    return page_addr ((size_t)(p - page));
}

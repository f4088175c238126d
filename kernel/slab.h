/* SPDX-License-Identifier: GPL-2.0-only */
/* Object caches on top of the page allocator: fixed size, 64-byte aligned, zeroed on allocation. Any CPU. */
#pragma once

#include <base/compiler.h>
#include <base/list.h>
#include <spinlock.h>

struct slab_cache {
    struct spinlock lock;
    struct link     partial;                            /* slabs with at least one free object; lock                */
    uint32_t        size;                               /* bytes, multiple of 64; fixed                             */
    uint32_t        order, count;                       /* pages per slab, objects per slab; fixed                  */
};

void  slab_init  (struct slab_cache *, size_t size);    /* size up to 64 KiB                                        */
INDIRECT_NEVER void *slab_alloc (struct slab_cache *) MUST_CHECK; /* null when memory is exhausted                            */
INDIRECT_NEVER void  slab_free  (struct slab_cache *, void *); /* null is ignored                                          */

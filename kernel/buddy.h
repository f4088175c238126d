/* SPDX-License-Identifier: GPL-2.0-only */
/* Page allocator of the kernel's memory pool: naturally aligned blocks of 2^order pages. Any CPU. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

#define BUDDY_ORDERS    11                              /* orders 0 ... 10: 4 KiB ... 4 MiB                         */

enum buddy_fill { BUDDY_DIRTY, BUDDY_ZERO, BUDDY_ONES };

/* Boot CPU, once: [start, end) page-aligned becomes the pool. The page descriptors are taken from its beginning. */
void buddy_init (void *start, void *end);

void *buddy_alloc (unsigned order, enum buddy_fill) MUST_CHECK;     /* null when there is no such block             */
void  buddy_free  (void *block);                                    /* any block that buddy_alloc() returned, or null */

size_t buddy_free_pages (void);
size_t buddy_total_pages (void);

/* Boot CPU: the number of free pages is stored there from now on, whenever it changes; nothing is read from there. */
void buddy_publish (_Atomic (uint64_t) *free);

/*
 * Every used block has room for one deferred call in its descriptor, with a small number to go with it: page tables are
 * freed that way without an allocation. The block's contents stay as they are until then.
 */
struct rcu_head;

struct rcu_head *buddy_rcu (void *block, uint32_t tag);
void            *buddy_of_rcu (struct rcu_head *, uint32_t *tag);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Which tags are in use. */
#include <tag.h>

#include <kmem.h>
#include <space_hst.h>
#include <spinlock.h>

#define WORDS_MAX   (65536 / 64)

static struct spinlock lock;
static uint64_t used[WORDS_MAX] = { 1 };                /* lock. Tag 0 is nobody's                                  */
static unsigned words;                                  /* fixed after boot                                         */
static unsigned first;                                  /* no word before that one has a free bit; lock             */

void tag_init (unsigned bits) { words = 1U << (bits - 6); }

uint64_t tag_alloc (void)
{
    SPIN_GUARD (&lock);

    for (; first < words; first++)
        if (~used[first]) {
            unsigned const b = bit_low (~used[first]);
            used[first] |= BIT64 (b);
            return (uint64_t)(first * 64 + b) << ROOT_TAG_SHIFT;
        }

    return 0;
}

/* With an empty table, so that no walk begins to fill the TLBs again */
void tag_free (uint64_t tag)
{
    if (!tag)
        return;

    root_flush (kmem_phys (space_hst_nova.table) | tag);

    unsigned const n = (unsigned)(tag >> ROOT_TAG_SHIFT);

    SPIN_GUARD (&lock);
    used[n / 64] &= ~BIT64 (n % 64);
    first = MIN (first, n / 64);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCIDs: which are in use, and which are out of date on which CPU.
 *
 * Each CPU has a bit for each PCID in 64 words, and a summary with a bit for each word, which is all that a switch of spaces
 * looks at as long as it is 0. Any CPU sets marks: the bit, then the bit of its word. Only the owner takes them away: the bit,
 * then, if the word is 0, the bit of the word, and puts that back if the word has become something else meanwhile. So
 * a mark that was set completely is seen completely by the owner, except between these last two steps of its own.
 */
#include <pcid.h>

#include <cpu.h>
#include <space_hst_arch.h>
#include <spinlock.h>

static struct spinlock lock;
static uint64_t used[PCID_COUNT / 64] = { [0 ... PCID_COUNT / 64 - 1] = ~UINT64_C (0) };       /* lock              */

static unsigned pcid (uint64_t root) { return (unsigned)(root & ROOT_PCID); }

/* All but PCID 0 */
void pcid_enable (void)
{
    for (unsigned i = 0; i < ARRAY_SIZE (used); i++)
        used[i] = i == 0;
}

/* The lowest one: marks of few words are in use */
uint64_t tag_alloc (void)
{
    SPIN_GUARD (&lock);

    for (unsigned i = 0; i < ARRAY_SIZE (used); i++)
        if (~used[i]) {
            unsigned const b = bit_low (~used[i]);
            used[i] |= BIT64 (b);
            return ROOT_KEEP | (i * 64 + b);
        }

    return 0;
}

/* CPUs keep what they have cached: space_hst_root() marks the tag where its next owner may use it. */
void tag_free (uint64_t tag)
{
    if (!tag)
        return;

    SPIN_GUARD (&lock);
    used[pcid (tag) / 64] &= ~BIT64 (pcid (tag) % 64);
}

void tag_stale (cpu_t cpu, uint64_t tag)
{
    if (!tag)
        return;

    struct cpu_arch *const a = &cpu_remote[cpu]->arch;
    unsigned const word = pcid (tag) / 64;

    /* Both, even if the bit is set: who set it may not have come to the summary yet. */
    atomic_or (&a->stale_pcid[word], BIT64 (pcid (tag) % 64));
    atomic_or (&a->stale, BIT64 (word));
}

bool pcid_unmark (paddr_t root)
{
    struct cpu_arch *const a = &cpu_local.arch;
    unsigned const word = pcid (root) / 64;
    uint64_t const bit = BIT64 (pcid (root) % 64);

    if (!(rlx_load (&a->stale_pcid[word]) & bit))
        return false;

    atomic_and (&a->stale_pcid[word], ~bit);

    if (!rlx_load (&a->stale_pcid[word])) {
        atomic_and (&a->stale, ~BIT64 (word));
        if (acq_load (&a->stale_pcid[word]))
            atomic_or (&a->stale, BIT64 (word));
    }

    return true;
}

INDIRECT_NEVER paddr_t root_fresh (paddr_t root) { return pcid_unmark (root) ? root & ~ROOT_KEEP : root; }

/* SPDX-License-Identifier: GPL-2.0-only */
/* Port I/O spaces. */
#include <space_pio.h>

#include <abi/perm.h>
#include <buddy.h>
#include <cpu_local.h>
#include <hazard.h>
#include <hpt.h>
#include <ipc.h>
#include <pd.h>
#include <preempt.h>
#include <slab.h>
#include <space_hst.h>
#include <tlb.h>

#define PORTS_PER_POINT 4096                            /* between two preemption points                           */

#define TABLE   (HPT_P | HPT_W | HPT_A)
#define LEAF    (HPT_P | HPT_A | HPT_NX)                /* read-only and dirty would be a shadow stack (SDM 3A, 4.6.1) */

static struct slab_cache cache;
static uint64_t *ones;                                  /* a page of ones: no port, and the byte behind the bitmap  */
static uint64_t *table_none;                            /* for spaces without ports                                 */

struct space_pio space_pio_nova;

static inline _Atomic (uint64_t) *bits (struct space_pio const *s) { return acq_load (&s->bitmap); }

/* Tables for slot 510: bitmap pages 0 and 1, then the page whose first byte ends the bitmap */
static bool make_tables (uint64_t *table[4], void const *bitmap0, void const *bitmap1)
{
    unsigned const last = hpt_levels - 2;

    for (unsigned i = 0; i <= last; i++)
        if (!(table[i] = buddy_alloc (0, BUDDY_ZERO))) {
            while (i--)
                buddy_free (table[i]);
            return false;
        }

    for (unsigned i = 0; i < last; i++)
        table[i][0] = kmem_phys (table[i + 1]) | TABLE;

    table[last][0] = kmem_phys (bitmap0) | LEAF;
    table[last][1] = kmem_phys (bitmap1) | LEAF;
    table[last][2] = kmem_phys (ones) | LEAF;

    return true;
}

enum status space_pio_init (void)
{
    uint64_t *table[4];

    slab_init (&cache, sizeof (struct space_pio));
    kobject_init (&space_pio_nova.obj, KOBJECT_PIO);

    ones = buddy_alloc (0, BUDDY_ONES);

    if (!ones || !make_tables (table, ones, ones))
        return STATUS_MEM_OBJ;

    table_none = table[0];

    void *const bitmap = buddy_alloc (1, BUDDY_ZERO);

    rel_store (&space_pio_nova.bitmap, bitmap);

    return bitmap ? STATUS_SUCCESS : STATUS_MEM_OBJ;
}

enum status space_pio_raise (void)
{
    uint64_t *const top = buddy_alloc (0, BUDDY_ZERO);

    if (!top)
        return STATUS_MEM_OBJ;

    top[0] = kmem_phys (table_none) | TABLE;
    table_none = top;

    return STATUS_SUCCESS;
}

enum status space_pio_create (struct space_pio **out, struct pd *pd)
{
    struct space_pio *const s = slab_alloc (&cache);

    if (UNLIKELY (!s))
        return STATUS_MEM_OBJ;

    if (UNLIKELY (!kobject_try_ref (&pd->obj))) {       /* its last capability has just gone                        */
        slab_free (&cache, s);
        return STATUS_BAD_CAP;
    }

    kobject_init (&s->obj, KOBJECT_PIO);
    s->pd = pd;
    *out = s;

    return STATUS_SUCCESS;
}

uint64_t space_pio_entry (struct space_pio const *s)
{
    return kmem_phys (s && bits (s) ? s->table[0] : table_none) | TABLE;
}

/* The first port: a space without ports needs no bitmap */
static bool make_bitmap (struct space_pio *s)
{
    void *const bitmap = buddy_alloc (1, BUDDY_ONES);

    if (!bitmap || !make_tables (s->table, bitmap, (char *)bitmap + PAGE_SIZE)) {
        buddy_free (bitmap);
        return false;
    }

    rel_store (&s->bitmap, bitmap);

    return true;
}

/* Where the PD runs, slot 510 becomes `to`: of every CPU while s is the PIO space of its ECs (from 0), or where it is `from` */
static void show (struct space_pio *s, uint64_t from, uint64_t to)
{
    struct space_hst *const hst = s->pd ? pd_space (s->pd, KOBJECT_HST) : NULL;

    if (!hst)
        return;

    {
        SPIN_GUARD (&hst->lock);

        bool const first = acq_load (&s->pd->space[KOBJECT_PIO]) == s;

        for (unsigned c = 0; c < CPU_MAX; c++) {
            uint64_t *const t = rlx_load (&hst->cpu_table[c]);
            if (t && (from ? t[SLOT_PIO] == from : first))
                t[SLOT_PIO] = to;
        }
    }

    tlb_shootdown (hst);
    kobject_unref (&hst->obj);
}

static enum status ensure_bitmap (struct space_pio *s)
{
    {
        SPIN_GUARD (&s->lock);

        if (bits (s))
            return STATUS_SUCCESS;

        if (!make_bitmap (s))
            return STATUS_MEM_CAP;
    }

    show (s, 0, space_pio_entry (s));

    return STATUS_SUCCESS;
}

INDIRECT_TARGET void space_pio_unlink (struct kobject *o)
{
    struct space_pio *const s = container_of (o, struct space_pio, obj);

    pd_detach (s->pd, KOBJECT_PIO, s);
}

/* Its ECs are gone, but the host space and its tables may stay, for ECs with another PIO space. It is detached: nobody shows it again. */
INDIRECT_TARGET bool space_pio_retire (struct kobject *o)
{
    struct space_pio *const s = container_of (o, struct space_pio, obj);

    if (bits (s)) {
        show (s, space_pio_entry (s), space_pio_entry (NULL));
        buddy_free (bits (s));
        for (unsigned i = 0; i < hpt_levels - 1; i++)
            buddy_free (s->table[i]);
    }

    kobject_unref (&s->pd->obj);
    slab_free (&cache, s);

    return false;
}

static void set (struct space_pio *s, uint64_t port, uint64_t mask, bool permit)
{
    _Atomic (uint64_t) *const w = &bits (s)[port / 64];

    if (permit)
        atomic_and (w, ~mask);
    else
        atomic_or (w, mask);
}

void space_pio_protect (uint16_t port) { set (&space_pio_nova, port, BIT64 (port % 64), false); }

/* Which of the 64 ports around a port are permitted: a set bit permits */
static uint64_t permitted (struct space_pio const *s, uint64_t port)
{
    return bits (s) ? ~rlx_load (&bits (s)[port / 64]) : 0;
}

long space_pio_delegate (struct space_pio *dst, struct space_pio *src, uint64_t base, unsigned ord, unsigned pmm,
                         uint64_t *progress)
{
    uint64_t const end  = base + BIT64 (ord);
    uint64_t const step = MIN (BIT64 (ord), 64U);
    uint64_t const mask = ~UINT64_C (0) >> (64 - step) << base % 64;

    for (uint64_t p = base + *progress; p < end; p += step) {   /* a word of the bitmap, or less, at a time         */

        uint64_t const on = pmm & PERM_PIO_A ? permitted (src, p) & mask : 0;

        if (on && UNLIKELY (!bits (dst))) {
            enum status const s = ensure_bitmap (dst);
            if (s != STATUS_SUCCESS) {
                *progress = p - base;
                return s;
            }
        }

        if (bits (dst)) {
            set (dst, p, on, true);
            set (dst, p, mask & ~on, false);
        }

        if (p % PORTS_PER_POINT == PORTS_PER_POINT - step && p + step < end) {
            preemption_point();
            if (cpu_local.hazard & HAZARD_PREEMPT) {
                *progress = p + step - base;
                return SYS_DEFER;
            }
        }
    }

    return STATUS_SUCCESS;
}

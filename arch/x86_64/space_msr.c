/* SPDX-License-Identifier: GPL-2.0-only */
/* MSR spaces. */
#include <space_msr.h>

#include <abi/perm.h>
#include <buddy.h>
#include <msr.h>
#include <pd.h>
#include <preempt.h>
#include <slab.h>
#include <virt.h>

#define RANGE           0x2000U                         /* registers in each of the two ranges                      */
#define HIGH            0xc0000000U                     /* where the second one begins                              */
#define WORDS_PER_POINT 64                              /* between two preemption points                            */

/* Where the bits of a register are, in words of 64 bits */
struct layout {
    unsigned order;                                     /* pages of the bitmap                                      */
    unsigned bits;                                      /* of a register in one word                                */
    unsigned write;                                     /* words from the bits for reading to those for writing     */
    uint64_t r, w;                                      /* which bits of a word are for reading, and for writing    */
};

static struct layout const
    layout_vmx = { .order = 0, .bits = 1, .write = 256, .r = ~UINT64_C (0), .w = ~UINT64_C (0) },
    layout_svm = { .order = 1, .bits = 2, .write = 0, .r = UINT64_C (0x5555555555555555), .w = UINT64_C (0xaaaaaaaaaaaaaaaa) };

/*
 * What the NOVA MSR space permits: the table of the interface specification, 8.2.3, row by row. No other register has a capability.
 * Those that can be written must be switched between host and guest, save the two commands, which have no state.
 */
static struct { uint32_t msr; uint8_t perm; } const permitted[] = {
    { IA32_SYSENTER_CS,             PERM_MSR_R | PERM_MSR_W },
    { IA32_SYSENTER_ESP,            PERM_MSR_R | PERM_MSR_W },
    { IA32_SYSENTER_EIP,            PERM_MSR_R | PERM_MSR_W },
    { IA32_PAT,                     PERM_MSR_R | PERM_MSR_W },
    { IA32_EFER,                    PERM_MSR_R | PERM_MSR_W },
    { IA32_FS_BASE,                 PERM_MSR_R | PERM_MSR_W },
    { IA32_GS_BASE,                 PERM_MSR_R | PERM_MSR_W },
    { IA32_KERNEL_GS_BASE,          PERM_MSR_R | PERM_MSR_W },
    { IA32_PRED_CMD,                PERM_MSR_W              },
    { IA32_FLUSH_CMD,               PERM_MSR_W              },
    { IA32_TIME_STAMP_COUNTER,      PERM_MSR_R              },
    { IA32_PLATFORM_ID,             PERM_MSR_R              },
    { IA32_BIOS_SIGN_ID,            PERM_MSR_R              },
    { IA32_CORE_CAPABILITIES,       PERM_MSR_R              },
    { IA32_MPERF,                   PERM_MSR_R              },
    { IA32_APERF,                   PERM_MSR_R              },
    { IA32_MTRRCAP,                 PERM_MSR_R              },
    { IA32_ARCH_CAPABILITIES,       PERM_MSR_R              },
    { IA32_MCU_OPT_CTRL,            PERM_MSR_R              },
    { IA32_OVERCLOCKING_STATUS,     PERM_MSR_R              },
    { IA32_PERF_STATUS,             PERM_MSR_R              },
    { IA32_THERM_STATUS,            PERM_MSR_R              },
    { IA32_PACKAGE_THERM_STATUS,    PERM_MSR_R              },
    { IA32_XSS,                     PERM_MSR_R              },
    { IA32_STAR,                    PERM_MSR_R              },
    { IA32_LSTAR,                   PERM_MSR_R              },
    { IA32_FMASK,                   PERM_MSR_R              },
    { IA32_TSC_AUX,                 PERM_MSR_R              },
};

static struct slab_cache cache;
static struct layout const *layout;                     /* fixed at boot                                            */

struct space_msr space_msr_nova;

/* The word that has the bit for reading a register, and the place of its bits there. The second range follows the first one. */
static unsigned word (uint32_t msr)  { return (msr & (RANGE - 1)) * layout->bits / 64 + (msr & HIGH ? RANGE * layout->bits / 64 : 0); }
static unsigned shift (uint32_t msr) { return msr * layout->bits % 64; }

static void permit (_Atomic (uint64_t) *w, uint64_t mask, uint64_t on)
{
    rlx_store (w, (rlx_load (w) | mask) & ~on);
}

static _Atomic (uint64_t) *bitmap_new (void) { return buddy_alloc (layout->order, BUDDY_ONES); }

enum status space_msr_init (void)
{
    slab_init (&cache, sizeof (struct space_msr));
    kobject_init (&space_msr_nova.obj, KOBJECT_MSR);

    layout = virt_kind() == VIRT_SVM ? &layout_svm : &layout_vmx;   /* with neither of them, nobody reads it        */

    _Atomic (uint64_t) *const b = space_msr_nova.bitmap = bitmap_new();

    if (!b)
        return STATUS_MEM_OBJ;

    for (unsigned i = 0; i < ARRAY_SIZE (permitted); i++) {

        uint32_t const msr = permitted[i].msr;
        uint64_t const bits = (BIT64 (layout->bits) - 1) << shift (msr);

        permit (b + word (msr), bits & layout->r, permitted[i].perm & PERM_MSR_R ? bits & layout->r : 0);
        permit (b + word (msr) + layout->write, bits & layout->w, permitted[i].perm & PERM_MSR_W ? bits & layout->w : 0);
    }

    return STATUS_SUCCESS;
}

enum status space_msr_create (struct space_msr **out, struct pd *pd)
{
    struct space_msr *const s = slab_alloc (&cache);

    if (UNLIKELY (!s || !(s->bitmap = bitmap_new()))) {
        slab_free (&cache, s);
        return STATUS_MEM_OBJ;
    }

    if (UNLIKELY (!kobject_try_ref (&pd->obj))) {       /* its last capability has just gone                        */
        buddy_free (s->bitmap);
        slab_free (&cache, s);
        return STATUS_BAD_CAP;
    }

    kobject_init (&s->obj, KOBJECT_MSR);
    s->pd = pd;
    *out = s;

    return STATUS_SUCCESS;
}

INDIRECT_TARGET bool space_msr_retire (struct kobject *o)
{
    struct space_msr *const s = container_of (o, struct space_msr, obj);

    buddy_free (s->bitmap);
    kobject_unref (&s->pd->obj);
    slab_free (&cache, s);

    return false;
}

/* n registers from msr on, all in one word */
static void copy (struct space_msr *dst, struct space_msr const *src, uint32_t msr, unsigned n, unsigned pmm)
{
    uint64_t const bits = ~UINT64_C (0) >> (64 - n * layout->bits) << shift (msr);
    unsigned const r = word (msr), w = r + layout->write;

    SPIN_GUARD (&dst->lock);

    uint64_t const on_r = pmm & PERM_MSR_R ? ~rlx_load (&src->bitmap[r]) & bits & layout->r : 0;
    uint64_t const on_w = pmm & PERM_MSR_W ? ~rlx_load (&src->bitmap[w]) & bits & layout->w : 0;

    permit (&dst->bitmap[r], bits & layout->r, on_r);
    permit (&dst->bitmap[w], bits & layout->w, on_w);
}

void space_msr_delegate (struct space_msr *dst, struct space_msr const *src, uint64_t base, unsigned ord, unsigned pmm)
{
    static uint32_t const range[] = { 0, HIGH };
    unsigned const step = 64 / layout->bits;

    for (unsigned i = 0; i < ARRAY_SIZE (range); i++) {

        uint64_t const from = MAX (base, range[i]), end = MIN (base + BIT64 (ord), range[i] + (uint64_t)RANGE);

        for (uint64_t m = from; m < end; m += step) {   /* aligned: from is a multiple of step, or all is in one word */

            copy (dst, src, (uint32_t)m, (unsigned)MIN (end - m, step), pmm);

            if (m % (WORDS_PER_POINT * step) == (WORDS_PER_POINT - 1) * step)
                preemption_point();
        }
    }
}

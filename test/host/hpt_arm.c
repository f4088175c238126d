/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * aarch64: host page tables in both formats, stage 1 with VHE and stage 2 without, of all sizes, as the manual says that a CPU walks them
 * (arm_walk.h). Random updates of all orders and of kernel pages; after each one, what a walk permits to EL0 and to the kernel, the
 * memory type, and what a look-up gives for delegation are compared with what was asked for. What was replaced is flushed, under the
 * tag of its space.
 */
#include <hpt.h>

#include <arm_walk.h>
#include <kmem.h>
#include <rcu.h>
#include <stage2_arch.h>
#include <tag.h>
#include <tlb_hole.h>

#include <host.h>

extern uint64_t core_allocs, core_fail;
void core_pool_init (void);
size_t core_pages (void);

struct cpu_local cpu_local;
struct cpu_local *cpu_remote[CPU_MAX];

/* What was cut off is freed at once: nobody walks it */
void rcu_call (struct rcu_head *h, rcu_func_t func) { while (func (h)) ; }

/* The machine: which tag was flushed ----------------------------------------------------------------------------------------------- */

#define TAG (UINT64_C (0x1234) << ROOT_TAG_SHIFT)

static bool stage1, xnx;
static uint64_t regs, vttbr, space_tag;                 /* regs: TCR_EL2 or VTCR_EL2                                */
static pte_slot_t *root;
static unsigned flushes;

bool vhe (void) { return stage1; }

uint64_t model_read (char const *name)
{
    assert_string_equal (name, "vttbr_el2");
    return vttbr;
}

void model_write (char const *name, uint64_t v)
{
    assert_string_equal (name, "vttbr_el2");
    assert_false (stage1);
    vttbr = v;
}

void model_isb (void) {}
void model_dsb (char const *domain UNUSED) {}

void model_tlbi (char const *op, uint64_t v)
{
    if (stage1) {
        assert_string_equal (op, "aside1is");
        assert_int_equal (v, space_tag);
    } else if (!strcmp (op, "vmalls12e1")) {
        assert_int_equal (vttbr >> ROOT_TAG_SHIFT, 0);  /* what was loaded before is back                           */
        return;
    } else {
        assert_string_equal (op, "vmalls12e1is");
        assert_int_equal (vttbr, kmem_phys (root) | space_tag);
    }

    flushes++;
}

/* What a walk permits ----------------------------------------------------------------------------------------------------------------*/

static struct walk walk (uint64_t va)
{
    return stage1 ? walk_stage1 (regs, kmem_phys (root) | space_tag, va) : walk_stage2 (regs, kmem_phys (root) | space_tag, va);
}

/* To EL0. Stage 1, D8.4.1: AP[1] lets it in, AP[2] takes writes away; UXN. Stage 2, D8.4.2: as S2AP and XN say. */
static unsigned permits (struct walk const *w)
{
    if (stage1)
        return (w->ap & 1 ? w->ap & 2 ? PERM_MEM_R : PERM_MEM_R | PERM_MEM_W : 0U) | (w->uxn ? 0 : PERM_MEM_XU);

    return w->s2ap | (w->xn & 2 ? 0 : PERM_MEM_XU);         /* XN 0 and 1, or without FEAT_XNX XN[1] 0                  */
}

/* What is to be permitted. Stage 1 cannot write without reading; without FEAT_XNX, stage 2 cannot tell EL0 from EL1. */
static unsigned expected (unsigned perm)
{
    unsigned const x = stage1 || xnx ? perm & PERM_MEM_XU : perm & (PERM_MEM_XU | PERM_MEM_XS) ? PERM_MEM_XU : 0;

    return (perm & (PERM_MEM_R | PERM_MEM_W)) | (stage1 && perm & PERM_MEM_W ? PERM_MEM_R : 0U) | x;
}

/* D17.2.97, MAIR_EL2: Device nGnRnE, nGnRE, nGRE, GRE; Normal non-cacheable, write-through and write-back, with allocation */
static void compare_type (struct walk const *w, uint32_t mad)
{
    static uint8_t const mair[] = { [MAD_DEV] = 0, [MAD_DEV_E] = 4, [MAD_DEV_RE] = 8, [MAD_DEV_GRE] = 12, [MAD_MEM_NC] = 0x44,
                                    [MAD_MEM_WT] = 0xbb, [MAD_MEM_WB] = 0xff };
    static uint8_t const memattr[] = { [MAD_DEV] = 0, [MAD_DEV_E] = 1, [MAD_DEV_RE] = 2, [MAD_DEV_GRE] = 3, [MAD_MEM_NC] = 5,
                                       [MAD_MEM_WT] = 10, [MAD_MEM_WB] = 15 };     /* D8.5.5                        */

    if (stage1)
        assert_int_equal (MAIR_VALUE >> 8 * w->type & 0xff, mair[mad_ca (mad)]);
    else
        assert_int_equal (w->type, memattr[mad_ca (mad)]);

    assert_int_equal (w->sh, !stage1 && bits_of (regs, 32, 32) ? MAD_INNER : mad_sh (mad));
}

/* Trees ------------------------------------------------------------------------------------------------------------------------------*/

#define SAMPLES 48

static struct { uint64_t va, pa; unsigned perm; uint32_t mad; bool kernel; } sample[SAMPLES];
static uint64_t seed = 11;

static void begin (unsigned bits)
{
    uint64_t mmfr0 = 0;

    while (arm_pa_bits[mmfr0] < bits)
        mmfr0++;

    struct vtcr const v = vtcr_shape (bits);

    stage2_init (&v, xnx);
    hpt_root_order = 0;
    hpt_init (bits, stage1);
    assert_int_equal (hpt_bits(), bits);
    assert_int_equal (user_end, BIT64 (bits));

    /* As cpu_features.c has them */
    regs = stage1 ? (TCR_VHE & ~(uint64_t)TCR_T0SZ_MASK) | (64 - bits) | mmfr0 << TCR_IPS_SHIFT | TCR_AS
                  : vtcr_value (&v, mmfr0 | (bits > 48 ? UINT64_C (3) << 40 : 0), 0);
    root = buddy_alloc (hpt_root_order, BUDDY_ZERO);
    assert_non_null (root);
    rlx_store (&cpu_local.hole, tlb_hole_first (0));
    space_tag = bits % 3 ? TAG : 0;                     /* 0: a space that found no tag                             */
    vttbr     = bits % 2 ? kmem_phys (root) | space_tag : 0x7000;

    for (unsigned i = 0; i < SAMPLES; i++) {

        uint64_t const r = host_random (&seed);

        sample[i].va = i < 4 ? (BIT64 (bits) - (i & 1)) >> (i / 2) : i % 2 ? sample[i - 1].va ^ BIT64 (12 + r % (bits - 12)) : r;
        sample[i].va &= (BIT64 (bits) - 1) & ~UINT64_C (0xfff);
        sample[i].perm = 0;
        sample[i].kernel = false;
    }
}

static void compare (void)
{
    for (unsigned i = 0; i < SAMPLES; i++) {

        struct walk const w = walk (sample[i].va | 0x123);
        unsigned const perm = sample[i].perm;
        unsigned order;
        paddr_t pa;
        uint64_t const a = hpt_lookup (root, sample[i].va, &pa, &order);

        if (!perm) {
            assert_int_equal (w.fault, TRANSLATION);
            assert_int_equal (a, 0);
            continue;
        }

        assert_int_equal (w.fault, NONE);
        assert_int_equal (w.pa, sample[i].pa | 0x123);
        assert_int_equal (permits (&w), expected (perm));
        compare_type (&w, sample[i].mad);

        if (stage1) {
            assert_true (w.pxn && w.ng);
            if (!(perm & PERM_MEM_W))                   /* nor may the kernel write                                 */
                assert_true (w.ap & 2);
        }

        /* For delegation, exact */
        assert_int_equal (pa, sample[i].pa);
        assert_true (order <= (3 - w.level) * 9);
        assert_int_equal (hpt_kernel (a), sample[i].kernel);
        assert_int_equal (a, sample[i].kernel ? hpt_attr_kernel (perm & PERM_MEM_W) : hpt_attr (perm, sample[i].mad));
        assert_int_equal (desc_perm (a), sample[i].kernel ? 0 : perm);
        if (stage1 || !bits_of (regs, 32, 32))
            assert_int_equal (desc_mad (a), sample[i].mad);

        for (unsigned pmm = 0; pmm < 32; pmm++)
            assert_int_equal (hpt_restrict (a, pmm), sample[i].kernel ? 0 : hpt_attr (perm & pmm, sample[i].mad));
    }

    assert_int_equal (walk (user_end).fault, TRANSLATION);
}

/* True, unless memory was out */
static bool update (uint64_t va, uint64_t pa, unsigned order, unsigned perm, uint32_t mad, bool kernel)
{
    uint64_t const a = kernel ? hpt_attr_kernel (perm & PERM_MEM_W) : hpt_attr (perm, mad);
    unsigned const broken = flushes;                    /* break before make has its own flush                      */
    struct walk before[SAMPLES];
    bool flush = false;

    for (unsigned i = 0; i < SAMPLES; i++)
        before[i] = walk (sample[i].va);

    if (hpt_update (root, space_tag, va, perm ? pa : 0, order, a, &flush) != STATUS_SUCCESS)
        return false;

    for (unsigned i = 0; i < SAMPLES; i++) {

        struct walk const now = walk (sample[i].va);

        if (before[i].fault == NONE && (now.fault != NONE || now.pa != before[i].pa || permits (&now) != permits (&before[i]) ||
                                        now.type != before[i].type || now.sh != before[i].sh))
            assert_true (flush || flushes > broken);

        if (sample[i].va >= va && sample[i].va - va < PAGE_SIZE << order) {
            sample[i].pa     = pa + (sample[i].va - va);
            sample[i].perm   = perm;
            sample[i].mad    = mad;
            sample[i].kernel = kernel && perm;
        }
    }

    if (flush)                                          /* its caller flushes, and says so                          */
        tlb_hole_flushed();

    return true;
}

static void end (size_t before)
{
    hpt_dead (root, (hpt_levels - 1) | hpt_root_order << 4);
    assert_int_equal (core_pages(), before);
}

static void random_updates (unsigned bits)
{
    static uint32_t const mads[] = { MAD_RAM, MAD_DEV, MAD_DEV_E, MAD_DEV_RE, MAD_DEV_GRE, MAD_MEM_WT | MAD_OUTER << MAD_SH_SHIFT,
                                     MAD_MEM_NC, MAD_MEM_WB };
    size_t const before = core_pages();
    unsigned kernels = 0;

    begin (bits);
    compare();

    unsigned const out = arm_pa_bits[stage1 ? bits_of (regs, 34, 32) : bits_of (regs, 18, 16)];

    for (unsigned n = 0; n < 300; n++) {

        uint64_t const r = host_random (&seed), q = host_random (&seed);
        bool const kernel = !(r >> 40 & 7);
        unsigned perm = r >> 16 & 3 ? (unsigned)(r >> 20) & 15 : 0, order = kernel ? 0 : (unsigned)(r >> 8) % (r % 4 ? 20 : bits - 11);

        if (kernel)
            perm = PERM_MEM_R | (perm & PERM_MEM_W);

        if (perm)
            order = MIN (order, 18U);                   /* as delegations do it                                     */

        uint64_t const mask = ~((PAGE_SIZE << order) - 1), pa = q >> 8 & (BIT64 (kernel ? 32 : out) - 1) & mask;
        unsigned const s = q % SAMPLES;

        assert_true (update (sample[s].va & mask, pa, order, perm, kernel ? MAD_RAM : mads[(r >> 32) % ARRAY_SIZE (mads)], kernel));
        compare();

        if (sample[s].kernel && r >> 50 & 1) {          /* only this page, and only it                              */

            hpt_remove_kernel (root, sample[s].va, sample[s].pa + PAGE_SIZE);
            compare();
            hpt_remove_kernel (root, sample[s].va, sample[s].pa);
            tlb_hole_flushed();

            for (uint64_t i = 0, va = sample[s].va; i < SAMPLES; i++)
                if (sample[i].va == va)
                    sample[i].perm = sample[i].kernel = 0;

            compare();
            kernels++;
        } else if (!sample[s].kernel) {
            hpt_remove_kernel (root, sample[s].va, sample[s].pa);
            compare();
        }
    }

    assert_true (kernels > 3);
    end (before);
}

static void all_sizes (void **state UNUSED)
{
    flushes = 0;

    stage1 = true;
    for (unsigned b = 32; b <= HPT_STAGE1_BITS_MAX; b++)
        random_updates (b);

    assert_true (flushes > 100);                        /* break before make                                        */
    flushes = 0;
    stage1  = false;

    for (unsigned b = 32; b <= 52; b++) {
        xnx = b & 1;
        random_updates (b);
        xnx = !xnx;
        random_updates (b);
    }

    assert_true (flushes > 100);
}

/* Memory runs out: what was there stays, and it can be tried again */
static void failing (void **state UNUSED)
{
    for (unsigned s = 0; s < 2; s++)
        for (unsigned n = 1; n <= 4; n++) {

            size_t const before = core_pages();

            stage1 = s;
            begin (39 + n);
            assert_true (update (0, 0x40000000, 18, PERM_MEM_R | PERM_MEM_W, MAD_RAM, false));
            core_fail = n;
            if (!update (7 * PAGE_SIZE, 0x9000, 0, PERM_MEM_R, MAD_RAM, false))
                compare();
            core_fail = 0;
            assert_true (update (7 * PAGE_SIZE, 0x9000, 0, PERM_MEM_R, MAD_RAM, false));
            assert_int_equal (walk (7 * PAGE_SIZE).pa, 0x9000);
            assert_int_equal (walk (8 * PAGE_SIZE).pa, 0x40008000);
            compare();
            end (before);
        }
}

static int group (void **state UNUSED)
{
    core_pool_init();
    return 0;
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (all_sizes),
        cmocka_unit_test (failing),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}

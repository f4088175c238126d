/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * aarch64: stage 2 of every size, as the manual says that a CPU walks it. Random updates of all orders on trees of 32 to 52 bits, with
 * and without FEAT_XNX; after each one, addresses all over the range are walked and compared with what was asked for. Tables are given
 * back, and failed allocations leave what was there.
 */
#include <stage2.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <cpu_local.h>
#include <kmem.h>
#include <rcu.h>
#include <stage2_arch.h>
#include <tlb_hole.h>

#include <arm_walk.h>
#include <host.h>

extern uint64_t core_allocs, core_fail;
void core_pool_init (void);
size_t core_pages (void);

struct cpu_local cpu_local;
struct cpu_local *cpu_remote[CPU_MAX];

/* What was cut off is freed at once: nobody walks it */
void rcu_call (struct rcu_head *h, rcu_func_t func) { while (func (h)) ; }

static uint64_t user_end_unused;
extern uint64_t user_end __attribute__ ((alias ("user_end_unused")));

/* What a walk permits, D8.4.2: EL0 and EL1 by themselves with FEAT_XNX, otherwise XN[1] alone */
static unsigned permits (struct walk w, bool xnx)
{
    bool const xu = xnx ? w.xn < 2 : !(w.xn & 2), xs = xnx ? w.xn == 0 || w.xn == 3 : !(w.xn & 2);

    return w.s2ap | (xu ? PERM_MEM_XU : 0U) | (xs ? PERM_MEM_XS : 0U);
}

/* D8.5.5: device types have the same numbers; write-back, write-through and non-cacheable in outer and inner */
static unsigned type_of (uint32_t mad)
{
    static unsigned const type[] = { [MAD_DEV] = 0, [MAD_DEV_E] = 1, [MAD_DEV_RE] = 2, [MAD_DEV_GRE] = 3, [MAD_MEM_NC] = 5,
                                     [MAD_MEM_WT] = 10, [MAD_MEM_WB] = 15 };

    return type[mad_ca (mad)];
}

/* Trees ----------------------------------------------------------------------------------------------------------------------------*/

#define SAMPLES 64

static struct { uint64_t ia, pa; unsigned perm; uint32_t mad; } sample[SAMPLES];
static uint64_t vtcr, seed = 7;
static pte_slot_t *root;
static bool xnx;

static uint64_t mmfr0_of (unsigned bits)
{
    unsigned range = 0;

    while (arm_pa_bits[range] < bits)
        range++;

    return range | (bits > 48 ? UINT64_C (3) << 40 : 0);
}

static void begin (unsigned bits)
{
    struct vtcr const v = vtcr_shape (bits);

    stage2_init (&v, xnx);
    vtcr = vtcr_value (&v, mmfr0_of (bits), 0);
    root = buddy_alloc (v.root_order, BUDDY_ZERO);
    assert_non_null (root);
    rlx_store (&cpu_local.hole, tlb_hole_first (0));

    for (unsigned i = 0; i < SAMPLES; i++) {

        uint64_t const r = host_random (&seed);

        /* both ends, both sides of the middle, near other samples, anywhere */
        sample[i].ia = i < 4 ? (BIT64 (bits) - (i & 1)) >> (i / 2) : i % 2 ? sample[i - 1].ia ^ BIT64 (12 + r % (bits - 12)) : r;
        sample[i].ia &= (BIT64 (bits) - 1) & ~UINT64_C (0xfff);
        sample[i].perm = 0;
    }
}

static void compare (void)
{
    for (unsigned i = 0; i < SAMPLES; i++) {

        struct walk const w = walk_stage2 (vtcr, kmem_phys (root), sample[i].ia | 0x123);

        if (!sample[i].perm) {
            assert_int_equal (w.fault, TRANSLATION);
            continue;
        }

        assert_int_equal (w.fault, NONE);
        assert_int_equal (w.pa, sample[i].pa | 0x123);
        assert_int_equal (w.type, type_of (sample[i].mad));
        assert_int_equal (w.sh, bits_of (vtcr, 32, 32) ? MAD_INNER : mad_sh (sample[i].mad));

        unsigned const x = sample[i].perm & (PERM_MEM_XU | PERM_MEM_XS);

        assert_int_equal (permits (w, xnx), xnx || !x ? sample[i].perm : sample[i].perm | PERM_MEM_XU | PERM_MEM_XS);
    }

    assert_int_equal (walk_stage2 (vtcr, kmem_phys (root), BIT64 (64 - bits_of (vtcr, 5, 0))).fault, TRANSLATION);
}

static bool update (uint64_t ia, uint64_t pa, unsigned order, unsigned perm, uint32_t mad)
{
    struct mem_target const *const t = &stage2_gst()->target;
    bool flush = false;

    if (t->update (root, ia, perm ? pa : 0, order, perm ? t->from_phys (perm, mad) : 0, &flush) != STATUS_SUCCESS)
        return false;

    for (unsigned i = 0; i < SAMPLES; i++)
        if (sample[i].ia >= ia && sample[i].ia - ia < PAGE_SIZE << order) {
            sample[i].pa   = pa + (sample[i].ia - ia);
            sample[i].perm = perm;
            sample[i].mad  = mad;
        }

    if (flush)                                          /* its caller flushes, and says so                          */
        tlb_hole_flushed();

    return true;
}

static void end (size_t before)
{
    stage2_gst()->dead (root);
    assert_int_equal (core_pages(), before);
}

static void random_updates (unsigned bits, unsigned most)
{
    static uint32_t const mads[] = { MAD_RAM, MAD_DEV, MAD_DEV_GRE, MAD_MEM_WT | MAD_OUTER << MAD_SH_SHIFT, MAD_MEM_NC };
    size_t const before = core_pages();

    begin (bits);
    compare();

    unsigned const out = arm_pa_bits[bits_of (vtcr, 18, 16)];

    for (unsigned n = 0; n < most; n++) {

        uint64_t const r = host_random (&seed), q = host_random (&seed);
        unsigned order = (unsigned)(r >> 8) % (r % 4 ? 20 : bits - 11);     /* now and then, all of it                  */
        unsigned const perm = r >> 16 & 3 ? (unsigned)(r >> 20) & 15 : 0;
        if (perm)
            order = MIN (order, 18U);                   /* as delegations do it                                     */

        uint64_t const mask = ~((PAGE_SIZE << order) - 1);

        assert_true (update (sample[q % SAMPLES].ia & mask, q >> 8 & (BIT64 (out) - 1) & mask, order, perm,
                             mads[(r >> 32) % ARRAY_SIZE (mads)]));
        compare();
    }

    end (before);
}

static void all_sizes (void **state UNUSED)
{
    for (unsigned b = 32; b <= 52; b++)
        for (unsigned x = 0; x < 2; x++) {
            xnx = x;
            random_updates (b, 400);
        }
}

/* The n-th allocation fails: what comes before is done, the rest is as it was; then it is tried again */
static void failing (void **state UNUSED)
{
    for (unsigned b = 32; b <= 52; b++)
        for (unsigned n = 1; n <= 4; n++) {

            size_t const before = core_pages();

            begin (b);
            assert_true (update (0, 0x40000000, 18, PERM_MEM_R | PERM_MEM_W, MAD_RAM));
            compare();
            core_fail = n;
            if (!update (7 * PAGE_SIZE, 0x9000, 0, PERM_MEM_R, MAD_RAM))
                compare();
            core_fail = 0;
            assert_true (update (7 * PAGE_SIZE, 0x9000, 0, PERM_MEM_R, MAD_RAM));
            assert_int_equal (walk_stage2 (vtcr, kmem_phys (root), 7 * PAGE_SIZE).pa, 0x9000);
            assert_int_equal (walk_stage2 (vtcr, kmem_phys (root), 8 * PAGE_SIZE).pa, 0x40008000);
            compare();
            end (before);
        }
}

/* Which sizes a CPU has, and which one a machine gets */
static void choice (void **state UNUSED)
{
    uint64_t const stage2_52 = UINT64_C (3) << 40, as_stage1 = UINT64_C (1) << 28, plain = UINT64_C (2) << 40;

    for (unsigned p = 0; p < 16; p++) {

        unsigned const most = arm_pa_bits[MIN (p, 6U)];

        assert_int_equal (vtcr_bits_max (p), MIN (most, 48U));
        assert_int_equal (vtcr_bits_max (p | plain | as_stage1), MIN (most, 48U));
        assert_int_equal (vtcr_bits_max (p | as_stage1), most);
        assert_int_equal (vtcr_bits_max (p | stage2_52), most);
        assert_int_equal (vtcr_bits (40, most, 0), most);
        assert_int_equal (vtcr_bits (40, most, 1), MIN (most, 40U));
    }

    assert_int_equal (vtcr_bits (39, 44, BIT64 (39)), 39);
    assert_int_equal (vtcr_bits (39, 44, BIT64 (39) + 1), 40);
    assert_int_equal (vtcr_bits (40, 44, BIT64 (40) + 1), 41);
    assert_int_equal (vtcr_bits (40, 44, BIT64 (43)), 43);
    assert_int_equal (vtcr_bits (40, 44, ~UINT64_C (0)), 44);
    assert_int_equal (vtcr_bits (40, 40, BIT64 (44)), 40);
    assert_int_equal (vtcr_bits (40, 52, BIT64 (50)), 50);
    assert_int_equal (vtcr_value (&(struct vtcr) { .bits = 40, .levels = 3 }, 5, 2 << 4) & BIT64 (19), BIT64 (19));
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
        cmocka_unit_test (choice),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that asks its CPU about the tables that it makes: the objects of the kernel, with root_create() wrapped by the linker. For
 * each number of input bits that the CPU has, it builds a tree by the code of guest spaces, sets VTCR_EL2 and VTTBR_EL2, and has the
 * CPU translate some addresses by AT S12E1R, with stage 1 off (Arm ARM, D8.2 and C5.4). One line for each size; then the machine is
 * turned off. Only the order of levels and the numbers of faults are written down here once more: the rest is the hardware's word.
 */
#include <root.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <base/macros.h>
#include <buddy.h>
#include <console/console.h>
#include <hw.h>
#include <kmem.h>
#include <ptab.h>
#include <stage2.h>
#include <stage2_arch.h>
#include <sysreg.h>
#include <vtcr.h>

#define PAGE        UINT64_C (0x1000)
#define GIB         (UINT64_C (1) << 30)
#define RWX         (PERM_MEM_R | PERM_MEM_W | PERM_MEM_XU | PERM_MEM_XS)
#define S5          5                                   /* ctrl_hw: off                                             */

/* PAR_EL1, D17.2.108: failed; fault status; in stage 2 */
#define PAR_F       BIT64 (0)
#define PAR_FST(p)  ((p) >> 1 & 0x3f)
#define PAR_S       BIT64 (9)
#define PAR_ADDR    UINT64_C (0x000ffffffffff000)
#define PAR_ATTR(p) ((p) >> 56)

/* Fault status codes, by the architecture's number of the level */
#define FST_TRANSLATION(level)  (4U + (level))
#define FST_PERMISSION(level)   (12U + (level))

void __real_root_create (struct boot_info const *, uint64_t, uint64_t, uint64_t);
void __wrap_root_create (struct boot_info const *, uint64_t, uint64_t, uint64_t);

static unsigned const size[] = { 32, 36, 39, 40, 41, 42, 44, 48, 52 };
static unsigned asked, wrong;

static unsigned most (void) { return vtcr_bits_max (sysreg_read (id_aa64mmfr0_el1)); }

static uint64_t at_s12e1r (uint64_t ia)
{
    __asm__ volatile ("at s12e1r, %0; isb" : : "r" (ia) : "memory");

    return sysreg_read (par_el1);
}

static void maps (char const *what, uint64_t ia, uint64_t pa, unsigned attr)
{
    uint64_t const par = at_s12e1r (ia);

    asked++;

    if (par & PAR_F || (par & PAR_ADDR) != pa || PAR_ATTR (par) != attr) {
        print ("SIZES: %s: %#lx -> %#lx, PAR_EL1 %#lx", what, ia, pa, par);
        wrong++;
    }
}

static void faults (char const *what, uint64_t ia, unsigned fst)
{
    uint64_t const par = at_s12e1r (ia);

    asked++;

    if (!(par & PAR_F) || !(par & PAR_S) || PAR_FST (par) != fst) {
        print ("SIZES: %s: %#lx, fault %#x, PAR_EL1 %#lx", what, ia, fst, par);
        wrong++;
    }
}

static pte_slot_t *root;

/* How many pages, whatever the tree has for them: 2^order */
static bool map (uint64_t ia, uint64_t pa, unsigned order, unsigned perm, uint32_t mad)
{
    struct mem_target const *const t = &stage2_gst()->target;
    bool flush = false;

    return t->update (root, ia, pa, order, t->from_phys (perm, mad), &flush) == STATUS_SUCCESS;
}

static void ask (unsigned bits, unsigned out)
{
    uint64_t const end = BIT64 (bits), top = BIT64 (out), middle = end / 2 + 5 * PAGE;
    unsigned const normal = 0xff, device = 0;           /* attributes as MAIR has them                              */

    if (!map (0, 0x12345000, 0, RWX, MAD_RAM) || !map (middle, top / 2 + 0x54321000, 0, RWX, MAD_RAM) ||
        !map (end - PAGE, top - PAGE, 0, RWX, MAD_RAM) || !map (GIB / 2, top - 2 * GIB, PTAB_BPL, RWX, MAD_RAM) ||
        !map (GIB, top - GIB, 2 * PTAB_BPL, RWX, MAD_RAM) || !map (end - 3 * PAGE, 0x7000, 0, PERM_MEM_W, MAD_RAM) ||
        !map (7 * PAGE, 0x9000, 0, PERM_MEM_R | PERM_MEM_W, MAD_IO)) {
        print ("SIZES: out of memory");
        wrong++;
        return;
    }

    dsb (ishst);
    isb();

    maps ("first page", 0, 0x12345000, normal);
    maps ("middle page", middle, top / 2 + 0x54321000, normal);
    maps ("last page", end - PAGE, top - PAGE, normal);
    maps ("first page of 2 MiB", GIB / 2, top - 2 * GIB, normal);
    maps ("last page of 2 MiB", GIB / 2 + 511 * PAGE, top - 2 * GIB + 511 * PAGE, normal);
    maps ("first page of 1 GiB", GIB, top - GIB, normal);
    maps ("last page of 1 GiB", 2 * GIB - PAGE, top - PAGE, normal);
    maps ("device", 7 * PAGE, 0x9000, device);

    faults ("not readable", end - 3 * PAGE, FST_PERMISSION (3));
    faults ("hole beside the last page", end - 2 * PAGE, FST_TRANSLATION (3));
    faults ("hole behind 2 MiB", GIB / 2 + 512 * PAGE, FST_TRANSLATION (2));
    faults ("hole of the highest table", end / 2 + end / 4, FST_TRANSLATION (4 - stage2_levels));

    if (bits < most())
        faults ("behind the end", end, FST_TRANSLATION (0));

    /* A page of the block, the block in one piece again, and nothing */
    if (map (GIB + 3 * PAGE, 0x3000, 0, RWX, MAD_RAM)) {
        __asm__ volatile ("dsb ish; tlbi alle1; dsb ish; isb" : : : "memory");
        maps ("page in 1 GiB", GIB + 3 * PAGE, 0x3000, normal);
        maps ("page beside it", GIB + 4 * PAGE, top - GIB + 4 * PAGE, normal);
    }

    if (map (GIB, top - GIB, 2 * PTAB_BPL, RWX, MAD_RAM)) {
        __asm__ volatile ("dsb ish; tlbi alle1; dsb ish; isb" : : : "memory");
        maps ("1 GiB again", GIB + 3 * PAGE, top - GIB + 3 * PAGE, normal);
    }

    if (map (GIB, 0, 2 * PTAB_BPL, 0, 0)) {
        __asm__ volatile ("dsb ish; tlbi alle1; dsb ish; isb" : : : "memory");
        faults ("1 GiB taken away", GIB + 3 * PAGE, FST_TRANSLATION (stage2_levels > 2 ? 1 : 2));
    }
}

static void one (unsigned bits)
{
    uint64_t const mmfr0 = sysreg_read (id_aa64mmfr0_el1), mmfr1 = sysreg_read (id_aa64mmfr1_el1);
    struct vtcr const v = vtcr_shape (bits);

    stage2_init (&v, mmfr1 >> 28 & 0xf);                /* FEAT_XNX                                                 */

    uint64_t const vtcr = stage2_vtcr (mmfr0, mmfr1);
    unsigned const tables = 1U << stage2_root_order, before = asked, bad = wrong;

    root = buddy_alloc (stage2_root_order, BUDDY_ZERO);

    if (!root) {
        print ("SIZES: out of memory");
        wrong++;
        return;
    }

    sysreg_write (vtcr_el2, vtcr);
    sysreg_write (vttbr_el2, kmem_phys (root));
    __asm__ volatile ("isb; tlbi alle1; dsb ish; isb" : : : "memory");

    ask (bits, MIN (most(), stage2_output_bits()));
    stage2_gst()->dead (root);

    print ("SIZES: %u bits, %u levels, %u at the top, VTCR %#lx: %u of %u right", bits, stage2_levels, tables, vtcr,
           asked - before - (wrong - bad), asked - before);
}

void __wrap_root_create (struct boot_info const *boot UNUSED, uint64_t p0 UNUSED, uint64_t p1 UNUSED, uint64_t p2 UNUSED)
{
    uint64_t const hcr = sysreg_read (hcr_el2);

    /* Stage 1 of EL1 is off, and gives Normal memory, so that stage 2 has the word (HCR_EL2.DC). Where HCR_EL2.E2H is set, the name of
     * SCTLR_EL1 means EL2's, and SCTLR_EL12 is EL1's. */
    if (hcr & HCR_E2H)
        sysreg_write (S3_5_C1_C0_0, SCTLR1_RES1);
    else
        sysreg_write (sctlr_el1, SCTLR1_RES1);

    sysreg_write (hcr_el2, (hcr & HCR_E2H) | HCR_RW | HCR_DC | HCR_VM);
    isb();

    for (unsigned i = 0; i < ARRAY_SIZE (size); i++)
        if (size[i] <= most())
            one (size[i]);
        else
            print ("SIZES: %u bits: not this CPU, which has %u", size[i], most());

    sysreg_write (hcr_el2, hcr);
    isb();

    print ("SIZES: %u asked, %u wrong", asked, wrong);

    if (hw_sleep (S5) != STATUS_SUCCESS)
        print ("SIZES: the machine stays on");
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include <cfp_arch.h>

#include <base/macros.h>
#include <console/console.h>
#include <cpu_local.h>
#include <memory.h>
#include <string.h>
#include <timer.h>

#define KEY_BITS    (SCTLR_ENIA | SCTLR_ENIB | SCTLR_ENDA | SCTLR_ENDB)
#define TRIES       4                                   /* of signing: one may have the bits that were there before */

enum { FROM_RNDR = 1, FROM_SEED = 2 };

static uint64_t pool[2] = { UINT64_C (0x243f6a8885a308d3), UINT64_C (0x13198a2e03707344) };     /* boot: one CPU at a time      */
static unsigned sources;                                /* of what is in it, beside the counter                     */

/* splitmix64's finalizer: each bit of the input reaches each of the output */
static uint64_t mix (uint64_t v)
{
    v = (v ^ v >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
    v = (v ^ v >> 27) * UINT64_C (0x94d049bb133111eb);

    return v ^ v >> 31;
}

static void add (uint64_t v)
{
    pool[0] = mix (pool[0] ^ v);
    pool[1] = mix (pool[1] + pool[0]);
}

void cfp_seed (void const *seed, size_t size)
{
    for (uint64_t v = 0; size; seed = (char const *)seed + sizeof v, size -= MIN (size, sizeof v), v = 0) {
        memcpy (&v, seed, MIN (size, sizeof v));
        add (v);
        sources |= FROM_SEED;
    }
}

void cfp_forget (void)
{
    for (unsigned i = 0; i < ARRAY_SIZE (pool); i++)
        *(uint64_t volatile *)&pool[i] = 0;
}

/* RNDR, where it is and has something to give (Arm ARM, D17.2.119) */
static uint64_t random (void)
{
    uint64_t v = 0, ok = 0;

    if (sysreg_read (id_aa64isar0_el1) >> 60 & 0xf)
        __asm__ volatile ("mrs %0, s3_3_c2_c4_0; cset %1, ne" : "=r" (v), "=r" (ok) : : "cc");

    sources |= ok ? FROM_RNDR : 0;

    return ok ? v : timer_now();
}

struct cfp_key cfp_key (void)
{
    struct cfp_key k;

    add (random());
    k.low = pool[0] ^ mix (pool[1]);
    add (random());
    k.high = pool[0] ^ mix (pool[1]);

    return k;
}

static bool has_bti (void) { return sysreg_read (id_aa64pfr1_el1) & 0xf; }

/* Address authentication by one of three algorithms; a level of 4 faults at once (FEAT_FPAC). ID_AA64ISAR2_EL1 by number, since
 * assemblers differ in its name. */
static unsigned pac (char const **name)
{
    static char const *const names[] = { "none", "QARMA5", "an algorithm of the CPU's own", "QARMA3" };

    uint64_t const isar1 = sysreg_read (id_aa64isar1_el1);
    unsigned const level[] = { 0, isar1 >> 4 & 0xf, isar1 >> 8 & 0xf, sysreg_read (S3_0_C0_C6_2) >> 12 & 0xf };
    unsigned best = 0;

    for (unsigned i = 1; i < ARRAY_SIZE (level); i++)
        if (level[i] > level[best])
            best = i;

    *name = names[best];

    return level[best];
}

struct cfp cfp_arch_limit (struct cfp wanted)
{
    char const *name;
    struct cfp const can = { wanted.branch && has_bti(), wanted.ret && pac (&name) };

    if (wanted.branch && !can.branch)
        print ("CFP: this CPU has no BTI");

    if (wanted.ret && !can.ret)
        print ("CFP: this CPU has no pointer authentication");

    return can;
}

/* PACIA1716: X17, signed with X16, as PACIASP does it */
static bool signs (void)
{
    for (unsigned i = 0; CFP_RETURN && i < TRIES; i++) {

        register uint64_t modifier __asm__ ("x16") = i;
        register uint64_t address  __asm__ ("x17") = LINK_ADDR;

        __asm__ volatile ("hint #8" : "+r" (address) : "r" (modifier));

        if (address != LINK_ADDR)
            return true;
    }

    return false;
}

bool cfp_cpu_check (void)
{
    static char const *const from[] = { "the counter alone", "RNDR", "rng-seed", "RNDR and rng-seed" };

    uint64_t const sctlr = sysreg_read (sctlr_el2), want = (cfp.branch ? SCTLR_BT : 0) | (cfp.ret ? SCTLR_ENIA : 0);
    bool const right = (sctlr & (SCTLR_BT | KEY_BITS)) == want && signs() == cfp.ret;

    if (cpu_local.id && right)
        return true;

    char const *name = NULL;
    unsigned const level = pac (&name);

    if (!right || (cfp.branch && !cfp.ret))
        print ("CFP: SCTLR_EL2 %#lx", sctlr);
    else if (cfp.ret)
        print ("CFP: SCTLR_EL2 %#lx, signed by %s%s, keys from %s", sctlr, name, level >= 4 ? " with FPAC" : "", from[sources]);

    return right;
}

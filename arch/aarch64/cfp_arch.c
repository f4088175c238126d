/* SPDX-License-Identifier: GPL-2.0-only */
#include <cfp_arch.h>

#include <console/console.h>
#include <timer.h>

static uint64_t pool[2] = { UINT64_C (0x243f6a8885a308d3), UINT64_C (0x13198a2e03707344) };     /* boot: one CPU at a time      */

/* splitmix64's finalizer: each bit of the input reaches each of the output */
static uint64_t mix (uint64_t v)
{
    v = (v ^ v >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
    v = (v ^ v >> 27) * UINT64_C (0x94d049bb133111eb);

    return v ^ v >> 31;
}

void cfp_seed (uint64_t v)
{
    pool[0] = mix (pool[0] ^ v);
    pool[1] = mix (pool[1] + pool[0]);
}

/* RNDR, where it is and has something to give (Arm ARM, D17.2.119) */
static uint64_t random (void)
{
    uint64_t v = 0, ok = 0;

    if (sysreg_read (id_aa64isar0_el1) >> 60 & 0xf)
        __asm__ volatile ("mrs %0, s3_3_c2_c4_0; cset %1, ne" : "=r" (v), "=r" (ok) : : "cc");

    return ok ? v : timer_now();
}

struct cfp_key cfp_key (void)
{
    struct cfp_key k;

    cfp_seed (random());
    k.low = pool[0] ^ mix (pool[1]);
    cfp_seed (random());
    k.high = pool[0] ^ mix (pool[1]);

    return k;
}

static bool has_bti (void) { return sysreg_read (id_aa64pfr1_el1) & 0xf; }

/* Address authentication by any of three algorithms; ID_AA64ISAR2_EL1 by number, since assemblers differ in its name */
static bool has_pac (void) { return sysreg_read (id_aa64isar1_el1) & 0xff0 || sysreg_read (S3_0_C0_C6_2) >> 12 & 0xf; }

struct cfp cfp_arch_limit (struct cfp wanted)
{
    struct cfp const can = { wanted.branch && has_bti(), wanted.ret && has_pac() };

    if (wanted.branch && !can.branch)
        print ("CFP: this CPU has no BTI");

    if (wanted.ret && !can.ret)
        print ("CFP: this CPU has no pointer authentication");

    return can;
}

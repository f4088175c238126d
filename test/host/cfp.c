/* SPDX-License-Identifier: GPL-2.0-only */
/* Which control-flow protection is used: all builds, command lines and kinds of CPU. What the CPU is told. */
#include <cet.h>
#include <cfp.h>

#include <cmdline.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <cr.h>
#include <machine.h>
#include <memory.h>
#include <msr.h>
#include <string.h>

#include <host.h>

struct cpu_local cpu_local;

static bool ibt, shstk, promise;
static struct { uint32_t msr; uint64_t val; } written[16];
static unsigned writes;

static struct cpuid model_cpuid (uint32_t leaf, uint32_t sub)
{
    struct cpuid r = { 0, 0, 0, 0 };

    if (leaf == 0)
        r.eax = 7;

    if (leaf == 7 && sub == 0)
        r = (struct cpuid) { .eax = 1, .ecx = shstk ? 1U << 7 : 0, .edx = ibt ? 1U << 20 : 0 };

    if (leaf == 7 && sub == 1)
        r.edx = promise ? 1U << 18 : 0;

    return r;
}

static uint64_t model_rdmsr (uint32_t msr)
{
    for (unsigned i = writes; i--; )
        if (written[i].msr == msr)
            return written[i].val;

    return UINT64_C (0xdeadbeef);                       /* as firmware left it                                      */
}

static void model_wrmsr (uint32_t msr, uint64_t val)
{
    assert_true (ibt || shstk);                         /* else #GP: these registers exist with the features        */
    assert_true (msr == IA32_U_CET || msr == IA32_S_CET || shstk);
    assert_true (writes < ARRAY_SIZE (written));
    written[writes].msr   = msr;
    written[writes++].val = val;
}

/* The command line: cfp= and shstk=, either may be null */
static char const *word_cfp, *word_shstk;

static char const *word (char const *name) { return !strcmp (name, "cfp") ? word_cfp : !strcmp (name, "shstk") ? word_shstk : NULL; }

bool cmdline_is (char const *name, char const *text) { return word (name) && !strcmp (word (name), text); }

bool cmdline_value (char const *name, char const **value, size_t *length)
{
    *value  = word (name);
    *length = *value ? strlen (*value) : 0;

    return *value;
}

static void decide (bool has_ibt, bool has_shstk, bool promised, char const *want, char const *force)
{
    machine_reset();
    machine.cpuid = model_cpuid;
    machine.rdmsr = model_rdmsr;
    machine.wrmsr = model_wrmsr;
    ibt = has_ibt, shstk = has_shstk, promise = promised, word_cfp = want, word_shstk = force, writes = 0;
    cpu_features_init();
    host_lines_reset();
    cfp_init();
}

static void policy (void **state)
{
    static char const *const want[] = { NULL, "none", "branch", "return", "full", "Full", "" };
    static unsigned const allowed[] = { 3, 0, 1, 2, 3, 3, 3 };
    static char const *const force[] = { NULL, "force", "1", "" };

    (void)state;

    for (unsigned n = 0; n < 8 * ARRAY_SIZE (want) * ARRAY_SIZE (force); n++) {

        bool const b = n & 1, s = n & 2, p = n & 4;
        unsigned const w = n / 8 % ARRAY_SIZE (want), f = n / 8 / ARRAY_SIZE (want);

        decide (b, s, p, want[w], force[f]);

        assert_int_equal (cfp.branch, CFP_BRANCH && b && allowed[w] & 1);
        assert_int_equal (cfp.ret,    CFP_RETURN && s && (p || f == 1) && allowed[w] & 2);
    }
}

static void says (void **state)
{
    (void)state;

    decide (true, true, true, NULL, NULL);
    assert_int_equal (host_lines, 1);
    assert_string_equal (host_line[0], "CFP: full in use, built for full");

    decide (true, true, false, NULL, NULL);
    assert_non_null (strstr (host_line[0], "EDX[18]): not used; shstk=force overrides"));
    assert_string_equal (host_line[1], "CFP: branch in use, built for full");

    decide (true, true, false, NULL, "force");
    assert_non_null (strstr (host_line[0], "used all the same (shstk=force)"));
    assert_string_equal (host_line[1], "CFP: full in use, built for full");

    decide (false, false, false, NULL, NULL);
    assert_int_equal (host_lines, 3);
    assert_string_equal (host_line[2], "CFP: none in use, built for full");

    decide (false, false, false, "none", NULL);         /* not wanted: no word on what is missing                   */
    assert_int_equal (host_lines, 1);

    decide (true, true, true, "shadow", NULL);
    assert_string_equal (host_line[0], "CFP: cfp=... is not one of none, branch, return, full");
}

/* What a CPU gets: the MSRs before they count, with nothing of what firmware left in them */
static void registers (void **state)
{
    (void)state;

    decide (true, true, true, NULL, NULL);
    assert_int_equal (cet_cpu_init(), S_CET_SH_STK_EN | S_CET_ENDBR_EN);
    assert_int_equal (model_rdmsr (IA32_S_CET), 0);     /* start.S loads it                                         */
    assert_int_equal (model_rdmsr (IA32_U_CET), 0);
    assert_int_equal (model_rdmsr (IA32_PL0_SSP), CPU_SSP);
    assert_int_equal (model_rdmsr (IA32_INTERRUPT_SSP_TABLE_ADDR), CPU_SSP_TABLE);

    decide (true, true, true, "branch", NULL);
    assert_int_equal (cet_cpu_init(), S_CET_ENDBR_EN);
    assert_int_equal (model_rdmsr (IA32_U_CET), 0);

    decide (true, true, true, "none", NULL);            /* user mode could have been left with something            */
    assert_int_equal (cet_cpu_init(), 0);
    assert_int_equal (model_rdmsr (IA32_U_CET), 0);

    decide (true, false, false, NULL, NULL);            /* no such registers: model_wrmsr() would say so            */
    assert_int_equal (cet_cpu_init(), S_CET_ENDBR_EN);

    decide (false, false, false, NULL, NULL);
    assert_int_equal (cet_cpu_init(), 0);
    assert_int_equal (writes, 0);
}

/* A CPU that does not have what was written stops the boot */
static void read_back (void **state)
{
    (void)state;

    decide (true, true, true, NULL, NULL);
    model_wrmsr (IA32_S_CET, cet_cpu_init() | 0x800);   /* waits for an ENDBRANCH: not ours to compare              */
    machine.cr4 = CR4_CET;
    assert_true (cet_cpu_check());

    machine.cr4 = 0;
    assert_false (cet_cpu_check());
    machine.cr4 = CR4_CET;

    model_wrmsr (IA32_S_CET, S_CET_ENDBR_EN);
    assert_false (cet_cpu_check());
    model_wrmsr (IA32_S_CET, S_CET_ENDBR_EN | S_CET_SH_STK_EN);

    model_wrmsr (IA32_U_CET, 1);
    assert_false (cet_cpu_check());
    model_wrmsr (IA32_U_CET, 0);

    model_wrmsr (IA32_PL0_SSP, 0);
    assert_false (cet_cpu_check());
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (policy), cmocka_unit_test (says), cmocka_unit_test (registers), cmocka_unit_test (read_back),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The form of TIMED () that reads a performance counter, on x86: executed on the build machine, whose #GP at RDPMC becomes the reading of a
 * modelled counter. No emulator has RDPMC.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <ucontext.h>

#include <host.h>

#include <timed.h>

uint64_t delay_behind, counter_selector;

static uint64_t value, step;                            /* the counter, and how far it goes until it is read again  */
static uint64_t selected[8];
static unsigned reads;

static void fault (int number, siginfo_t *info UNUSED, void *context)
{
    greg_t *const r = ((ucontext_t *)context)->uc_mcontext.gregs;
    uint8_t const *const ip = (uint8_t const *)r[REG_RIP];

    if (ip[0] != 0x0f || ip[1] != 0x33) {               /* not RDPMC: a fault like any other                        */
        signal (number, SIG_DFL);
        return;
    }

    selected[reads++ & 7] = (uint64_t)r[REG_RCX];
    r[REG_RAX]  = (greg_t)(uint32_t)value;
    r[REG_RDX]  = (greg_t)(value >> 32);
    r[REG_RIP] += 2;
    value = (value + step) & (BIT64 (48) - 1);
}

#define SUM "add %%rsi, %%rdi; add %%rdx, %%rdi; add %%rax, %%rdi; add %%r8, %%rdi; add %%rbx, %%rdi; xor %%ecx, %%ecx; xor %%r11d, %%r11d"

TIMED (sum, SUM);
TIMED (nothing, "");

/* As the linker makes it */
static struct timed_forms const *form (bench_timed *plain) { return plain == sum ? &sum_forms : &nothing_forms; }

/* cmocka's own handler is there when a test begins */
static void catch (void)
{
    struct sigaction const a = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

    assert_int_equal (sigaction (SIGSEGV, &a, NULL), 0);
}

static void test_operation (void **state UNUSED)
{
    bench_timed *const f[] = { form (sum)->plain, form (sum)->counted[COUNTER_RDPMC] };

    catch();

    for (unsigned i = 0; i < 2; i++) {
        struct hyp_regs r = { 1, 20, 300, 4000, 50000 };
        f[i] (&r, 600000);
        assert_int_equal (r.p0, 654321);                /* it finds all its registers                               */
        assert_int_equal (r.p1, 20);
    }
}

static void test_reading (void **state UNUSED)
{
    static uint64_t const first[] = { 0, 5, 0xfffffff0, UINT64_C (0xfffffffffff0), UINT64_C (0x123456789abc) };
    static uint32_t const selector[] = { 0, 3, 0x40000000, 0x40000001 };

    catch();

    for (unsigned i = 0; i < ARRAY_SIZE (first); i++)
        for (unsigned j = 0; j < ARRAY_SIZE (selector); j++) {

            struct hyp_regs r = { 0 };

            value = first[i];
            step  = 0x100000077 + i;
            reads = 0;
            counter_selector = selector[j];

            uint64_t const passed = form (j & 1 ? nothing : sum)->counted[counter_way (selector[j])] (&r, 0);

            assert_int_equal (passed & (BIT64 (48) - 1), step);
            assert_int_equal (reads, 2);
            assert_int_equal (selected[0], selector[j]);
            assert_int_equal (selected[1], selector[j]);
        }
}

int main (void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test (test_operation), cmocka_unit_test (test_reading) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

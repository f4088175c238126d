/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys of pointer authentication are not the user's (Arm ARM, D8.9): EL0 signs nothing, authenticates nothing, and neither reads nor
 * changes a key, whether the CPU has such registers or not. It could otherwise sign return addresses of a kernel that uses them.
 */
#include <help.h>
#include <probe.h>

enum { HINTS = 4, PLAIN = 8, KEYS = 10, TRIES = 4, SLOT = 32 };

extern char const probe_insn_key[];

static char const *const hint_of[HINTS] = { "PACIA1716 signs nothing", "PACIB1716 signs nothing", "AUTIA1716 spoils nothing",
                                             "AUTIB1716 spoils nothing" };
static char const *const plain_of[PLAIN] = { "PACIA signs nothing", "PACIB signs nothing", "PACDA signs nothing", "PACDB signs nothing",
                                               "AUTIA spoils nothing", "AUTIB spoils nothing", "AUTDA spoils nothing",
                                               "AUTDB spoils nothing" };

/* A function of probe_insn.S. False: it faulted */
static bool ran (unsigned n, uint64_t value, uint64_t modifier, uint64_t *result)
{
    int (* const f) (uint64_t, uint64_t, uint64_t *) = (int (*) (uint64_t, uint64_t, uint64_t *)) ((uintptr_t) probe_insn_key + SLOT * n);

    probe_start();

    return !f (value, modifier, result);
}

/* It faults, or does nothing, whatever the bits of a signature would happen to be */
static void check_idle (unsigned n, char const *name)
{
    unsigned changed = 0;

    for (uint64_t i = 0; i < TRIES; i++) {

        uint64_t const value = UINT64_C (0x123456789abc) + i;
        uint64_t result = value;

        changed += ran (n, value, ~i, &result) && result != value;
    }

    check_eq (changed, 0, name);
}

static unsigned that_run (unsigned first, unsigned count)
{
    unsigned runs = 0;
    uint64_t v;

    for (unsigned i = 0; i < count; i++)
        runs += ran (first + i, 1, 2, &v);

    return runs;
}

static void signing (void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < HINTS; i++)
        check_idle (n++, hint_of[i]);

    for (unsigned i = 0; i < PLAIN; i++)
        check_idle (n++, plain_of[i]);

    /* PACGA has a key that is for nothing else, and makes no address: it may run, and does with VHE, where nothing can make it fault */
    check (that_run (n, 1) <= 1, "PACGA faults, or comes to an end");
    check_eq (that_run (n + 1, KEYS), 0, "no key can be read");
    check_eq (that_run (n + 1 + KEYS, KEYS), 0, "no key can be written");
}

static struct test const test_signing[] = { { "signing", signing } };

TESTS ("isolation", test_signing);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys of pointer authentication are not the user's (Arm ARM, D8.9): EL0 signs nothing, authenticates nothing, and neither reads nor
 * changes a key, whether the CPU has such registers or not. It could otherwise sign return addresses of a kernel that uses them.
 */
#include <help.h>
#include <probe.h>

enum { TRIES = 4, SLOT = 32 };                          /* one may have the bits that were there before         */

extern char const probe_insn_key[];

/*
 * Instructions of probe_insn.S, in their order. PACGA has a key that is for nothing else, and makes no address: it may run, and does with
 * VHE, where nothing can make it fault.
 */
static struct { char const *text; unsigned count; enum { KEEPS, FAULTS, ENDS } does; } const rule[] = {
    { "PACIA1716 signs nothing", 1, KEEPS }, { "PACIB1716 signs nothing", 1, KEEPS }, { "AUTIA1716 spoils nothing", 1, KEEPS },
    { "AUTIB1716 spoils nothing", 1, KEEPS }, { "PACIA signs nothing", 1, KEEPS }, { "PACIB signs nothing", 1, KEEPS },
    { "PACDA signs nothing", 1, KEEPS }, { "PACDB signs nothing", 1, KEEPS }, { "AUTIA spoils nothing", 1, KEEPS },
    { "AUTIB spoils nothing", 1, KEEPS }, { "AUTDA spoils nothing", 1, KEEPS }, { "AUTDB spoils nothing", 1, KEEPS },
    { "PACGA faults, or comes to an end", 1, ENDS }, { "no key can be read", 10, FAULTS }, { "no key can be written", 10, FAULTS },
};

/* It ran though it should fault, or it changed a value */
static bool broken (uintptr_t insn, uint64_t attempt, unsigned does)
{
    int (* const f) (uint64_t, uint64_t, uint64_t *) = (int (*) (uint64_t, uint64_t, uint64_t *)) insn;
    uint64_t changed = 0;

    probe_start();

    return !f (UINT64_C (0x123456789abc) + attempt, ~attempt, &changed) && (does == FAULTS || (does == KEEPS && changed));
}

static void signing (void)
{
    uintptr_t insn = (uintptr_t) probe_insn_key;

    for (size_t i = 0; i < sizeof (rule) / sizeof (rule[0]); i++) {

        unsigned bad = 0;

        for (unsigned n = 0; n < rule[i].count; n++, insn += SLOT)
            for (unsigned attempt = 0; attempt < TRIES; attempt++)
                bad += broken (insn, attempt, rule[i].does);

        check_eq (bad, 0, rule[i].text);
    }
}

static struct test const test_signing[] = { { "signing", signing } };

TESTS ("isolation", test_signing);

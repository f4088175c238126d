/* SPDX-License-Identifier: GPL-2.0-only */
/* State of the FPU: two ECs fill all of it, and a new one looks at what it finds. */
#include <isolation.h>

#include <string.h>

static uint8_t area[3][ISO_FPU_SIZE] __attribute__ ((aligned (64)));
static uint8_t prepared[2][ISO_FPU_SIZE] __attribute__ ((aligned (64)));
static struct iso_ec ec[3];
static uint64_t go[3];

static void body (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;

    if (i < 2)
        iso_fpu_load (prepared[i]);

    for (;;) {
        hyp_sm_down (go[i], 0);
        memset (area[i], 0, ISO_FPU_SIZE);
        iso_fpu_save (area[i]);
    }
}

static void fpu (void)
{
    unsigned bad = 0, lost = 0;

    if (!iso_fpu_prepare (prepared[0], OURS) || !iso_fpu_prepare (prepared[1], THEIRS))
        return;

    iso_setup();

    for (unsigned i = 0; i < 3; i++) {
        go[i] = iso_shared_sm();
        iso_ec_make (&ec[i], i ? &iso_twin : NULL, FLAG_EC_GLOBAL | FLAG_EC_FPU, body, (void *) (uintptr_t) i);
    }

    iso_begin (&ec[0], BUDGET_MS, PRIO_HIGH);
    iso_begin (&ec[1], BUDGET_MS, PRIO_HIGH);

    for (unsigned round = 0; round < 10; round++)
        for (unsigned i = 0; i < 2; i++) {
            hyp_sm_up (go[i]);
            bad  += iso_pieces (area[i], ISO_FPU_SIZE, i ? OURS : THEIRS);
            lost += iso_fpu_lost (area[i], prepared[i], i ? THEIRS : OURS);
        }

    check_eq (bad, 0, "FPU: no register holds anything of the other EC");
    check_eq (lost, 0, "FPU: each EC has its own");
    iso_begin (&ec[2], BUDGET_MS, PRIO_HIGH);
    hyp_sm_up (go[2]);
    check_eq (iso_pieces (area[2], ISO_FPU_SIZE, OURS) + iso_pieces (area[2], ISO_FPU_SIZE, THEIRS), 0, "FPU: a new EC finds nothing");
    iso_fpu_check_initial (area[2]);
}

static struct test const test[] = { { "fpu", fpu } };

TESTS ("isolation", test);

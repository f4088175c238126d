/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>
#include <mem.h>
#include <probe.h>

/* All words are plain memory that only IPC changes */
static void memory (void)
{
    uint64_t *const w = worker->utcb->word;
    unsigned good = 0;

    for (unsigned i = 0; i < UTCB_WORDS; i++)
        w[i] = ~(uint64_t) i;

    sleep_ms (2);

    for (unsigned i = 0; i < UTCB_WORDS; i++)
        good += w[i] == ~(uint64_t) i;

    check_eq (good, UTCB_WORDS, "keeps its 512 words while its EC blocks");
}

static void own (void)
{
    struct thread const *const a = local_new (0), *const b = local_new (0);

    a->utcb->word[0] = 1;
    b->utcb->word[0] = 2;
    check_eq (a->utcb->word[0], 1, "each EC has its own");
}

/* A page that the user mapped there before */
static void over_page (void)
{
    uint64_t const va = mem_window (1, 0), ec = sel_alloc (0);
    uint64_t *const m = mem_alloc (4096, NULL);
    uint64_t v;

    need (m, "memory");
    *m = 0x1234;
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, (uintptr_t) m >> 12, va >> 12, 0, PERM_MEM_R | PERM_MEM_W, 0));
    check_status (hyp_create_ec (0, ec, sel_root_pd(), va >> 12, root.hip->cpu_bsp, 0, 0), STATUS_SUCCESS,
                  "over a page of the user");
    check (probe_read (va, &v) && v == 0, "is the UTCB now");
    check_eq (*m, 0x1234, "and leaves the page alone");
}

/* The user may unmap it, and IPC works on */
static uint32_t add (struct portal *p, union utcb *u, uint32_t mtd) { (void) p; u->word[0]++; return mtd; }

static uint64_t volatile answer;
static struct portal *portal;
static struct thread *self;

static void call (void *arg)
{
    uint32_t mtd = mtd_words (1);

    (void) arg;
    self->utcb->word[0] = 1;
    hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, (uintptr_t) self->utcb >> 12, (uintptr_t) self->utcb >> 12, 0, 0, 0);
    answer = 100 + hyp_ipc_call (portal->sel, &mtd);
}

static void unmapped (void)
{
    uint64_t v;

    answer = 0;
    portal = portal_new (local_new (0), add, NULL);
    self   = global_new (0, call, NULL);
    NEED (thread_start (self, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    check_eq (answer, 100, "an EC whose UTCB is not mapped any more can call");
    check (!probe_read ((uintptr_t) self->utcb, &v), "it was unmapped");
}

static struct test const test[] = { { "memory", memory }, { "own", own }, { "over_page", over_page }, { "unmapped", unmapped } };

TESTS ("utcb", test);

/* SPDX-License-Identifier: GPL-2.0-only */
/* FPU state, thread registers, and what events of aarch64 say. */
#include <isolation.h>

#include <fpu_state.h>

static struct iso_ec server;

/* The control word as far as it may be chosen is fpu.c's business */
bool iso_fpu_prepare (void *p, uint16_t tag)
{
    iso_fill (((struct fpu_state *) p)->q, 64, tag);

    return true;
}

void iso_fpu_load (void const *p) { fpu_load (p); }
void iso_fpu_save (void *p) { fpu_save (p); }

unsigned iso_fpu_lost (void const *seen, void const *prepared, uint16_t tag)
{
    (void) prepared;

    return iso_differ (((struct fpu_state const *) seen)->q, 0, 64, FILL (tag));
}

void iso_fpu_check_initial (void const *p) { fpu_check_initial (p); }

/* TPIDR_EL0 is the program's own, as any other register */
static void tpidr_set (uint64_t v) { __asm__ volatile ("msr tpidr_el0, %0" : : "r" (v)); }

static uint64_t tpidr (void)
{
    uint64_t v;

    __asm__ volatile ("mrs %0, tpidr_el0" : "=r" (v));

    return v;
}

static void thread_registers (void)
{
    unsigned foreign = 0, lost = 0;
    struct seen seen;
    struct regs r;

    iso_setup();
    iso_server_make (&server, &iso_twin);

    for (unsigned i = 0; i < 10; i++) {
        tpidr_set (FILL (OURS) + i);
        iso_call (&r, worker->utcb, server.pt, i & 1 ? FLAG_CALL_TIMEOUT : 0, 1, OURS);
        lost += tpidr() != FILL (OURS) + i;
        iso_copy_seen (&seen);
        foreign += iso_pieces (seen.extra, sizeof (seen.extra), OURS);
        sleep_ms (1);
        lost += tpidr() != FILL (OURS) + i;
    }

    check_eq (foreign, 0, "TPIDR_EL0, TPIDRRO_EL0: a server finds nothing of its caller");
    check_eq (lost, 0, "TPIDR_EL0: each EC has its own");
}

/* Words of the UTCB that an event with this MTD may change, by the layout (7.7.3) */
enum { SP_WORD = 31, TPIDR_WORD = 32, ELR_WORD = 60, SPSR_WORD = 61, ESR_WORD = 62, FAR_WORD = 63 };

bool iso_named (unsigned word, uint32_t mtd)
{
    return (word < SP_WORD && mtd & MTD_GPR) || (word == SP_WORD && mtd & MTD_EL0_SP) ||
           (word >= TPIDR_WORD && word < TPIDR_WORD + 2 && mtd & MTD_EL0_IDR) ||
           ((word == ELR_WORD || word == SPSR_WORD) && mtd & MTD_EL2_ELR_SPSR) ||
           ((word == ESR_WORD || word == FAR_WORD) && mtd & MTD_EL2_ESR_FAR);
}

enum { ALL = MTD_POISON | MTD_ICI | MTD_GPR | MTD_EL0_SP | MTD_EL0_IDR | MTD_EL2_ELR_SPSR | MTD_EL2_ESR_FAR };

uint32_t const iso_mtd[] = { MTD_GPR, MTD_EL0_SP, MTD_EL0_IDR, MTD_EL2_ELR_SPSR, MTD_EL2_ESR_FAR, ~(uint32_t) ALL };

/* An undefined instruction has no fault address */
unsigned const iso_ip_word = ELR_WORD, iso_old_from = FAR_WORD, iso_old_to = FAR_WORD + 1;
uint32_t const iso_old_mtd = MTD_EL2_ESR_FAR;

/* Flags as iso_regs_fill () sets them, and EL0 */
unsigned iso_event_wrong (uint64_t const *got, uint32_t mtd)
{
    return mtd & MTD_EL2_ELR_SPSR && (got[SPSR_WORD] & (FLAGS_STATUS | 0x1f)) != FLAGS_NONE;
}

static struct test const test_aarch64[] = { { "thread_registers", thread_registers } };

TESTS ("isolation", test_aarch64);

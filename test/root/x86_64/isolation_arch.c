/* SPDX-License-Identifier: GPL-2.0-only */
/* FPU state, selectors, and what events of x86 say. */
#include <isolation.h>

#include <console.h>
#include <string.h>

static struct iso_ec server, third, helper;
static uint64_t go, back;

/* FPU: all that XSAVE knows and XCR0 has */
enum { LEGACY = 512, HEADER = 64, FCW_INIT = 0x37f, MXCSR_INIT = 0x1f80 };

static uint64_t xcr0;

static void cpuid (uint32_t leaf, uint32_t sub, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    __asm__ volatile ("cpuid" : "=a" (*a), "=b" (*b), "=c" (*c), "=d" (*d) : "a" (leaf), "c" (sub));
}

/* By an instruction that raises #NM where it should: QEMU's XSAVE and XRSTOR do not look at CR0.TS (SDM 2D, XSAVE) */
static void own_fpu (void) { __asm__ volatile ("fnop"); }

void iso_fpu_load (void const *p)
{
    own_fpu();
    __asm__ volatile ("xrstor64 (%0)" : : "r" (p), "a" ((uint32_t) xcr0), "d" (0) : "memory");
}

void iso_fpu_save (void *p)
{
    own_fpu();
    __asm__ volatile ("xsave64 (%0)" : : "r" (p), "a" ((uint32_t) xcr0), "d" (0) : "memory");
}

/* Each component full of the pattern; control words as far as they may be chosen */
bool iso_fpu_prepare (void *area, uint16_t tag)
{
    uint8_t *const p = area;
    uint32_t a, b, c, d;

    cpuid (1, 0, &a, &b, &c, &d);

    if (!(c >> 27 & 1))                                 /* OSXSAVE                                              */
        return false;

    __asm__ volatile ("xgetbv" : "=a" (a), "=d" (d) : "c" (0));
    xcr0 = a;

    memset (p, 0, ISO_FPU_SIZE);
    iso_fill ((uint64_t *) (void *) (p + 32), 48, tag);     /* ST0...7, XMM0...15                                   */
    *(uint16_t *) (void *) (p + 0)  = FCW_INIT & ~0x300;
    *(uint16_t *) (void *) (p + 4)  = 0xff;             /* no register is empty                                 */
    *(uint32_t *) (void *) (p + 24) = MXCSR_INIT | 3 << 13;
    *(uint64_t *) (void *) (p + LEGACY) = xcr0;

    for (unsigned i = 2; i < 63; i++) {

        if (!(xcr0 >> i & 1))
            continue;

        cpuid (0xd, i, &a, &b, &c, &d);                 /* EAX: size, EBX: offset                               */

        if (b + a > ISO_FPU_SIZE)
            return false;

        iso_fill ((uint64_t *) (void *) (p + b), a / 8, tag);
    }

    return true;
}

/* But the tags and padding of the 80-bit registers, what no instruction has touched is as it was loaded */
unsigned iso_fpu_lost (void const *seen, void const *prepared, uint16_t tag)
{
    uint8_t const *const s = seen, *const p = prepared;
    size_t const from = LEGACY + HEADER, size = ISO_FPU_SIZE - from;

    return (iso_pieces (s + 160, 256, tag) != 128) + (iso_pieces (s + from, size, tag) != iso_pieces (p + from, size, tag));
}

void iso_fpu_check_initial (void const *area)
{
    uint8_t const *const p = area;

    check_eq (*(uint16_t const *) (void const *) p, FCW_INIT, "FPU: a new EC has FCW = 0x37f");
    check_eq (*(uint32_t const *) (void const *) (p + 24), MXCSR_INIT, "FPU: a new EC has MXCSR = 0x1f80");
    check_eq (iso_differ ((uint64_t const *) (void const *) (p + 32), 0, 48, 0), 0, "FPU: its x87 and SSE registers are 0");
    check_eq (iso_differ ((uint64_t const *) (void const *) (p + LEGACY + HEADER), 0, (ISO_FPU_SIZE - LEGACY - HEADER) / 8, 0), 0,
              "FPU: and so are all others");
    console_printf ("# XCR0 %#lx\n", xcr0);
}

/*
 * Selectors in DS, ES, FS and GS mean nothing in 64-bit mode, and user code can load a few: null ones and those of its own
 * data. A switch of address spaces clears them; only on the fast path of IPC does the receiver find those of the sender.
 * Their bases are 0.
 */
enum { SELECTORS = 4 };

static void selectors_load (uint16_t sel)
{
    __asm__ volatile ("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs" : : "r" ((uint32_t) sel));
}

static void selectors_store (uint32_t sel[SELECTORS])
{
    __asm__ volatile ("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
                      : "=r" (sel[0]), "=r" (sel[1]), "=r" (sel[2]), "=r" (sel[3]));
}

static uint16_t own_ss (void)
{
    uint32_t ss;

    __asm__ volatile ("mov %%ss, %0" : "=r" (ss));

    return (uint16_t) ss;
}

static unsigned selectors_set (uint32_t const *sel)
{
    unsigned n = 0;

    for (unsigned i = 0; i < SELECTORS; i++)
        n += sel[i] != 0;

    return n;
}

static uint64_t volatile based;

static void bases (void *arg)
{
    uint64_t volatile *const result = arg;
    uint64_t fs, gs;

    selectors_load (own_ss());
    __asm__ volatile ("mov %%fs:(%2), %0; mov %%gs:(%2), %1" : "=&r" (fs), "=&r" (gs) : "r" (&based));
    *result = fs == based && gs == based;
}

static struct { uint32_t sel[SELECTORS]; } volatile looked[3];
static uint64_t moment;                                 /* a millisecond; the HIP is in the root domain only    */

/* Woken by a semaphore, then by a timeout; looks at what it finds */
static void looker (void *arg)
{
    uint32_t sel[SELECTORS];
    uint64_t const my_go = go, my_back = back;

    (void) arg;

    for (unsigned i = 0; i < 2; i++) {
        hyp_sm_down (my_go, 0);
        selectors_store (sel);
        memcpy ((void *) (uintptr_t) &looked[i], sel, sizeof (sel));
    }

    hyp_sm_down (test_never, stc_read() + moment);
    selectors_store (sel);
    memcpy ((void *) (uintptr_t) &looked[2], sel, sizeof (sel));
    hyp_sm_up (my_back);
}

static void selectors (void)
{
    uint16_t const values[] = { own_ss(), 3 };
    static uint64_t volatile ok;
    unsigned sent = 0;
    struct regs r;

    for (unsigned v = 0; v < 2; v++) {

        iso_setup();
        go     = iso_shared_sm();
        back   = iso_shared_sm();
        moment = in_ms (1) - stc_read();
        memset ((void *) (uintptr_t) looked, 0xff, sizeof (looked));
        iso_ec_make (&third, &iso_twin, FLAG_EC_GLOBAL, looker, NULL);
        iso_begin (&third, BUDGET_MS, PRIO_HIGH);
        selectors_load (values[v]);
        hyp_sm_up (go);
        selectors_load (values[v]);
        hyp_sm_up (go);
        selectors_load (values[v]);

        /* Preempted by the timeout. It runs until it sees the result. */
        while (*(uint32_t volatile *) &looked[2] == 0xffffffff)
            if (own_ss() == values[v])
                selectors_load (values[v]);

        NEED (hyp_sm_down (back, 0));
        check_eq (selectors_set ((uint32_t *) (uintptr_t) &looked[0]) + selectors_set ((uint32_t *) (uintptr_t) &looked[1]), 0,
                  v ? "null selectors with bits: none after a semaphore woke an EC of another domain" :
                      "selectors of data: none after a semaphore woke an EC of another domain");
        check_eq (selectors_set ((uint32_t *) (uintptr_t) &looked[2]), 0, v ? "nor after its timeout preempted this one" :
                                                                              "nor after a timeout preempted this one");

        iso_server_make (&server, &iso_twin);
        selectors_load (values[v]);
        iso_call (&r, worker->utcb, server.pt, FLAG_CALL_TIMEOUT, 1, OURS);
        check_eq (selectors_set ((uint32_t *) (uintptr_t) witness_seen.extra), 0, v ? "nor after a call by the slow path, with bits" :
                                                                               "nor after a call by the slow path");
        selectors_load (values[v]);
        iso_call (&r, worker->utcb, server.pt, 0, 1, OURS);
        sent += selectors_set ((uint32_t *) (uintptr_t) witness_seen.extra);
    }

    if (sent)
        console_printf ("# not kept apart: DS, ES, FS, GS, from the sender to the receiver of a message on the fast path\n");

    selectors_load (0);
    based = UINT64_C (0x600dcafe);
    ok = 0;
    iso_ec_make (&helper, &iso_twin, FLAG_EC_GLOBAL, bases, (void *) (uintptr_t) &ok);
    iso_begin (&helper, BUDGET_MS, PRIO_HIGH);
    check_eq (ok, 1, "the bases of FS and GS are 0");
}

/* Words of the UTCB that an event with this MTD may change, by the layout (8.7.3) */
enum { RFLAGS_WORD = 16, RIP_WORD = 17, QUAL_WORD = 20, RF = 1 << 16, AC = 1 << 18 };

bool iso_named (unsigned word, uint32_t mtd)
{
    return (word < 8 && mtd & MTD_GPR_0_7) || (word >= 8 && word < 16 && mtd & MTD_GPR_8_15) ||
           (word == RFLAGS_WORD && mtd & MTD_RFLAGS) ||
           (word == RIP_WORD && mtd & MTD_RIP) || (word >= QUAL_WORD && word < QUAL_WORD + 3 && mtd & MTD_QUAL);
}

uint32_t const iso_mtd[] = { MTD_GPR_0_7, MTD_GPR_8_15, MTD_RFLAGS, MTD_RIP, MTD_QUAL, ~UINT32_C (0x5f) };

/* #UD has no qualification. Host ECs have two words of it. */
unsigned const iso_ip_word = RIP_WORD, iso_old_from = QUAL_WORD, iso_old_to = QUAL_WORD + 2;
uint32_t const iso_old_mtd = MTD_QUAL;

/* RF: SDM 3B, 17.3.1.1 */
unsigned iso_event_wrong (uint64_t const *got, uint32_t mtd)
{
    return mtd & MTD_RFLAGS && (got[RFLAGS_WORD] & ~(uint64_t) (AC | RF)) != FLAGS_NONE;
}

static struct test const test_x86[] = { { "selectors", selectors } };

TESTS ("isolation", test_x86);

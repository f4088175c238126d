/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exploration. A CPU is a function that is left by a jump at each access and is run again from its beginning for the next
 * one, with the results of the earlier accesses. So its whole state is that list of results, and going back one step is cheap.
 * Two orders that differ only in neighbouring accesses that do not touch each other are one (sleep sets: Godefroid,
 * Partial-Order Methods for the Verification of Concurrent Systems, 5). The end of what a CPU does touches the beginning of
 * what others do, since it is known outside that one came before the other.
 *
 * A flush of the TLBs is two steps, which are related to all that changes an entry, and the second one to the end of others who do not
 * flush: what they leave in the TLBs is looked at then. A CPU that waits has no next step until the word has changed.
 */
#include <explore.h>
#include <tlbs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <buddy.h>
#include <kmem.h>

enum { LOG_MAX = 512 };

enum model_fault model_fault;
char const *model_violation;
struct model_cpu model_cpu[MODEL_CPUS];
struct model_dead model_deads[MODEL_TABLES];
unsigned model_dead_count;
uint64_t model_steps, model_orders;

void model_wrong (char const *text)
{
    if (!model_violation)
        model_violation = text;
}

/* Shared words -----------------------------------------------------------------------------------------------------------*/

bool model_changed;

#define DIRT UINT64_C (0x5a5a5a5a5a5a5a5b)              /* in memory that nobody has cleared                       */

static uint64_t cell[MODEL_TABLES][PTAB_ENTRIES];
bool model_is_used[MODEL_TABLES];
static unsigned most[MODEL_CPUS + 1];                   /* tables of each arena that were ever used                     */

uint64_t kmem_offset = MODEL_BASE - 0x1000;                   /* no table has the physical address 0                      */

unsigned model_next_used (unsigned t)
{
    for (unsigned a = t / MODEL_ARENA; a <= MODEL_CPUS; a++, t = a * MODEL_ARENA)
        for (; t < a * MODEL_ARENA + most[a]; t++)
            if (model_is_used[t])
                return t;

    return MODEL_TABLES;
}

static uint64_t *word (void const volatile *p)
{
    static uint64_t nowhere;
    unsigned const t = table_of (p);

    if (t >= MODEL_TABLES || !model_is_used[t]) {
        model_wrong ("access to a table that is not allocated");
        return &nowhere;
    }

    return &cell[t][((uintptr_t)p & PAGE_MASK) / sizeof (uint64_t)];
}

/* CPUs ----------------------------------------------------------------------------------------------*/

enum kind { LOAD, WAIT, SWAP, STORE, CAS, FLUSH, FLUSHED, END, ALLOC, FREE, DEAD };   /* from ALLOC on: nobody else notices */

struct access { enum kind kind; bool first; void const volatile *p; uint64_t value; };

static struct cpu {
    struct { enum kind kind; bool ok; uint64_t value; } log[LOG_MAX];
    unsigned  length;
    struct access next;                                 /* the access before which it stands                        */
    bool      done;
} cpu[MODEL_CPUS];

static unsigned cpus, self, cursor, now;
static bool direct, go, first;                          /* direct: no steps, as before and after the exploration    */
static unsigned direct_tables;
static void *out[5];                                    /* of the compiler's own jumps: the library's cost more than all the rest */

/* True: the access has happened in an earlier run. Returns false at most once in a run, for the access that is to happen now. */
static bool again_value (enum kind kind, void const volatile *p, uint64_t value)
{
    struct cpu *const c = &cpu[self];

    if (direct)
        return false;

    if (cursor < c->length) {
        CHECK (c->log[cursor].kind == kind);
        cursor++;
        first = false;
        return true;
    }

    if (kind < ALLOC) {

        if (!go) {
            c->next = (struct access) { kind, first, p, value };
            __builtin_longjmp (out, 1);
        }

        go = false;
        first = false;
    }

    if (c->length == LOG_MAX)
        abort();

    c->log[c->length++].kind = kind;
    cursor++;

    return false;
}

static bool again (enum kind kind, void const volatile *p) { return again_value (kind, p, 0); }

static uint64_t result (uint64_t v, bool ok)
{
    if (!direct) {
        cpu[self].log[cursor - 1].value = v;
        cpu[self].log[cursor - 1].ok    = ok;
    }

    return v;
}

#define BEFORE cpu[self].log[cursor - 1]

void model_flush (void)
{
    if (direct)
        return;

    uint64_t const begin = again (FLUSH, NULL) ? BEFORE.value : result (now, true);

    if (again (FLUSHED, NULL))
        return;

    result (0, true);

    tlbs_drop (begin);
}

uint64_t model_wait (void const volatile *p, uint64_t v)
{
    return again_value (WAIT, p, v) ? BEFORE.value : result (*word (p), true);
}

uint64_t model_load (void const volatile *p) { return again (LOAD, p) ? BEFORE.value : result (*word (p), true); }

uint64_t model_swap (void const volatile *p, uint64_t v)
{
    if (model_fault == SWAP_IN_TWO && !direct) {              /* a load, and then a store                                 */

        uint64_t const old = model_load (p);

        if (!again (STORE, p)) {
            tlbs_change (p, *word (p), v, now, direct);
            result (*word (p), true);
            *word (p) = v;
        }

        return old;
    }

    if (again (SWAP, p)) {
        model_changed |= BEFORE.value != v;
        return BEFORE.value;
    }

    uint64_t *const w = word (p), old = *w;

    model_changed |= old != v;

    tlbs_change (p, old, v, now, direct);
    *w = v;

    return result (old, true);
}

bool model_cas (void const volatile *p, uint64_t *expected, uint64_t v)
{
    bool ok;

    if (again (CAS, p)) {
        ok = BEFORE.ok;
        model_changed |= ok;
        if (!ok)
            *expected = BEFORE.value;
        return ok;
    }

    uint64_t *const w = word (p);

    ok = *w == *expected || model_fault == CAS_ALWAYS;
    model_changed |= ok;
    result (*w, ok);
    if (ok) {
        tlbs_change (p, *w, v, now, direct);
        *w = v;
    }
    else
        *expected = *w;

    return ok;
}

void model_init (void const volatile *p, uint64_t v)
{
    if (direct || cursor == cpu[self].length) {         /* else a later access has perhaps shown the table to others */

        *word (p) = v;
        tlbs_init (p, v, now);                          /* nobody's, until then                                     */
    }
}

void *buddy_alloc (unsigned order, enum buddy_fill fill)
{
    CHECK (order == 0 && (fill == BUDDY_ZERO || fill == BUDDY_DIRTY));

    if (again (ALLOC, NULL))
        return BEFORE.ok ? table_at ((unsigned)BEFORE.value) : NULL;

    unsigned t = (direct ? MODEL_SETUP : self) * MODEL_ARENA, n = 0;

    if (direct)
        n = direct_tables++;
    else {

        for (unsigned i = 0; i < cursor - 1; i++)
            n += cpu[self].log[i].kind == ALLOC;

        if (n + 1 == model_cpu[self].fail) {
            result (0, false);
            return NULL;
        }
    }

    if (n == MODEL_ARENA)
        abort();

    most[t / MODEL_ARENA] = MAX (most[t / MODEL_ARENA], n + 1);
    t += n;                                             /* each allocation has a table of its own: going back needs no more */
    model_is_used[t] = true;
    tlbs_new (t);
    cell[t][0] = cell[t][1] = fill == BUDDY_ZERO ? 0 : DIRT;
    result (t, true);

    return table_at (t);
}

void buddy_free (void *p)
{
    unsigned const t = table_of (p);

    if (again (FREE, NULL))
        return;

    result (t, true);
    CHECK (t < MODEL_TABLES && model_is_used[t]);
    model_is_used[t] = false;
}

bool model_dead (pte_slot_t *table, unsigned level)
{
    if (again (DEAD, NULL) || model_fault == DEAD_FORGOTTEN)
        return false;

    result (0, true);

    if (!direct) {
        model_deads[model_dead_count++] = (struct model_dead) { table, level };
        if (model_fault == FREED_AT_ONCE)
            model_is_used[table_of (table)] = false;
    }

    return true;
}

bool model_used (pte_slot_t *table) { return table_of (table) < MODEL_TABLES && model_is_used[table_of (table)]; }

void model_unuse (pte_slot_t *table) { model_is_used[table_of (table)] = false; }

unsigned model_used_count (void)
{
    unsigned n = 0;

    for (unsigned t = model_next_used (0); t < MODEL_TABLES; t = model_next_used (t + 1))
        n++;

    return n;
}

/* One run of a CPU, up to the access after the one that may happen ------------------------------------------------------------*/

/* allowed: one access happens. Always ends before the next one, or behind the last one. */
static NOINLINE void run (unsigned n, bool allowed)
{
    self   = n;
    go     = allowed;
    cursor = 0;
    first  = true;
    model_changed = false;

    if (!__builtin_setjmp (out)) {

        model_program (n);

        bool flushed = model_cpu[n].lax;                /* that has dropped all that its end is responsible for    */

        for (unsigned i = 0; i < cursor; i++)
            flushed |= cpu[n].log[i].kind == FLUSHED;

        if (!again_value (END, NULL, !flushed)) {
            model_cpu[n].end = now;
            cpu[n].done = true;
            model_ended (n);
        }
    }
}

/* All orders --------------------------------------------------------------------------------------------------------------*/

static bool independent (struct access a, struct access b)
{
    if ((a.kind == END && a.value && b.kind == FLUSHED) || (b.kind == END && b.value && a.kind == FLUSHED))
        return false;

    if ((a.kind == END && (b.kind == END || !b.first)) || (b.kind == END && !a.first))
        return true;

    if (a.kind == END || b.kind == END)
        return false;

    bool const reads_a = a.kind == LOAD || a.kind == WAIT, reads_b = b.kind == LOAD || b.kind == WAIT;
    bool const flush_a = a.kind == FLUSH || a.kind == FLUSHED, flush_b = b.kind == FLUSH || b.kind == FLUSHED;

    if (flush_a || flush_b)
        return (flush_a || reads_a) && (flush_b || reads_b);

    return a.p != b.p || (reads_a && reads_b);
}

static struct { unsigned cpu; struct access access; } path[MODEL_CPUS * LOG_MAX];   /* the order that is tried        */

static void all_done (void)
{
    bool saved[MODEL_TABLES];

    model_orders++;
    direct = true;
    memcpy (saved, model_is_used, sizeof model_is_used);

    if (model_fault == FREED_AT_ONCE)
        for (unsigned i = 0; i < model_dead_count; i++)
            model_is_used[table_of (model_deads[i].table)] = true;

    model_done();

    memcpy (model_is_used, saved, sizeof model_is_used);
    direct = false;
}

static void explore (unsigned asleep)
{
    bool finished = true, stuck = true;

    for (unsigned n = 0; n < cpus && !model_violation; n++) {

        struct cpu *const c = &cpu[n];

        if (c->done)
            continue;

        finished = false;

        if (c->next.kind == WAIT && *word (c->next.p) == c->next.value)
            continue;

        stuck = false;

        if (asleep & BIT (n))
            continue;

        struct access const a = c->next;
        unsigned const length = c->length, before = model_dead_count, undone = tlbs_mark();
        uint64_t *const w = !a.p ? NULL : word (a.p), old = w ? *w : 0;
        unsigned still = 0;

        for (unsigned m = 0; m < cpus; m++)
            if (asleep >> m & 1 && independent (a, cpu[m].next))
                still |= BIT (m);

        model_steps++;
        path[now].cpu    = n;
        path[now].access = a;
        now++;
        if (a.first)
            model_cpu[n].begin = now;
        run (n, true);
        explore (still);
        if (model_violation)
            return;
        now--;

        for (; c->length > length; c->length--) {       /* back                                                     */

            unsigned const t = (unsigned)c->log[c->length - 1].value;

            if (c->log[c->length - 1].kind == ALLOC && c->log[c->length - 1].ok)
                model_is_used[t] = false;
            if (c->log[c->length - 1].kind == FREE)
                model_is_used[t] = true;
        }

        if (model_fault == FREED_AT_ONCE)
            for (unsigned i = before; i < model_dead_count; i++)
                model_is_used[table_of (model_deads[i].table)] = true;

        tlbs_back (undone);

        model_dead_count = before;
        if (w)
            *w = old;
        c->next = a;
        c->done = false;
        asleep |= BIT (n);
    }

    if (finished && !model_violation)
        all_done();
    else if (stuck && !model_violation)
        model_wrong ("all wait for each other");
}

void model_start (void)
{
    memset (model_is_used, 0, sizeof model_is_used);
    memset (most, 0, sizeof most);
    now    = 0;
    direct = true;
    direct_tables = model_dead_count = 0;
    tlbs_back (0);
}

void model_explore (unsigned n)
{
    direct = false;
    cpus = n;
    now  = 0;

    for (unsigned i = 0; i < n; i++) {
        cpu[i].length = 0;
        cpu[i].done   = false;
        run (i, false);
    }

    explore (0);
}

void model_tell (void)
{
    static char const *const name[] = { [LOAD] = "load", [SWAP] = "exchange", [STORE] = "store", [CAS] = "compare and exchange",
                                        [WAIT] = "wait for a change of", [FLUSH] = "flush begins", [FLUSHED] = "flush is over",
                                        [END] = "end" };

    for (unsigned i = 0; i < now; i++)
        fprintf (stderr, "  CPU %u: %s %p\n", path[i].cpu, name[path[i].access.kind], (void *)(uintptr_t)path[i].access.p);
}

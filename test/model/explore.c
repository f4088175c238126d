/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exploration. A CPU is a function that is left by a jump at each access and is run again from its beginning for the next
 * one, with the results of the earlier accesses. So its whole state is that list of results, and going back one step is cheap.
 * Two orders that differ only in neighbouring accesses that do not touch each other are one (sleep sets: Godefroid,
 * Partial-Order Methods for the Verification of Concurrent Systems, 5). The end of what a CPU does touches the beginning of
 * what others do, since it is known outside that one came before the other.
 *
 * A flush of the TLBs is two steps, which are related to all that changes an entry. A CPU that waits has no next step until the
 * word has changed.
 */
#include <explore.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <buddy.h>
#include <kmem.h>

enum { SETUP = MODEL_CPUS, ARENA = MODEL_TABLES / (MODEL_CPUS + 1), LOG_MAX = 512 };

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

#define SEEN_MAX 8

/* What TLBs may hold of an entry: values, and when they were replaced */
struct seen { unsigned n; struct { uint64_t value; unsigned gone; } v[SEEN_MAX]; };

#define STAYS (~0U)

static struct seen seen[MODEL_TABLES][PTAB_ENTRIES];
static struct { struct seen *at, before; } undo[4096];  /* what steps on the path have changed in there            */
static unsigned undos;

bool model_tlb;

#define DIRT UINT64_C (0x5a5a5a5a5a5a5a5b)              /* in memory that nobody has cleared                       */
#define BASE ((uintptr_t)0x10000000)                    /* of the tables' addresses: nothing is mapped there        */

static uint64_t cell[MODEL_TABLES][PTAB_ENTRIES];
static bool used[MODEL_TABLES];

uint64_t kmem_offset = BASE - 0x1000;                   /* no table has the physical address 0                      */

static unsigned table_of (void const volatile *p) { return (unsigned)(((uintptr_t)p - BASE) >> PAGE_BITS); }

static pte_slot_t *table_at (unsigned n) { return (pte_slot_t *)(BASE + ((uintptr_t)n << PAGE_BITS)); }

static uint64_t *word (void const volatile *p)
{
    static uint64_t nowhere;
    unsigned const t = table_of (p);

    if (t >= MODEL_TABLES || !used[t]) {
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

static void remember (struct seen *s)
{
    if (undos == ARRAY_SIZE (undo))
        abort();

    undo[undos].at     = s;
    undo[undos].before = *s;
    undos++;
}

/* The entry at p changes from old to v */
static void changes (void const volatile *p, uint64_t old, uint64_t v)
{
    unsigned const t = table_of (p);

    if (!model_tlb || t >= MODEL_TABLES || old == v)
        return;

    struct seen *const s = &seen[t][((uintptr_t)p & PAGE_MASK) / sizeof (uint64_t)];
    unsigned i = 0;

    if (direct)                                         /* one CPU, and it flushes                                  */
        s->n = 0;
    else
        remember (s);

    for (i = 0; i < s->n; i++)
        if (s->v[i].gone == STAYS)
            s->v[i].gone = now;

    if (!model_valid (v))
        return;

    for (i = 0; i < s->n && s->v[i].value != v; i++)
        if (model_conflict (s->v[i].value, v))
            model_wrong ("made before it was broken, or before a flush");

    if (i == SEEN_MAX)
        abort();

    s->v[i].value = v;
    s->v[i].gone  = STAYS;
    s->n = MAX (s->n, i + 1);
}

void model_flush (void)
{
    if (direct)
        return;

    uint64_t const begin = again (FLUSH, NULL) ? BEFORE.value : result (now, true);

    if (again (FLUSHED, NULL))
        return;

    result (0, true);

    for (unsigned t = 0; t < MODEL_TABLES; t++)
        for (unsigned i = 0; used[t] && i < PTAB_ENTRIES; i++) {

            struct seen *const s = &seen[t][i];
            unsigned left = 0;

            for (unsigned j = 0; j < s->n; j++)
                left += s->v[j].gone > begin;

            if (left == s->n)
                continue;

            remember (s);
            left = 0;
            for (unsigned j = 0; j < s->n; j++)
                if (s->v[j].gone > begin)
                    s->v[left++] = s->v[j];
            s->n = left;
        }
}

bool model_stale (void)
{
    for (unsigned t = 0; t < MODEL_TABLES; t++)
        for (unsigned i = 0; used[t] && i < PTAB_ENTRIES; i++)
            for (unsigned j = 0; j < seen[t][i].n; j++)
                if (seen[t][i].v[j].gone != STAYS)
                    return true;

    return false;
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
            changes (p, *word (p), v);
            result (*word (p), true);
            *word (p) = v;
        }

        return old;
    }

    if (again (SWAP, p))
        return BEFORE.value;

    uint64_t *const w = word (p), old = *w;

    changes (p, old, v);
    *w = v;

    return result (old, true);
}

bool model_cas (void const volatile *p, uint64_t *expected, uint64_t v)
{
    bool ok;

    if (again (CAS, p)) {
        ok = BEFORE.ok;
        if (!ok)
            *expected = BEFORE.value;
        return ok;
    }

    uint64_t *const w = word (p);

    ok = *w == *expected || model_fault == CAS_ALWAYS;
    result (*w, ok);
    if (ok) {
        changes (p, *w, v);
        *w = v;
    }
    else
        *expected = *w;

    return ok;
}

void model_init (void const volatile *p, uint64_t v)
{
    if (direct || cursor == cpu[self].length) {         /* else a later access has perhaps shown the table to others */

        struct seen *const s = &seen[table_of (p)][((uintptr_t)p & PAGE_MASK) / sizeof (uint64_t)];

        *word (p) = v;
        if (model_tlb && model_valid (v)) {             /* nobody's, until then                                     */
            s->n = 1;
            s->v[0].value = v;
            s->v[0].gone  = STAYS;
        }
    }
}

void *buddy_alloc (unsigned order, enum buddy_fill fill)
{
    CHECK (order == 0 && (fill == BUDDY_ZERO || fill == BUDDY_DIRTY));

    if (again (ALLOC, NULL))
        return BEFORE.ok ? table_at ((unsigned)BEFORE.value) : NULL;

    unsigned t = (direct ? SETUP : self) * ARENA, n = 0;

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

    if (n == ARENA)
        abort();

    t += n;                                             /* each allocation has a table of its own: going back needs no more */
    used[t] = true;
    seen[t][0].n = seen[t][1].n = 0;
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
    CHECK (t < MODEL_TABLES && used[t]);
    used[t] = false;
}

bool model_dead (pte_slot_t *table, unsigned level)
{
    if (again (DEAD, NULL) || model_fault == DEAD_FORGOTTEN)
        return false;

    result (0, true);

    if (!direct) {
        model_deads[model_dead_count++] = (struct model_dead) { table, level };
        if (model_fault == FREED_AT_ONCE)
            used[table_of (table)] = false;
    }

    return true;
}

bool model_used (pte_slot_t *table) { return table_of (table) < MODEL_TABLES && used[table_of (table)]; }

void model_unuse (pte_slot_t *table) { used[table_of (table)] = false; }

unsigned model_used_count (void)
{
    unsigned n = 0;

    for (unsigned t = 0; t < MODEL_TABLES; t++)
        n += used[t];

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

    if (!__builtin_setjmp (out)) {

        model_program (n);

        if (!again (END, NULL)) {
            model_cpu[n].end = now;
            cpu[n].done = true;
        }
    }
}

/* All orders --------------------------------------------------------------------------------------------------------------*/

static bool independent (struct access a, struct access b)
{
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
    memcpy (saved, used, sizeof used);

    if (model_fault == FREED_AT_ONCE)
        for (unsigned i = 0; i < model_dead_count; i++)
            used[table_of (model_deads[i].table)] = true;

    model_done();

    memcpy (used, saved, sizeof used);
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
        unsigned const length = c->length, before = model_dead_count, undone = undos;
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
                used[t] = false;
            if (c->log[c->length - 1].kind == FREE)
                used[t] = true;
        }

        if (model_fault == FREED_AT_ONCE)
            for (unsigned i = before; i < model_dead_count; i++)
                used[table_of (model_deads[i].table)] = true;

        while (undos > undone) {
            undos--;
            *undo[undos].at = undo[undos].before;
        }

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
    memset (used, 0, sizeof used);
    direct = true;
    direct_tables = model_dead_count = undos = 0;
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

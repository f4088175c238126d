/* SPDX-License-Identifier: GPL-2.0-only */
/* What TLBs may hold while the exploration goes on: for each entry, what it was since the last flush that counts. */
#include <tlbs.h>

#include <stdlib.h>

#define SEEN_MAX 16

/* What TLBs may hold of an entry: values, since when they have been there, and when they were replaced */
struct seen { unsigned n; struct { uint64_t value; unsigned made, gone; } v[SEEN_MAX]; };

#define STAYS (~0U)

static struct seen seen[MODEL_TABLES][PTAB_ENTRIES];
static struct { struct seen *at, before; } undo[4096];  /* what steps on the path have changed in there            */
static unsigned undos;
static void const volatile *above[MODEL_TABLES];        /* the entry that refers, or referred, to the table         */

bool model_tlb;

static struct seen *seen_of (void const volatile *p) { return &seen[table_of (p)][((uintptr_t)p & PAGE_MASK) / sizeof (uint64_t)]; }

void tlbs_new (unsigned t) { seen[t][0].n = seen[t][1].n = 0; }

static void remember (struct seen *s)
{
    if (undos == ARRAY_SIZE (undo))
        abort();

    undo[undos].at     = s;
    undo[undos].before = *s;
    undos++;
}

/* The entry at p changes from old to v */
void tlbs_change (void const volatile *p, uint64_t old, uint64_t v, unsigned now, bool direct)
{
    unsigned const t = table_of (p);

    if (!model_tlb || t >= MODEL_TABLES || old == v)
        return;

    struct seen *const s = seen_of (p);
    unsigned made = now;

    if (direct)                                         /* one CPU, and it flushes                                  */
        s->n = 0;
    else
        remember (s);

    for (unsigned i = 0; i < s->n; i++)
        if (s->v[i].gone == STAYS) {
            s->v[i].gone = now;
            made = s->v[i].made;
        }

    if (!model_valid (v))
        return;

    for (unsigned i = 0; i < s->n; i++)
        if (model_conflict (s->v[i].value, v))
            model_wrong ("made before it was broken, or before a flush");

    if (s->n == SEEN_MAX)
        abort();

    s->v[s->n].value = v;
    s->v[s->n].made  = now;
    s->v[s->n].gone  = STAYS;
    s->n++;

    unsigned const below = table_of (model_table (v));

    if (below < MODEL_TABLES) {                         /* what it maps was mapped here before                      */

        above[below] = p;

        for (unsigned i = 0; i < PTAB_ENTRIES; i++)
            for (unsigned j = 0; j < seen[below][i].n; j++)
                seen[below][i].v[j].made = made;
    }
}

void tlbs_init (void const volatile *p, uint64_t v, unsigned now)
{
    struct seen *const s = seen_of (p);

    if (!model_tlb || !model_valid (v))
        return;

    s->n = 1;
    s->v[0].value = v;
    s->v[0].made  = now;
    s->v[0].gone  = STAYS;
}

void tlbs_drop (unsigned begin)
{
    for (unsigned t = model_next_used (0); t < MODEL_TABLES; t = model_next_used (t + 1))
        for (unsigned i = 0; i < PTAB_ENTRIES; i++) {

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

unsigned tlbs_mark (void) { return undos; }

void tlbs_back (unsigned mark)
{
    while (undos > mark) {
        undos--;
        *undo[undos].at = undo[undos].before;
    }
}

/* When a way to table t has gone that a TLB may still know. 0: no TLB knows one */
static unsigned way_gone (unsigned t)
{
    if (t == MODEL_ROOT)                             /* the root is the first one                                */
        return STAYS;

    void const volatile *const p = above[t];

    if (!p)
        return 0;

    struct seen const *const s = seen_of (p);

    for (unsigned i = 0; i < s->n; i++)
        if (model_table (s->v[i].value) == table_at (t))
            return MIN (s->v[i].gone, way_gone (table_of (p)));

    return 0;
}

void model_each_gone (unsigned n, void (*gone) (uint64_t e, unsigned depth, unsigned way))
{
    for (unsigned t = model_next_used (0); t < MODEL_TABLES; t = model_next_used (t + 1)) {

        unsigned const when = way_gone (t);

        for (unsigned i = 0; when && i < PTAB_ENTRIES; i++)
            for (unsigned j = 0; j < seen[t][i].n; j++) {

                unsigned depth = 0, way = i;

                if (MIN (when, seen[t][i].v[j].gone) == STAYS || seen[t][i].v[j].made >= model_cpu[n].begin ||
                    model_table (seen[t][i].v[j].value))
                    continue;

                for (unsigned u = t; u != MODEL_ROOT; u = table_of (above[u]))
                    way = way << PTAB_BPL | (unsigned)(((uintptr_t)above[u] & PAGE_MASK) / sizeof (uint64_t)), depth++;

                gone (seen[t][i].v[j].value, depth, way);
            }
    }
}

bool model_stale (void)
{
    for (unsigned t = model_next_used (0); t < MODEL_TABLES; t = model_next_used (t + 1))
        for (unsigned i = 0; i < PTAB_ENTRIES; i++)
            for (unsigned j = 0; j < seen[t][i].n; j++)
                if (seen[t][i].v[j].gone != STAYS)
                    return true;

    return false;
}

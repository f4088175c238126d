/* SPDX-License-Identifier: GPL-2.0-only */
/* User space can write the record at any time: whether there are counters, and which, is known without it. */
#include <pmu.h>

#include <base/atomic.h>
#include <base/macros.h>
#include <cmdline.h>
#include <console/console.h>
#include <cpu_local.h>
#include <record.h>
#include <string.h>

#define WORD(name, word)        word,
#define ROOM(name, word)        sizeof (", " word) +

static char const *const event_word[] = { PMU_EVENTS (WORD) };

static struct record_pmu *record;                       /* null: user mode reads no counters; fixed by pmu_init()   */

/* The events that are counted, in the order in which they were asked for */
struct choice {
    struct pmu_counter counter[PMU_EVENT_COUNT];
    unsigned count;
    uint32_t asked;                                     /* set of events                                            */
};

/* Not a word of an event that this CPU does not count, if it was not asked for by name */
static void take (struct choice *c, unsigned event, bool named)
{
    if (c->asked & BIT (event))
        return;

    c->asked |= BIT (event);

    struct pmu_counter *const p = &c->counter[c->count];
    enum pmu_taken const taken = pmu_arch_take ((enum pmu_event)event, p);

    if (taken == PMU_NOT_COUNTED && named)
        print ("PMU: no %s: it is not known how this CPU counts them", event_word[event]);

    if (taken == PMU_NONE_LEFT)
        print ("PMU: no %s: all counters are taken", event_word[event]);

    if (taken != PMU_TAKEN)
        return;

    p->event    = event;
    p->reserved = 0;
    c->count++;
}

static void take_word (struct choice *c, char const *word, size_t n)
{
    bool const all = n == 3 && !memcmp (word, "all", n);
    bool known = all;

    for (unsigned i = 0; i < PMU_EVENT_COUNT; i++)
        if (all || (n == strnlen (event_word[i], LINE_MAX) && !memcmp (word, event_word[i], n))) {
            take (c, i, !all);
            known = true;
        }

    if (!known)
        print ("PMU: \"%.*s\" is ignored, it is no event", (int)n, word);
}

static void announce (struct choice const *c)
{
    char list[PMU_EVENTS (ROOM) 1];
    size_t n = 0;

    for (unsigned i = 0; i < c->count; i++) {

        char const *const word = event_word[c->counter[i].event];
        size_t const length = strnlen (word, LINE_MAX);

        if (i) {
            memcpy (list + n, ", ", 2);
            n += 2;
        }

        memcpy (list + n, word, length);
        n += length;
    }

    print ("PMU: user mode may read %.*s", (int)n, list);
}

void pmu_init (void)
{
    struct choice c = { .count = 0 };
    char const *value;
    size_t length;

    if (!cmdline_value ("pmu", &value, &length))
        return;

    if (!pmu_arch_init()) {
        print ("PMU: pmu=%.*s is ignored, this CPU has no performance counters", (int)length, value);
        return;
    }

    for (size_t i = 0, n; i <= length; i += n + 1) {

        for (n = 0; i + n < length && value[i + n] != ','; )
            n++;

        take_word (&c, value + i, n);
    }

    struct record_pmu *const r = c.count ? record_add (RECORD_PMU, sizeof *r + c.count * sizeof *r->counter) : NULL;

    if (!r) {
        print ("PMU: user mode reads no counters");
        return;
    }

    memcpy (r->counter, c.counter, c.count * sizeof *r->counter);
    r->count = c.count;
    record   = r;

    announce (&c);
}

void pmu_cpu_init (void)
{
    if (!record)
        return;

    if (pmu_arch_enable())
        atomic_or (&record->cpus, BIT64 (cpu_local.id));
    else
        print ("PMU: user mode reads no counters here: they are not those of the boot CPU, or do not work");
}

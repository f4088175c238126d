/* SPDX-License-Identifier: GPL-2.0-only */
#include <counter.h>

#include <base/atomic.h>
#include <record.h>

#define WORD(name, word)        word,

static char const * const event_word[] = { PMU_EVENTS (WORD) };

static struct counter counter[COUNTERS_MAX];
static unsigned count;

uint64_t counter_selector;

void counter_init (unsigned cpu)
{
    struct record_pmu const *const r = record_find (RECORD_PMU);

    if (!r || r->head.length < sizeof (*r) || cpu >= 64 || !(rlx_load (&r->cpus) >> cpu & 1))
        return;

    uint32_t const room = (r->head.length - sizeof (*r)) / sizeof (r->counter[0]);

    for (uint32_t i = 0; i < r->count && i < room; i++) {

        struct pmu_counter const *const p = &r->counter[i];

        if (p->event >= PMU_EVENT_COUNT || !p->width || count == COUNTERS_MAX)
            continue;

        counter[count++] = (struct counter) {
            .name     = event_word[p->event],
            .event    = (enum pmu_event) p->event,
            .selector = p->selector,
            .way      = counter_way (p->selector),
            .mask     = p->width < 64 ? (UINT64_C (1) << p->width) - 1 : ~UINT64_C (0),
        };
    }
}

unsigned counter_count (void) { return count; }
struct counter const *counter_get (unsigned i) { return &counter[i]; }
void counter_select (struct counter const *c) { counter_selector = c->selector; }
int64_t counter_passed (struct counter const *c, uint64_t difference) { return (int64_t) (difference & c->mask); }

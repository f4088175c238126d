/* SPDX-License-Identifier: GPL-2.0-only */
#include <orders.h>
#include <host.h>

#include <sanitizer/asan_interface.h>

enum { STACK = 0x10000, DEPTH = 2000, SEEN = 1 << 22, LONGEST = 100000 };

char const *wrong;

static char stack[ORDERS_CPUS][STACK] __attribute__ ((aligned (16)));
static void *outside, *inside[ORDERS_CPUS];            /* stack pointers of those that do not run                      */

static uint64_t seen[SEEN];
static unsigned states;
static struct { uint8_t choice, of; } path[DEPTH];

/* Goes on where the other stack left off; the registers that a function preserves are on the stacks. Much faster than ucontext.h */
void stack_switch (void **from, void *to);

__asm__ (".text; .globl stack_switch; stack_switch: push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15;"
         "mov %rsp, (%rdi); mov %rsi, %rsp; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp; ret");

void coroutine_make (unsigned cpu, void (*body) (void))
{
    ASAN_UNPOISON_MEMORY_REGION (stack[cpu], STACK);

    uintptr_t *const top = (uintptr_t *)((uintptr_t)stack[cpu] + STACK) - 8;

    top[0]      = (uintptr_t)body;                      /* where it returns to, below it what it pops                   */
    inside[cpu] = top - 6;
}

void coroutine_enter (unsigned cpu) { stack_switch (&outside, inside[cpu]); }
void coroutine_leave (unsigned cpu) { stack_switch (&inside[cpu], outside); }

uint64_t orders_history (uint64_t history, uint64_t value)
{
    history = (history ^ value) * UINT64_C (0x9e3779b97f4a7c15) + 1;

    return history ^ history >> 29;
}

uint64_t orders_digest (uint64_t digest, void const *data, size_t size)
{
    uint64_t w;

    for (size_t i = 0; i + 8 <= size; i += 8) {
        memcpy (&w, (char const *)data + i, 8);
        digest = (digest ^ w) * UINT64_C (0x9fb21c651e98df25);
        digest ^= digest >> 32;
    }

    return digest;
}

/* True if this state is new */
static bool arrive (uint64_t digest)
{
    digest += !digest;

    for (uint64_t i = digest;; i++) {

        uint64_t *const slot = &seen[i % SEEN];

        if (*slot == digest)
            return false;

        if (!*slot) {
            *slot = digest;
            assert_true (++states < SEEN / 4 * 3);
            return true;
        }
    }
}

/* The steps that are possible; 0 at the end, and when something is wrong */
static unsigned choices (struct machine const *m, uint8_t *list)
{
    unsigned const n = m->choices (list);

    if (!n && !m->finished())
        wrong = "CPUs wait for each other";

    return wrong ? 0 : n;
}

/* One order: the choices of path, so many, then always the first one, until the end or a state that was seen. Returns the new length. */
static unsigned follow (struct machine const *m, unsigned length)
{
    uint8_t list[ORDERS_CHOICES];
    unsigned n;

    for (unsigned d = 0; (n = choices (m, list)); d++) {

        assert_true (d < DEPTH);

        if (d >= length) {
            if (!arrive (m->state()))
                break;
            path[d].choice = 0;
            path[d].of = (uint8_t)n;
            length = d + 1;
        }

        m->act (list[path[d].choice]);
    }

    return length;
}

char const *orders_all (struct machine const *m, void const *scenario, char const *name)
{
    unsigned length = 0, runs = 0;

    memset (seen, 0, sizeof seen);
    states = 0;

    do {
        wrong = NULL;
        m->reset (scenario);
        length = follow (m, length);
        runs++;

        if (wrong)
            return wrong;

        while (length && path[length - 1].choice + 1 == path[length - 1].of)
            length--;

        if (length)
            path[length - 1].choice++;

    } while (length);

    fprintf (stderr, "           %s: %u states, %u runs\n", name, states, runs);

    return NULL;
}

char const *orders_random (struct machine const *m, void const *scenario, unsigned runs, uint64_t seed)
{
    uint8_t list[ORDERS_CHOICES];
    unsigned n;

    while (runs--) {

        uint64_t const slow = host_random (&seed);

        wrong = NULL;
        m->reset (scenario);

        for (unsigned d = 0; (n = choices (m, list)); d++) {

            unsigned c = list[host_random (&seed) % n];

            if (slow >> c & 1 && host_random (&seed) % 8)
                c = list[host_random (&seed) % n];

            m->act (c);
            assert_true (d < LONGEST);
        }

        if (wrong)
            return wrong;
    }

    return NULL;
}

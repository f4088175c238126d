/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conformance tests. A test is a function that runs in a global EC of its own (the worker) on the boot CPU and makes checks;
 * the driver, which has the highest priority, ends a test that hangs or dies. Names: THEME.TEST: TEXT OF THE CHECK.
 */
#pragma once

#include <hypercall.h>
#include <portal.h>
#include <root.h>
#include <stc.h>
#include <stdbool.h>
#include <thread.h>

struct test {
    char const *    name;
    void         (* fn) (void);
};

struct test_table {
    char const *            theme;
    struct test const *     test;
    size_t                  count;
    unsigned                seconds;                    /* that each of them may take; 0: ten of them           */
};

/* The alignment keeps the compiler from choosing a larger one, which would leave holes in the table of tables */
#define TESTS(theme, array)                                                                                                 \
    static struct test_table const test_table_of_##array __attribute__ ((used, section ("registry.test"), aligned (8))) =   \
        { theme, array, sizeof (array) / sizeof ((array)[0]), 0 }

#define TESTS_OF_SECONDS(theme, array, seconds)                                                                             \
    static struct test_table const test_table_of_##array __attribute__ ((used, section ("registry.test"), aligned (8))) =   \
        { theme, array, sizeof (array) / sizeof ((array)[0]), seconds }

/* Priorities, relative to which tests choose theirs */
enum { PRIO_LOW = 30, PRIO_WORKER = 60, PRIO_HIGH = 90, PRIO_HIGHER = 100, BUDGET_MS = 1000 };

extern struct thread *worker;                           /* the EC that runs the current test                    */

/* Each is one numbered result; they return whether it is a good one. Only the worker may call them. */
bool check (bool ok, char const *text);
bool check_eq (uint64_t got, uint64_t want, char const *text);
bool check_ge (uint64_t got, uint64_t least, char const *text);
bool check_status (enum status got, enum status want, char const *text);

/* What a check needs first: unless ok, the result is "not ok" and the test ends */
void need (bool ok, char const *text);
#define NEED(call)      need_status (call, #call)
void need_status (enum status, char const *text);

/* Results of the driver */
void result (bool ok, char const *theme, char const *test, char const *text, char const *why);

/* Known deviations of NOVA 24.08; all false or NULL unless it is the kernel */
bool nova (void);
char const *nova_deviation (char const *theme, char const *test, char const *text);     /* why a check fails            */
char const *nova_skip (char const *theme, char const *test);                            /* why a test must not run      */

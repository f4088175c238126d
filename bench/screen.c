/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Three rows of what ran where, one of progress, and the results in columns. During the run the last results are there; at the end as many
 * as there is room for: first those that failed, then in the order of the list `important`, then the others as they came.
 */
#include <bench.h>
#include <buffer.h>
#include <display.h>
#include <format.h>
#include <glob.h>
#include <kernel_log.h>
#include <line.h>
#include <meta.h>
#include <root.h>
#include <screen.h>
#include <string.h>

enum { RESULTS_MAX = 512, NAME = 24, FIGURE = 8, ENTRY = NAME + 2 * FIGURE + 2, HEAD = 6, FOOT = 2, TEXT = 256 };

struct result {
    char    name[NAME + 1];
    int64_t median, max;
    enum { MEASURED, SKIPPED, FAILED } state;
};

/* What one would look at first. A name is listed where its first pattern is. */
static char const * const important[] =
{
    "control.nop100", "control.loop1000", "null", "ipc.same.w1", "ipc.cross.w1", "ipc.same.w64", "ipc.cross.w64", "ipc.same.w512",
    "ipc.cross.w512", "ipc.*.cold", "sem.up", "sem.down", "sem.pingpong.*", "exc.*", "boot.*", "map.*", "delegate.*", "create.*",
};

enum { IMPORTANT = sizeof (important) / sizeof (important[0]) };

static struct display const *display;
static struct result result[RESULTS_MAX];
static unsigned results, benches, number, failed, skipped;

__attribute__ ((format (printf, 3, 4)))
static void row (unsigned r, enum display_style style, char const *fmt, ...)
{
    char text[TEXT];
    va_list args;

    va_start (args, fmt);
    format_v (text, sizeof (text), fmt, args);
    va_end (args);
    display_text (0, r, display->columns, style, text);
}

static void head (void)
{
    char a[TEXT], b[TEXT];

    row (0, DISPLAY_TITLE, " Kilonova benchmark suite   %s   %s", root_option ("image.release", a, sizeof (a)) ? a : "",
         root_option ("image.configuration", b, sizeof (b)) ? b : "");
    row (1, DISPLAY_BRIGHT, "%s", kernel_log ("Kilonova ", a, sizeof (a)) ? a : "Kernel: it has not said which one it is");
    row (2, DISPLAY_PLAIN, "%s%s%s", meta_cpu(), kernel_log ("CFP: ", b, sizeof (b)) ? "; " : "", b);

    char const *const some = root_option ("bench", a, sizeof (a));

    row (3, DISPLAY_PLAIN, "%u CPU%s, %lu ticks are a second, %s%s", root.hip->cpu_num, root.hip->cpu_num == 1 ? "" : "s",
         root.hip->stc_freq, some ? "bench=" : "all benchmarks", some ? some : "");
}

static void bar (char const *name)
{
    char text[41];
    unsigned const done = benches ? (number ? number - 1 : 0) * (unsigned) (sizeof (text) - 1) / benches : 0;

    for (unsigned i = 0; i + 1 < sizeof (text); i++)
        text[i] = i < done ? '#' : '.';

    text[sizeof (text) - 1] = 0;
    row (4, DISPLAY_BRIGHT, "%s %u/%u %s", text, number, benches, name);
}

/* Where all samples are, for who has no serial line */
static void foot (enum display_style style)
{
    uint64_t phys;
    size_t bytes;

    if (buffer_place (&phys, &bytes))
        row (display->rows - 1, style, " All samples: on the serial line, and in memory at %#lx, %#zx bytes", phys, bytes);
    else
        row (display->rows - 1, style, " All samples: on the serial line (doc/bare-metal.md)");
}

static unsigned columns (void) { return display->columns / ENTRY ? display->columns / ENTRY : 1; }
static unsigned lines (void) { return display->rows - HEAD - FOOT; }

/* Of more digits than there is room for the first ones, with a letter for thousands, millions, ... */
static char const *figure (char *buf, size_t size, int64_t v)
{
    static char const unit[] = " kMGTPE";
    unsigned u = 0;

    for (; (v >= 10000000 || v <= -1000000) && unit[u + 1]; u++)
        v /= 1000;

    if (u)
        format (buf, size, "%ld%c", v, unit[u]);
    else
        format (buf, size, "%ld", v);

    return buf;
}

static void entry (unsigned place, struct result const *r)
{
    char text[ENTRY + 1], median[24], max[24];
    unsigned const column = place / lines() * ENTRY, line = HEAD + place % lines();
    enum display_style style = DISPLAY_PLAIN;

    if (!r)
        text[0] = 0;
    else if (r->state == MEASURED)
        format (text, sizeof (text), "%-24s%8s%8s", r->name, figure (median, sizeof (median), r->median),
                figure (max, sizeof (max), r->max));
    else {
        style = r->state == FAILED ? DISPLAY_BAD : DISPLAY_DIM;
        format (text, sizeof (text), "%-24s%16s", r->name, r->state == FAILED ? "FAILED" : "skipped");
    }

    display_text (column, line, ENTRY - 2, style, text);
}

static unsigned rank (struct result const *r)
{
    if (r->state == FAILED)
        return 0;

    for (unsigned i = 0; i < IMPORTANT; i++)
        if (glob_any (important[i], r->name))
            return r->state == SKIPPED ? IMPORTANT + 2 : i + 1;

    return IMPORTANT + (r->state == SKIPPED ? 2 : 1);
}

void screen_begin (unsigned count)
{
    char const *why = "";
    char word[64];

    benches = count;
    display = display_open (&why);

    if (!display) {
        line ("meta", "screen=none screen_why=%s", line_word (word, sizeof (word), why));
        return;
    }

    line ("meta", "screen=%ux%ux%u screen_rows=%u screen_columns=%u", display->width, display->height, display->bits, display->rows,
          display->columns);
    head();
    foot (DISPLAY_DIM);

    for (unsigned c = 0; c < columns(); c++)
        display_text (c * ENTRY, HEAD - 1, ENTRY - 2, DISPLAY_DIM, "benchmark                 median maximum");
}

void screen_bench (char const *name)
{
    number++;

    if (display)
        bar (name);
}

void screen_result (char const *name, struct bench_run const *run)
{
    struct result r = { .median = run->median, .max = run->max, .state = run->failed ? FAILED : run->skipped ? SKIPPED : MEASURED };

    failed  += run->failed;
    skipped += run->skipped && !run->failed;

    if (!display || results == RESULTS_MAX)
        return;

    string_copy (r.name, name, sizeof (r.name));
    result[results++] = r;

    /* A full screen gives up its first column */
    static unsigned gone;
    unsigned const room = columns() * lines();

    if (results - gone <= room) {
        entry (results - 1 - gone, &result[results - 1]);
        return;
    }

    gone += lines();

    for (unsigned i = 0; i < room; i++)
        entry (i, i + gone < results ? &result[i + gone] : NULL);
}

/* All that fit: by rank, and in the order in which they came where that is the same */
static void summary (void)
{
    unsigned const room = columns() * lines();
    unsigned place = 0;

    for (unsigned wanted = 0; wanted <= IMPORTANT + 2; wanted++)
        for (unsigned i = 0; i < results && place < room; i++)
            if (rank (&result[i]) == wanted)
                entry (place++, &result[i]);

    while (place < room)
        entry (place++, NULL);
}

void screen_end (void)
{
    if (!display)
        return;

    bool const all = results <= columns() * lines();

    row (4, failed ? DISPLAY_BAD : DISPLAY_BRIGHT, "Done: %u benchmarks, %u failed, %u skipped.%s", number, failed, skipped,
         all ? "" : " The most important ones:");

    if (!all)
        summary();

    foot (DISPLAY_TITLE);
}

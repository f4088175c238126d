/* SPDX-License-Identifier: GPL-2.0-only */
/* From the kernel's first C function to the root task's, in stages: what the kernel has noted in a record. One sample in each boot. */
#include <bench.h>
#include <record.h>
#include <root.h>

enum { TOTAL = BOOT_POINTS, START };                    /* beside the points of the kernel                      */

/* The point before this one: their order depends on the architecture */
static uint64_t before (struct record_boot const *b, uint64_t time)
{
    uint64_t last = b->time[BOOT_ENTRY];

    for (unsigned i = 0; i < BOOT_POINTS; i++)
        if (b->time[i] < time && b->time[i] > last)
            last = b->time[i];

    return last;
}

static bool setup (struct bench_run *run)
{
    struct record_boot const *const b = record_boot();

    if (!b)
        return bench_skip (run, "this kernel does not tell when it was where");

    for (unsigned i = 0; i < BOOT_POINTS; i++)
        if (b->time[i] < b->time[BOOT_ENTRY] || b->time[i] > root.started)
            return bench_fail (run, "point %u of the boot, at %lu, is not between %lu and %lu", i, b->time[i], b->time[BOOT_ENTRY],
                               root.started);

    return true;
}

static bool take (struct bench_run *run, int64_t *value)
{
    struct record_boot const *const b = record_boot();
    unsigned const p = run->bench->param;
    uint64_t const end = p < BOOT_POINTS ? b->time[p] : root.started;

    *value = (int64_t) (end - (p == TOTAL ? b->time[BOOT_ENTRY] : before (b, end)));

    return true;
}

#define BOOT(what, text, point) { .name = "boot." what, .group = "boot", .op = text, .kind = KIND_TIME, .iterations = 1, .param = point, \
                                  .setup = setup, .take = take }

static struct bench const boot[] =
{
    BOOT ("firmware", "boot information and tables, UART, devices off, end of firmware", BOOT_FIRMWARE),
    BOOT ("memory", "allocator, page tables, address space of the kernel", BOOT_MEMORY),
    BOOT ("objects", "clocks, interrupts, boot CPU, NOVA spaces", BOOT_OBJECTS),
    BOOT ("cpus", "start of the other CPUs, one after the other", BOOT_CPUS),
    BOOT ("root", "root task: spaces, segments, HIP", BOOT_ROOT),
    BOOT ("start", "from there to the first C function of the root task", START),
    BOOT ("total", "from the first C function of the kernel to that of the root task", TOTAL),
};

BENCHES (boot);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the rings of trace points are, for any number of CPUs, and what the command line turns on. Includes the source to start over. */
#include "../../kernel/trace.c"

#include <host.h>

#include <base/atomic.h>
#include <buddy.h>
#include <cpuset.h>
#include <rcu.h>

#define REGION 0x12000                                  /* as in kernel.ld                                          */

struct cpu_local cpu_local;

void rcu_publish (_Atomic (uint64_t) *p UNUSED) { }

static _Alignas (0x1000) char region[REGION];

static struct record_list *list (void) { return (void *)region; }

/* The record, or null; whatever tests did before */
static struct record_trace *init (char const *words, unsigned cpus)
{
    rings = NULL;
    ring_count = 0;
    ring_entries = 0;
    cpu_local = (struct cpu_local) { 0 };

    host_lines_reset();
    memset (region, 0xa5, sizeof region);
    record_init (region, sizeof region);
    assert_non_null (record_add (RECORD_MEMORY, sizeof (struct record_memory)));
    assert_non_null (record_add (RECORD_FAIL, sizeof (struct record_fail)));

    size_t const before = rlx_load (&list()->length);

    cmdline_set (words);
    trace_init (cpus);

    return rlx_load (&list()->length) == before ? NULL : (void *)(region + before);
}

static void assert_off (void)
{
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        cpu_local.id = cpu;
        trace_cpu_init();
        assert_null (cpu_local.trace.ring);
    }
}

static void off (void **state UNUSED)
{
    assert_null (init ("kernel serial console=keep", 4));
    assert_no_lines();
    assert_off();

    assert_null (init ("kernel trace=", 4));
    assert_lines ("TRACE: nothing is traced: trace= is not trace=ipc");
    assert_off();

    assert_null (init ("trace=ipcs", 4));
    assert_lines ("TRACE: nothing is traced: trace=ipcs is not trace=ipc");

    assert_null (init ("trace=ipc trace=all", 4));
    assert_lines ("TRACE: nothing is traced: trace=all is not trace=ipc");
    assert_off();
}

static void layout (void **state UNUSED)
{
    for (unsigned cpus = 1; cpus <= CPU_MAX; cpus++) {

        struct record_trace *const r = init ("trace=ipc", cpus);

        assert_non_null (r);
        assert_int_equal (r->head.type, RECORD_TRACE);
        assert_int_equal (r->version, TRACE_VERSION);
        assert_int_equal (r->cpus, cpus);
        assert_true (r->entries >= ENTRIES_MIN && !(r->entries & (r->entries - 1)));
        assert_int_equal (r->stride, sizeof (struct trace_ring) + r->entries * sizeof (struct trace_entry));
        assert_true (r->offset >= sizeof *r && !(((uintptr_t)r + r->offset) % TRACE_ALIGN) && !(r->stride % TRACE_ALIGN));
        assert_true (r->offset + (size_t)r->stride * cpus <= r->head.length);
        assert_true ((char *)r + r->head.length <= region + sizeof region);

        uint32_t const entries = r->entries, offset = r->offset, stride = r->stride;

        memset (r, 0xff, sizeof *r);                    /* user space writes there, before the other CPUs start     */

        for (unsigned cpu = 0; cpu < cpus; cpu++) {
            cpu_local = (struct cpu_local) { .id = cpu };
            trace_cpu_init();
            assert_ptr_equal (cpu_local.trace.ring, (char *)r + offset + (size_t)cpu * stride);
            assert_int_equal (cpu_local.trace.mask, entries - 1);
            assert_int_equal (cpu_local.trace.count, 0);
            assert_int_equal (rlx_load (&cpu_local.trace.ring->written), 0);
        }

        cpu_local = (struct cpu_local) { .id = cpus };
        trace_cpu_init();
        assert_null (cpu_local.trace.ring);
    }
}

/* More CPUs, smaller rings, but a few round trips of 14 entries even with all of them */
static void sizes (void **state UNUSED)
{
    assert_int_equal (init ("trace=ipc", 1)->entries, 1024);
    assert_lines ("TRACE: IPC, 1024 entries on each CPU");
    assert_int_equal (init ("trace=ipc", 4)->entries, 1024);
    assert_int_equal (init ("trace=ipc", 5)->entries, 512);
    assert_int_equal (init ("trace=ipc", 64)->entries, 64);
}

static void full (void **state UNUSED)
{
    assert_null (init ("trace=ipc", 200));
    assert_lines ("TRACE: nothing is traced: no room for 200 CPUs");
    assert_off();
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (off),
        cmocka_unit_test (layout),
        cmocka_unit_test (sizes),
        cmocka_unit_test (full),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* User space can write record and rings at any time: the kernel reads nothing back. */
#include <trace.h>

#include <base/macros.h>
#include <cmdline.h>
#include <console/console.h>
#include <cpu_local.h>
#include <record.h>
#include <string.h>

enum { ENTRIES_MAX = 1024, ENTRIES_MIN = 32 };          /* of a ring; a round trip writes 14                        */

static char *rings;                                     /* of the CPUs, one behind the other                        */
static unsigned ring_count;                             /* 0: nothing is traced                                     */
static uint32_t ring_entries;

static size_t ring_size (uint32_t entries) { return sizeof (struct trace_ring) + entries * sizeof (struct trace_entry); }

void trace_init (unsigned cpus)
{
    char const *value;
    size_t length;

    if (!cmdline_value ("trace", &value, &length))
        return;

    if (length != 3 || memcmp (value, "ipc", length)) {
        print ("TRACE: nothing is traced: trace=%.*s is not trace=ipc", (int)length, value);
        return;
    }

    struct record_trace *r = NULL;
    uint32_t entries = ENTRIES_MAX;

    /* As many entries as there is room for. Rings begin at a cache line, since CPUs shall not share one. */
    while (!(r = record_add (RECORD_TRACE, align_up (sizeof *r, TRACE_ALIGN) + TRACE_ALIGN + cpus * ring_size (entries))))
        if ((entries /= 2) < ENTRIES_MIN) {
            print ("TRACE: nothing is traced: no room for %u CPUs", cpus);
            return;
        }

    rings        = (char *)(uintptr_t)align_up ((uintptr_t)(r + 1), TRACE_ALIGN);
    ring_count   = cpus;
    ring_entries = entries;

    r->version = TRACE_VERSION;
    r->cpus    = cpus;
    r->entries = entries;
    r->offset  = (uint32_t)(rings - (char *)r);
    r->stride  = (uint32_t)ring_size (entries);

    print ("TRACE: IPC, %u entries on each CPU", entries);
}

void trace_cpu_init (void)
{
    struct trace_cpu *const t = &cpu_local.trace;

    if (cpu_local.id >= ring_count)
        return;

    t->ring = (struct trace_ring *)(void *)(rings + cpu_local.id * ring_size (ring_entries));
    t->mask = ring_entries - 1;
}

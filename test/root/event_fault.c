/* SPDX-License-Identifier: GPL-2.0-only */
/* Page faults of a host EC, and what the handler is told of them. */
#include <event.h>

#include <fault.h>
#include <mem.h>

static void fault (enum event_access access, uint64_t addr, char const *const text[3])
{
    struct event_fault const *const f = &event_fault[access];
    struct fault seen;

    victim_addr = addr;
    event_prepare (f->fn, event_skip);
    event_add (f->vector, fault_mtd);
    event_go();
    fault_read ((union utcb const *) (uintptr_t) &event_seen.utcb, &seen);
    check_eq (seen.address, addr, text[0]);
    check_eq (seen.error & f->mask, f->error, text[1]);
    check (event_ended, text[2]);
}

#define FAULT(name) (char const *const[]) { name ": address", name ": error", name ": goes on where the reply says" }

static void faults (void)
{
    uint64_t const none = mem_window (1, 0), ro = (uintptr_t) root.hip;

    fault (READ_NOTHING,  none + 0x123, FAULT ("read, nothing mapped"));
    fault (WRITE_NOTHING, none + 0xff8, FAULT ("write, nothing mapped"));
    fault (WRITE_RO, ro, FAULT ("write, read-only"));
    fault (EXEC_NX, ro, FAULT ("execute, not executable"));
    check_eq (utcb_ip (&event_seen.utcb), ro, "execute: instruction pointer is the address");
    fault (EXEC_NOTHING, none, FAULT ("execute, nothing mapped"));
    fault (READ_HIGH, event_high(), FAULT ("read of what is no user memory"));
    fault (READ_HIGH, ~UINT64_C (0xfff), FAULT ("read of the last page"));
}

static struct test const test[] = { { "faults", faults } };

TESTS ("event", test);

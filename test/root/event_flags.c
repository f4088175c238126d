/* SPDX-License-Identifier: GPL-2.0-only */
/* Flags in the reply to an event: those of the user are set, those of the system are not. */
#include <event.h>

static struct event_flags const *row;

static void body (void)
{
    for (unsigned i = 0; i < GPRS; i++)
        victim_regs.gpr[i] = i;

    victim_regs.flags = row->before;
    regs_ud2 (&victim_regs);
}

static uint32_t set_flags (union utcb *u)
{
    *utcb_flags (&u->arch) = row->reply;
    utcb_set_ip (&u->arch, (uintptr_t) regs_ud2_next);

    return event_seen.count == 1 ? MTD_IP | MTD_FLAGS : MTD_POISON;
}

static void flags (void)
{
    for (row = event_flags; row->text; row++) {

        event_prepare (body, set_flags);
        event_add (EVENT_UNDEFINED, MTD_IP | MTD_FLAGS);

        for (unsigned const *v = event_flags_vector; *v != EVENT_UNDEFINED; v++)
            event_add (*v, 0);

        event_go();

        if (row == event_flags)
            check_eq (*utcb_flags (&event_seen.utcb) & FLAGS_SEEN, row->before & FLAGS_SEEN, "the handler sees the flags");

        check (event_ended && event_seen.count == 1 && (victim_regs.flags & row->mask) == row->want, row->text);
    }
}

static struct test const test[] = { { "flags", flags } };

TESTS ("event", test);

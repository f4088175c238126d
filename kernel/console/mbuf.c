/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User space is hostile: it can write the header and the text at any time. The only index that the kernel uses is its
 * own; the consumer's is reduced modulo N before it is compared, and never used to address the buffer.
 */
#include <console/mbuf.h>

#include <base/atomic.h>
#include <base/macros.h>

static struct mbuf *mbuf;
static uint32_t slots, next;                            /* N and WrIdx; console lock                                */
static bool wrapped;                                    /* all N slots have been written; console lock              */

void (*_Atomic mbuf_signal) (void);

/*
 * One slot stays free, so that a full buffer differs from an empty one. If the write index is about to meet the read
 * index, the oldest character goes, and it goes before the new one is published. The exchange fails when the consumer
 * reads on at this moment: then there is room.
 */
static INDIRECT_TARGET void put (struct console *c UNUSED, char ch)
{
    if (!slots)
        return;

    uint32_t const after = next + 1 < slots ? next + 1 : 0;
    uint32_t seen = rlx_load (&mbuf->read);
    uint32_t const oldest = seen % slots;

    rlx_store (&mbuf->text[next], ch);

    if (oldest == after)
        atomic_cas (&mbuf->read, &seen, oldest + 1 < slots ? oldest + 1 : 0);

    wrapped |= !after;
    next = after;
    rel_store (&mbuf->write, next);
}

static INDIRECT_TARGET void sync (struct console *c UNUSED)
{
    void (*const signal) (void) = acq_load (&mbuf_signal);

    if (signal)
        signal();
}

struct console mbuf_console = { .putc = put, .sync = sync };

void mbuf_init (void *region, size_t size)
{
    mbuf = region;
    slots = size < 2 * MBUF_HEADER ? 0 : (uint32_t)MIN (size - MBUF_HEADER, UINT32_MAX);
    next = 0;
    wrapped = false;

    if (!slots)
        return;

    rlx_store (&mbuf->read, 0);
    rel_store (&mbuf->write, 0);
}

void mbuf_replay (struct console *c)
{
    uint32_t const count = wrapped ? slots - 1 : next;

    for (uint32_t i = 0, at = wrapped ? (next + 1) % slots : 0; i < count; i++, at = (at + 1) % slots)
        c->putc (c, rlx_load (&mbuf->text[at]));

    if (c->sync)
        c->sync (c);
}

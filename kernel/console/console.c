/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of outputs and the lock that keeps lines whole. Formatting happens outside of the lock. */
#include <console/console.h>

#include <base/atomic.h>
#include <cmdline.h>
#include <spinlock.h>
#include <string.h>

static struct spinlock lock;                            /* one line at a time, on all outputs                       */
static struct console *_Atomic first;                   /* Ordering: as console.next                                */
static cpu_t (*_Atomic cpu) (void);                     /* Ordering: relaxed, set once by the boot CPU              */
static void (*_Atomic last_resort) (void);              /* Ordering: relaxed, set by the boot CPU while it is alone */
static _Atomic (bool) muted, panicking;                 /* Ordering: relaxed, either value is right for a while     */

static bool speaks (struct console const *c) { return !c->boot_only || !rlx_load (&muted) || rlx_load (&panicking); }

static void put_line (char const *line, size_t n)
{
    /* The lock may belong to the CPU that panics, or to one that is stopped already */
    bool const locked = !rlx_load (&panicking);

    if (locked)
        spin_lock (&lock);

    for (struct console *c = acq_load (&first); c; c = acq_load (&c->next))
        for (size_t i = 0; i < n && speaks (c); i++)
            c->putc (c, line[i]);

    if (locked)
        spin_unlock (&lock);

    for (struct console *c = acq_load (&first); c; c = acq_load (&c->next))
        if (c->sync && speaks (c))
            c->sync (c);
}

static size_t __attribute__ ((format (printf, 3, 4))) format_args (char *buf, size_t size, char const *format, ...)
{
    va_list ap;

    va_start (ap, format);
    size_t const n = format_line (buf, size, format, ap);
    va_end (ap);

    return n;
}

void print (char const *format, ...)
{
    cpu_t (*const current) (void) = rlx_load (&cpu);
    char line[LINE_MAX + 1];
    va_list ap;

    size_t n = current ? format_args (line, LINE_MAX, "[%2u] ", current()) : 0;

    va_start (ap, format);
    n += format_line (line + n, LINE_MAX - n, format, ap);
    va_end (ap);

    line[n++] = '\n';
    put_line (line, n);
}

void console_add (struct console *c)
{
    struct console *_Atomic *tail = &first;

    for (struct console *p; (p = rlx_load (tail)); tail = &p->next)
        if (p == c)
            return;

    rlx_store (&c->next, NULL);
    rel_store (tail, c);
}

void console_cpu (cpu_t (*current) (void)) { rlx_store (&cpu, current); }

void console_boot_done (void)
{
    if (cmdline_is ("console", "keep"))
        return;

    rlx_store (&muted, true);
}

void console_last_resort (void (*start) (void)) { rlx_store (&last_resort, start); }

void console_panic (void)
{
    void (*const start) (void) = rlx_load (&last_resort);

    rlx_store (&panicking, true);
    rlx_store (&last_resort, NULL);

    if (start)
        start();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Legacy launch (interface specification, 7.1.1.3): X0 has the devicetree. Its boot arguments are one line for kernel and root task; the
 * word -- separates them. A Multiboot loader has left them elsewhere, and may have left the devicetree as a module.
 */
#include <boot.h>
#include <devicetree.h>
#include <root.h>
#include <string.h>
#include <tables.h>

static char const *skip (char const *p, bool blanks)
{
    while (*p && (*p == ' ') == blanks)
        p++;

    return p;
}

static void split (char const *args)
{
    char const *p = skip (args, true), *end = p;        /* end: of the kernel's words                           */

    for (args = p; *p && strncmp (p, "-- ", 3) && strcmp (p, "--"); p = skip (end, true))
        end = skip (p, false);

    size_t const n = (size_t) (end - args) + 1;

    string_copy (root.kernel_args, args, n < sizeof (root.kernel_args) ? n : sizeof (root.kernel_args));
    string_copy (root.args, skip (*p ? p + 2 : p, true), sizeof (root.args));
}

void boot_parse_arch (void)
{
    struct range r;
    bool const legacy = dt_open (root.boot_magic);
    bool open = legacy;

    for (unsigned i = 1; i < root.modules && !open; i++)
        open = dt_open (root.module[i].start);

    if (!open)
        (void) tables();                                /* before what they lie in might be given out           */

    if (!root.rams)
        for (unsigned i = 0; dt_memory (i, &r); i++)
            ram_add (r.start, r.end);

    for (unsigned i = 0; dt_reserved (i, &r); i++)
        ram_remove (r.start, r.end);

    if (!legacy)
        return;

    if (dt_initrd (&r))
        root.module[root.modules++] = r;

    split (dt_bootargs());
}

/* Stream mapping groups and contexts are no memory */
void boot_reserve_arch (void) {}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The smallest root task; doc/first-root-task.md explains it. */
#include <console.h>
#include <root.h>

int main (void)
{
    console_printf ("Hello from the root task! %u CPU(s), %lu selectors, my arguments: %s\n",
                    root.hip->cpu_num, root.hip->sel_num, root.args);

    return 0;
}

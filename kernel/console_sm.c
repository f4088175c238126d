/* SPDX-License-Identifier: GPL-2.0-only */
/* Console semaphore. Lines may end while locks are held: it is raised on the way out of the kernel, once for each line. */
#include <console_sm.h>

#include <cpu_local.h>
#include <hazard.h>
#include <sm.h>

static struct sm *sm;

void console_sm_set (struct sm *s) { sm = s; }

INDIRECT_TARGET void console_sm_line (void)
{
    if (!sm)
        return;

    cpu_local.console_lines++;
    cpu_local.hazard |= HAZARD_CONSOLE;
}

void console_sm_signal (void)
{
    uint32_t const lines = cpu_local.console_lines;

    cpu_local.console_lines = 0;

    for (uint32_t i = 0; i < lines; i++)
        if (sm_up (sm, NULL) != STATUS_SUCCESS)         /* counter at its maximum: nothing is lost                  */
            return;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Console semaphore. Lines may end while locks are held, so the semaphore is raised on the way out of the kernel. */
#include <console_sm.h>

#include <cpu_local.h>
#include <hazard.h>
#include <sm.h>

static struct sm *sm;

void console_sm_set (struct sm *s) { sm = s; }

void console_sm_line (void)
{
    if (sm)
        cpu_local.hazard |= HAZARD_CONSOLE;
}

void console_sm_signal (void)
{
    if (sm_up (sm) != STATUS_SUCCESS)                   /* counter at its maximum: nothing is lost                  */
        return;
}

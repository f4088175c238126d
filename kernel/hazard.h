/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hazards: reasons not to return to user mode right away. One word per CPU, one per EC. Their exclusive-or is 0 when there
 * is nothing to do, which is the one test on every fast way out:
 *
 *   CPU bits   set while the CPU has something to do first
 *   EC bits    set while the EC has something to do first
 *   FPU        CPU: the FPU is enabled; EC: it owns the FPU. They differ when the FPU must be switched on or off.
 */
#pragma once

enum {
    HAZARD_SCHED    = 1 << 0,                           /* CPU: another SC may have to run                          */
    HAZARD_RCU      = 1 << 1,                           /* CPU: calls or deaths wait, or a batch waits for this CPU */
    HAZARD_CONSOLE  = 1 << 2,                           /* CPU: a console line ended, signal the semaphore          */
    HAZARD_READY    = 1 << 3,                           /* CPU: more to be made ready than fits into one step       */
    HAZARD_FPU      = 1 << 8,
    HAZARD_RECALL   = 1 << 16,                          /* EC: deliver the recall event                             */

    HAZARD_PREEMPT  = HAZARD_SCHED | HAZARD_READY,      /* others may want the CPU: long work makes way             */
};

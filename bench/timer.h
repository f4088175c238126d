/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether timeouts of semaphores work here. NOVA 24.08 loses them on some machines; then nothing may depend on one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <abi/status.h>

/* Once, by the driver: finds out, without a timeout that could hang. Without memory, the answer is no. */
void timer_probe (unsigned cpu);

bool timer_works (void);

/* ctrl_sm down of a semaphore that nobody ups: TIMEOUT at that time. To be asked only where timeouts work. */
enum status timer_wait (uint64_t stc);

/* Blocks the caller so that all others may run until they block too; does nothing and returns false if timeouts do not work. */
bool timer_sleep (uint64_t ms);

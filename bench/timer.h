/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether timeouts of semaphores work here. NOVA 24.08 loses them on some machines; then nothing may depend on one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Once, by the driver: finds out, without a timeout that could hang. Without memory, the answer is no. */
void timer_probe (unsigned cpu);

bool timer_works (void);

/* Blocks the caller so that all others may run until they block too; does nothing and returns false if timeouts do not work. */
bool timer_sleep (uint64_t ms);

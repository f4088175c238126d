/* SPDX-License-Identifier: GPL-2.0-only */
/* Pins and what drives them. */
#pragma once

#include <test.h>

uint64_t    interrupt_pin (unsigned pin);               /* selector of its semaphore                            */
enum status interrupt_assign (uint64_t sel, unsigned cpu, unsigned flags);

/* Takes what has come; then waits for what must not come any more */
enum status interrupt_drain (uint64_t sel);

/* Architecture: a device that asserts a pin, active high, from soon after the start until it is silenced */
unsigned    interrupt_source (void);                    /* its pin, 0: there is none                            */
void        interrupt_start (unsigned pin);
void        interrupt_silence (void);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delays of a known number of ticks, for controls: a benchmark that does not show one measures something else. A delay spins until the
 * counter has gone on so far; so it is right whatever a tick is, to a few instructions where ticks are instructions.
 *
 * Where one belongs: at the end of what user mode does in the operation. A server's portal gets delay_target (run->delay) as its PID and
 * enters at code that begins with DELAY (server.S); C code calls delay (run->delay); behind a hypercall, the driver does it.
 */
#pragma once

#include <stdint.h>

/* Once: finds out what a delay takes that is over at once */
void delay_init (void);

/* Ticks of the controls' delay: so many that what the loop takes is less than a percent */
uint64_t delay_control (void);

/* How long to spin so that the delay takes so many ticks, all in all */
uint64_t delay_target (uint64_t ticks);

void delay (uint64_t ticks);

/* What the delayed forms of TIMED () spin for */
extern uint64_t delay_behind;

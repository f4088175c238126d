/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared interrupts of the GIC as sources of interrupt semaphores: pin n is interrupt ID 32 + n. There are no messages.
 *
 * A level that is held stays active. What a CPU has acknowledged while another one assigns, it handles as the assignment says. Polarity
 * is the board's: a GIC has no choice there.
 */
#pragma once

#include <base/types.h>

/* A shared interrupt has arrived: ends it, and calls interrupt_signal() if somebody wants it */
void interrupt_handle (uint32_t ack);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Contract: lets pending interrupts in for a moment, inside long or endless kernel work. No lock may be held. */
#pragma once

#include <preempt_arch.h>

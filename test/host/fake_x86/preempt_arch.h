/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens while interrupts are on for a moment: a test decides. */
#pragma once

void preemption_point (void);

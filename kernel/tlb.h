/* SPDX-License-Identifier: GPL-2.0-only */
/* TLB shootdown. See doc/memory.md for why it cannot miss a CPU. */
#pragma once

struct space_hst;

/* Returns when no CPU uses a translation of this space that was removed before the call, nor ever will. No lock may be held. */
void tlb_shootdown (struct space_hst *);

/* Serves the requests of other CPUs; called by the interrupt and wherever this CPU waits for another one. */
void tlb_serve (void);

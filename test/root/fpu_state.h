/* SPDX-License-Identifier: GPL-2.0-only */
/* State of the FPU, and what is done with it. */
#pragma once

#include <stdbool.h>
#include <fpu_state_arch.h>

void fpu_load (struct fpu_state const *);
void fpu_save (struct fpu_state *);

/* A state that has something in all registers, different from seed to seed; is another one the same? */
void fpu_pattern (struct fpu_state *, uint64_t seed);
bool fpu_same (struct fpu_state const *, struct fpu_state const *);

/* Checks that it is what a new EC has */
void fpu_check_initial (struct fpu_state const *);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands before kernel/base/atomic.h: every access to a shared word becomes a step of the model. Words have addresses but no
 * memory there. Each access happens at one moment: on x86, read-modify-writes and loads do, and nothing else is shared.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

uint64_t model_load (void const volatile *);
uint64_t model_swap (void const volatile *, uint64_t);
bool     model_cas (void const volatile *, uint64_t *expected, uint64_t);
void     model_init (void const volatile *, uint64_t);  /* of a word that nobody else can see                       */

#define rlx_load(p)             model_load (p)
#define acq_load(p)             model_load (p)
#define dep_load(p)             model_load (p)
#define atomic_swap(p, v)       model_swap (p, v)
#define atomic_cas(p, e, v)     model_cas (p, e, v)
#define atomic_init(p, v)       model_init (p, v)

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Named accessors for shared words. A plain access to an _Atomic object is sequentially consistent and therefore banned;
 * every use says which order it needs, and the shared field's comment says whom it pairs with.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

/* What *p is without _Atomic */
#define ATOMIC_PLAIN(p)         __typeof__ (atomic_load_explicit ((p), memory_order_relaxed))

#define rlx_load(p)             (*(ATOMIC_PLAIN (p) const volatile *)(uintptr_t)(p)) /* see below                            */
#define rlx_store(p, v)         ((void)(*(ATOMIC_PLAIN (p) volatile *)(uintptr_t)(p) = (v)))
#define acq_load(p)             atomic_load_explicit ((p), memory_order_acquire)
#define dep_load(p)             ({ ATOMIC_PLAIN (p) v_ = *(ATOMIC_PLAIN (p) const *)(uintptr_t)(p); __asm__ ("" : "+r" (v_)); v_; })
#define rel_store(p, v)         atomic_store_explicit ((p), (v), memory_order_release)
#define atomic_swap(p, v)       atomic_exchange_explicit ((p), (v), memory_order_acq_rel)
#define atomic_add(p, v)        atomic_fetch_add_explicit ((p), (v), memory_order_acq_rel)
#define atomic_sub(p, v)        atomic_fetch_sub_explicit ((p), (v), memory_order_acq_rel)
#define atomic_or(p, v)         atomic_fetch_or_explicit ((p), (v), memory_order_acq_rel)
#define atomic_and(p, v)        atomic_fetch_and_explicit ((p), (v), memory_order_acq_rel)
#define atomic_cas(p, e, v)     atomic_compare_exchange_strong_explicit ((p), (e), (v), memory_order_acq_rel, memory_order_acquire)
#define full_fence()            atomic_thread_fence (memory_order_seq_cst)

/*
 * A relaxed access is a volatile one, of an object that has a machine word's size and alignment: one instruction that no compiler splits,
 * repeats or leaves out. For aarch64, GCC gives the accesses of stdatomic.h no address but a register, which is an addition for each.
 *
 * dep_load() reads a pointer, or what a pointer is made of, and the data behind it is what the store's release covers. Every CPU that
 * we know keeps an address dependency in order; compilers do not speak of it (memory_order_consume is acquire for all of them), but
 * have no way to break one as long as the value is the only source of the address. It must not be compared with a known address.
 */

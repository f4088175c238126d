/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A capability is one 64-bit word, read and written as a whole:
 *
 *   63       62      61      60...41  40...37  36...32      31...0
 *   PT&CALL  SM&UP   SM&DN   0        type     permissions  low half of the object's address
 *                    (not interrupt semaphores)
 *
 * The upper half of the addresses of all objects is the same: OBJECT_ADDR() of memory.h puts it back. The three top bits repeat
 * what type and permissions say, so that the hot hypercalls check both with one test.
 */
#pragma once

#include <abi/perm.h>
#include <kobject.h>
#include <memory.h>

struct cap { uint64_t word; };                          /* word 0 is the null capability                            */

enum {
    CAP_PERM_SHIFT  = 32,
    CAP_TYPE_SHIFT  = 37,
    CAP_TYPE_BITS   = 4,
    CAP_SM_DN_BIT   = 61,
    CAP_SM_UP_BIT   = 62,
    CAP_PT_CALL_BIT = 63,
};

static inline struct kobject *cap_object (struct cap c) { return (struct kobject *)OBJECT_ADDR ((uint32_t)c.word); }

static inline unsigned cap_perm (struct cap c) { return c.word >> CAP_PERM_SHIFT & PERM_MASK; }

static inline enum kobject_type cap_type (struct cap c)
{
    return (enum kobject_type)(c.word >> CAP_TYPE_SHIFT & ((1 << CAP_TYPE_BITS) - 1));
}

static inline bool cap_is_null (struct cap c) { return !c.word; }

/* No permissions, no capability (specification, 5.4.1) */
static inline struct cap cap_make (struct kobject *o, enum kobject_type type, unsigned perm)
{
    perm &= PERM_MASK;

    if (!perm)
        return (struct cap) { 0 };

    return (struct cap) { (uint64_t)(uint32_t)(uintptr_t)o | (uint64_t)perm << CAP_PERM_SHIFT | (uint64_t)type << CAP_TYPE_SHIFT |
                          (uint64_t)(type == KOBJECT_PT && perm & PERM_PT_CALL) << CAP_PT_CALL_BIT |
                          (uint64_t)(type == KOBJECT_SM && perm & PERM_SM_UP)   << CAP_SM_UP_BIT   |
                          (uint64_t)(type == KOBJECT_SM && perm & PERM_SM_DN)   << CAP_SM_DN_BIT };
}

/* Is it a capability of that type with all of these permissions? One masked compare. */
static inline bool cap_is (struct cap c, enum kobject_type type, unsigned perm)
{
    uint32_t const mask = ((1U << CAP_TYPE_BITS) - 1) << (CAP_TYPE_SHIFT - 32) | perm;
    uint32_t const want = (uint32_t)type << (CAP_TYPE_SHIFT - 32) | perm;

    return ((uint32_t)(c.word >> 32) & mask) == want;
}


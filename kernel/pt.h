/* SPDX-License-Identifier: GPL-2.0-only */
/* Portal: an entry point into a PD, bound to one local EC. */
#pragma once

#include <abi/status.h>
#include <kobject.h>

struct ec;

struct pt {
    struct kobject     obj;
    struct ec         *ec;                              /* reference; fixed                                         */
    struct ec         *fast;                            /* the same EC, or ec_nobody if ip is not a user address: that never
                                                           waits, so that the slow path raises the exception; fixed */
    uint64_t           ip;                              /* fixed                                                    */
    _Atomic (uint64_t) id;                              /* Ordering: relaxed, set by ctrl_pt on any CPU             */
    _Atomic (uint32_t) mtd;                             /* Ordering: relaxed, likewise                              */
};

void        pt_init   (void);
enum status pt_create (struct pt **out, struct ec *, uint64_t ip) MUST_CHECK;       /* BAD_CAP, MEM_OBJ             */
bool        pt_retire (struct kobject *);

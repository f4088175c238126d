/* SPDX-License-Identifier: GPL-2.0-only */
/* User Thread Control Block: one page, two layouts (interface specification, 4.3). Shared with user space. */
#pragma once

#include <abi/mtd.h>
#include <abi/utcb_arch.h>

union utcb {
    uint64_t            word[UTCB_WORDS];               /* regular IPC                                          */
    struct utcb_arch    arch;                           /* architectural IPC                                    */
};

_Static_assert (sizeof (union utcb) == 4096, "a UTCB is one page");

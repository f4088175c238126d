/* SPDX-License-Identifier: GPL-2.0-only */
/* aarch64 part of a CPU's data */
#pragma once

#include <base/types.h>

struct cpu_arch {
    paddr_t     ttbr;                                   /* its own page tables; fixed                               */
    uint64_t    below;                                  /* their only top-level entry; fixed                        */
    void      (*start) (void);                          /* where it goes on with them                               */
    uint64_t    sctlr_user, sctlr_kernel;               /* VHE, CFP=return: SCTLR_EL2 in user mode and in C; fixed  */
    uint64_t    mpidr;                                  /* affinity; fixed                                          */
    uint64_t    sgi_target;                             /* how the GIC names it; fixed                              */
    paddr_t     updated;                                /* root of the host space whose tables it changes           */
    volatile void *redistributor;                       /* GICv3; fixed                                             */
};

/* SPDX-License-Identifier: GPL-2.0-only */
/* Who owns the FPU of this CPU. */
#include <ec_fpu.h>

#include <cpu_local.h>
#include <ec.h>
#include <fpu.h>

/* The hazard bits of the CPU and of the EC that is about to run differ when the FPU is on for a stranger or off for its owner. */
void ec_fpu_switch (struct ec *ec)
{
    uint32_t const own = rlx_load (&ec->hazard) & HAZARD_FPU;

    if (LIKELY (own == (cpu_local.hazard & HAZARD_FPU)))
        return;

    if (own)
        fpu_enable();
    else
        fpu_disable();

    cpu_local.hazard ^= HAZARD_FPU;
}

bool ec_fpu_claim (struct ec *ec)
{
    struct ec *const old = cpu_local.fpu_owner;

    if (!ec->fpu || old == ec)
        return false;

    fpu_enable();
    cpu_local.hazard |= HAZARD_FPU;

    if (old) {
        fpu_save (old->fpu);
        atomic_and (&old->hazard, ~(uint32_t)HAZARD_FPU);
    }

    fpu_load (ec->fpu);
    cpu_local.fpu_owner = ec;
    atomic_or (&ec->hazard, HAZARD_FPU);

    return true;
}

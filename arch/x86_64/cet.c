/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Indirect-branch tracking and supervisor shadow stacks of this kernel. User mode has neither: the interface hands over no state of
 * them, so IA32_U_CET is 0 on every CPU whatever firmware left there.
 */
#include <cet.h>

#include <base/macros.h>
#include <cfp.h>
#include <cmdline.h>
#include <console/console.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <cr.h>
#include <memory.h>
#include <msr.h>

/*
 * CPUID(7,1).EDX[18] promises that a supervisor shadow stack does not become busy too early: delivery of an event marks the token
 * and may then fault or leave to a hypervisor; delivered once more, it would find the token busy (SDM 1, 17.2.3). Page faults
 * cannot come between here, since stacks and shadow stacks are always mapped. But an exit to a hypervisor can, and only the bit
 * says that this one, or the CPU, takes care. Without it, the user must know: shstk=force.
 */
static bool shadow_stacks (void)
{
    if (!cpu_has (CPU_CET_SS)) {
        print ("CFP: no shadow stacks: this CPU has none (CPUID 7 ECX[7])");
        return false;
    }

    if (cpu_has (CPU_CET_SSS))
        return true;

    bool const force = cmdline_is ("shstk", "force");

    print ("CFP: this CPU promises no safe supervisor shadow stacks (CPUID 7.1 EDX[18]): %s", force ? "used all the same (shstk=force)" :
           "not used; shstk=force overrides");

    return force;
}

struct cfp cfp_arch_limit (struct cfp wanted)
{
    if (wanted.branch && !cpu_has (CPU_CET_IBT)) {
        print ("CFP: no indirect-branch tracking: this CPU has none (CPUID 7 EDX[20])");
        wanted.branch = false;
    }

    wanted.ret = wanted.ret && shadow_stacks();

    return wanted;
}

static bool has_cet (void) { return cpu_has (CPU_CET_SS) || cpu_has (CPU_CET_IBT); }

static uint32_t s_cet (void) { return (cfp.branch ? S_CET_ENDBR_EN : 0) | (cfp.ret ? S_CET_SH_STK_EN : 0); }

uint32_t cet_cpu_init (void)
{
    if (has_cet()) {
        wrmsr (IA32_U_CET, 0);
        wrmsr (IA32_S_CET, 0);
    }

    if (cfp.ret) {
        wrmsr (IA32_PL0_SSP, CPU_SSP);
        wrmsr (IA32_INTERRUPT_SSP_TABLE_ADDR, CPU_SSP_TABLE);
    }

    return s_cet();
}

bool cet_cpu_check (void)
{
    if (!s_cet())
        return true;

    uint64_t const s = rdmsr (IA32_S_CET), u = rdmsr (IA32_U_CET);
    uint64_t const ssp = cfp.ret ? rdmsr (IA32_PL0_SSP) : 0, table = cfp.ret ? rdmsr (IA32_INTERRUPT_SSP_TABLE_ADDR) : 0;
    bool const on = cr4_read() & CR4_CET;

    /* IA32_S_CET has the state of the tracker, too: bit 11, and that it is suppressed, bit 10 */
    bool const right = on && (s & ~UINT64_C (0xc00)) == s_cet() && !u && (!cfp.ret || (ssp == CPU_SSP && table == CPU_SSP_TABLE));

    if (!cpu_local.id || !right)
        print ("CFP: CR4.CET %u, S_CET %#lx, U_CET %#lx, PL0_SSP %#lx, SSP table %#lx", on, s, u, ssp, table);

    return right;
}

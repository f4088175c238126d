/* SPDX-License-Identifier: GPL-2.0-only */
#include <virt.h>

#include <base/macros.h>
#include <console/console.h>
#include <cpu_features.h>
#include <hpt.h>
#include <msr.h>

/* High half of a VMX capability register: controls that may be 1 (SDM 3D, A.3.2 and A.3.3) */
#define PRIMARY_SECONDARY       BIT64 (32 + 31)
#define SECONDARY_EPT           BIT64 (32 + 1)
#define SECONDARY_MBEC          BIT64 (32 + 22)

/* IA32_VMX_EPT_VPID_CAP (SDM 3D, A.10) */
#define EPT_X_ONLY              BIT64 (0)
#define EPT_WALK_4              BIT64 (6)
#define EPT_WALK_5              BIT64 (7)
#define EPT_WB                  BIT64 (14)              /* tables may be in write-back memory                       */
#define EPT_2M                  BIT64 (16)
#define EPT_1G                  BIT64 (17)

static enum virt_kind kind;                             /* all fixed at boot                                        */
static uint64_t ept_cap;
static bool mbec;

enum virt_kind virt_kind (void) { return kind; }

unsigned virt_ept_levels (void)   { return hpt_levels == 5 && ept_cap & EPT_WALK_5 ? 5 : 4; }
INDIRECT_TARGET unsigned virt_ept_leaf_max (void) { return !(ept_cap & EPT_2M) ? 0 : ept_cap & EPT_1G ? 2 : 1; }
bool     virt_ept_x_only (void)   { return ept_cap & EPT_X_ONLY; }
bool     virt_ept_mbec (void)     { return mbec; }

/* The registers exist one because of the other */
static bool vmx (void)
{
    uint64_t const fc = rdmsr (IA32_FEATURE_CONTROL);

    if ((fc & FEATURE_CONTROL_LOCK && !(fc & FEATURE_CONTROL_VMX)) || !(rdmsr (IA32_VMX_PROCBASED_CTLS) & PRIMARY_SECONDARY))
        return false;

    uint64_t const secondary = rdmsr (IA32_VMX_PROCBASED_CTLS2);

    if (!(secondary & SECONDARY_EPT))
        return false;

    ept_cap = rdmsr (IA32_VMX_EPT_VPID_CAP);
    mbec    = secondary & SECONDARY_MBEC;

    return (ept_cap & EPT_WALK_4) && (ept_cap & EPT_WB);
}

static bool svm (void) { return cpu_has (CPU_NPT) && !(rdmsr (VM_CR) & VM_CR_SVMDIS); }

void virt_init (void)
{
    kind = cpu_has (CPU_VMX) && vmx() ? VIRT_VMX : cpu_has (CPU_SVM) && svm() ? VIRT_SVM : VIRT_NONE;

    if (kind == VIRT_VMX)
        print ("VIRT: VMX, EPT with leaves up to level %u%s%s", virt_ept_leaf_max(), virt_ept_x_only() ? ", execute-only" : "",
               mbec ? ", MBEC" : "");
    else
        print ("VIRT: %s", kind == VIRT_SVM ? "SVM, NPT" : "none");
}

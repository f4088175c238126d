/* SPDX-License-Identifier: GPL-2.0-only */
#include <features.h>

#include <cpuid.h>

/* CPUID (0x80000001), EDX[26] */
bool features_page_1g (void) { return cpuid (0x80000000, 0).eax >= 0x80000001 && cpuid (0x80000001, 0).edx & 1 << 26; }

/*
 * CPUID (7, 0), EBX[15]: allocation is there; CPUID (0x10, 0), EBX: of what, with a subleaf for each. L3 and L2: EAX[4:0] bits of a
 * mask - 1, ECX[2] CDP. MBA: EAX[11:0] the largest delay - 1; delay 0 does not limit (Intel SDM volume 3, 18.19.4).
 */
bool features_cos (enum cos_resource resource, bool cdp, uint64_t *limit)
{
    static unsigned const subleaf[] = { [COS_L3] = 1, [COS_L2] = 2, [COS_MBA] = 3 };
    unsigned const sub = subleaf[resource];

    if (cpuid (0, 0).eax < 0x10 || !(cpuid (7, 0).ebx & 1 << 15) || !(cpuid (0x10, 0).ebx & 1U << sub))
        return false;

    struct cpuid const r = cpuid (0x10, sub);

    *limit = resource == COS_MBA ? 0 : (UINT64_C (2) << (r.eax & 0x1f)) - 1;

    return !cdp || (resource != COS_MBA && r.ecx & 1 << 2);
}

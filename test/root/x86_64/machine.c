/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID for virtualization (Intel SDM 2A; AMD APM 3, E.4.9), ACPI for IOMMUs of VT-d (ACPI 6.5, 5.2; VT-d 8.1 and 8.3). */
#include <machine.h>
#include <mem.h>
#include <root.h>
#include <stddef.h>
#include <string.h>

struct cpuid { uint32_t eax, ebx, ecx, edx; };

static struct cpuid cpuid (uint32_t leaf)
{
    struct cpuid r;

    __asm__ volatile ("cpuid" : "=a" (r.eax), "=b" (r.ebx), "=c" (r.ecx), "=d" (r.edx) : "a" (leaf), "c" (0));

    return r;
}

bool machine_virt (void)
{
    if (cpuid (1).ecx >> 5 & 1)
        return true;

    uint32_t const last = cpuid (0x80000000).eax;

    return last >= 0x8000000a && cpuid (0x80000001).ecx >> 2 & 1 && cpuid (0x8000000a).edx & 1;
}

bool machine_cos (void) { return cpuid (0).eax >= 7 && cpuid (7).ebx >> 15 & 1; }

struct machine_place machine_guarded (unsigned i)
{
    static struct machine_place const list[] = {
        { 0xfee00000, "local APIC, MSI range" }, { 0xfec00000, "I/O APIC" }, { 0, NULL },
    };

    return list[i];
}

struct mad_case mad_case (unsigned i)
{
    static char const *const text[] = { "WB", "WT", "WC", "UC", "WP", "attribute 5: BAD_PAR", "attribute 6: BAD_PAR",
                                        "attribute 7: BAD_PAR" };

    switch (i) {
        default: return (struct mad_case) { i, i <= MAD_WP, text[i] };
        case 8:  return (struct mad_case) { (root.hip->kimax + UINT32_C (1)) << MAD_KI_SHIFT, false, "key KIMAX + 1: BAD_PAR" };
        case 9:  return (struct mad_case) { UINT32_C (0x7fff) << MAD_KI_SHIFT, false, "key 0x7fff: BAD_PAR" };
        case 10: return (struct mad_case) { 0, false, NULL };
    }
}

static uint64_t field (uint8_t const *p, size_t off, unsigned bytes)
{
    uint64_t v = 0;

    memcpy (&v, p + off, bytes);

    return v;
}

/* A whole table, or NULL if it has another signature */
static uint8_t const *table (uint64_t phys, char const *signature, uint32_t *size)
{
    uint8_t const *const head = mem_map (phys, 8, PERM_MEM_R, MAD_RAM);

    if (!head || (signature && memcmp (head, signature, 4)))
        return NULL;

    *size = (uint32_t)field (head, 4, 4);

    return mem_map (phys, *size, PERM_MEM_R, MAD_RAM);
}

static uint8_t const *find (char const *signature, uint32_t *size)
{
    uint8_t const *const rsdp = mem_map (root.hip->acpi_rsdp, 36, PERM_MEM_R, MAD_RAM);
    uint32_t n = 0;

    if (!rsdp)
        return NULL;

    bool const xsdt = rsdp[15] >= 2 && field (rsdp, 24, 8);
    unsigned const bytes = xsdt ? 8 : 4;
    uint8_t const *const list = table (field (rsdp, xsdt ? 24 : 16, bytes), NULL, &n);

    for (uint32_t off = 36; list && off + bytes <= n; off += bytes) {

        uint8_t const *const t = table (field (list, off, bytes), signature, size);

        if (t)
            return t;
    }

    return NULL;
}

static uint64_t iommu;

void machine_init (void)
{
    uint32_t n = 0;
    uint8_t const *const t = find ("DMAR", &n);

    for (uint32_t off = 48, length = 0; t && !iommu && off + 16 <= n; off += length) {

        length = (uint32_t)field (t, off + 2, 2);

        if (!field (t, off, 2))
            iommu = field (t, off + 8, 8);
        if (!length)
            break;
    }
}

uint64_t machine_iommu (void) { return iommu; }

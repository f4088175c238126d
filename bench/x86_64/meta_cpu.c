/* SPDX-License-Identifier: GPL-2.0-only */
#include <cpuid.h>
#include <line.h>
#include <meta.h>
#include <record.h>
#include <stdbool.h>
#include <string.h>

char const *meta_cpu (void)
{
    static char text[49];

    for (uint32_t i = 0; cpuid (0x80000000, 0).eax >= 0x80000004 && i < 3; i++) {
        struct cpuid const r = cpuid (0x80000002 + i, 0);
        memcpy (text + 16 * i, &r, sizeof (r));
    }

    return text;
}

/*
 * Frequencies (Intel SDM 3B, 19.7.3; volume 2, CPUID 15H and 16H), and what user mode can tell of things that make figures uncertain. What
 * needs registers of the kernel is in its record (meta_board.c).
 */
static void facts (struct cpuid l0, struct cpuid l1, struct cpuid e7)
{
    struct cpuid const none = { 0, 0, 0, 0 }, l6 = l0.eax >= 6 ? cpuid (6, 0) : none, l15 = l0.eax >= 0x15 ? cpuid (0x15, 0) : none,
                       l16 = l0.eax >= 0x16 ? cpuid (0x16, 0) : none;
    unsigned threads = 1;

    for (unsigned i = 0; l0.eax >= 0xb && i < 8; i++) {   /* levels of the topology; type 1: threads of a core    */
        struct cpuid const t = cpuid (0xb, i);
        if (!(t.ecx >> 8 & 0xff))
            break;
        if ((t.ecx >> 8 & 0xff) == 1)
            threads = t.ebx & 0xffff;
    }

    if (l16.eax & 0xffff)
        line ("meta", "freq_hz=%lu freq_max_hz=%lu", (l16.eax & 0xffff) * UINT64_C (1000000), (l16.ebx & 0xffff) * UINT64_C (1000000));

    if (l15.eax && l15.ebx)
        line ("meta", "tsc_ratio=%u/%u crystal_hz=%u", l15.ebx, l15.eax, l15.ecx);

    if ((l6.eax & 2 || e7.edx >> 9 & 1) && !record_platform())    /* AMD APM 2, 17.2: core performance boost */
        meta_warn ("turbo", "the CPU has it, whether it is on cannot be told on this kernel");

    if (l6.eax & 1 << 7 && !record_platform())
        meta_warn ("hwp", "the CPU has HWP, whether it is on cannot be told on this kernel");

    if (threads > 1)
        meta_warn ("smt", "CPUs share cores");

    if (l1.ecx >> 31)
        meta_warn ("hypervisor", "an emulator or a virtual machine");
}

void meta_print_cpu (void)
{
    struct cpuid const l0 = cpuid (0, 0), l1 = cpuid (1, 0), e0 = cpuid (0x80000000, 0);
    struct cpuid const l7 = l0.eax >= 7 ? cpuid (7, 0) : (struct cpuid) { 0 }, l71 = l7.eax ? cpuid (7, 1) : (struct cpuid) { 0 };
    struct cpuid const e1 = e0.eax >= 0x80000001 ? cpuid (0x80000001, 0) : (struct cpuid) { 0 };
    struct cpuid const e7 = e0.eax >= 0x80000007 ? cpuid (0x80000007, 0) : (struct cpuid) { 0 };
    uint32_t const family = (l1.eax >> 8 & 0xf) + ((l1.eax >> 8 & 0xf) == 0xf ? l1.eax >> 20 & 0xff : 0);
    uint32_t const model  = (l1.eax >> 4 & 0xf) | ((l1.eax >> 8 & 0xf) == 6 || (l1.eax >> 8 & 0xf) == 0xf ? l1.eax >> 12 & 0xf0 : 0);
    char text[49] = "", word[49];

    memcpy (text + 0, &l0.ebx, 4);
    memcpy (text + 4, &l0.edx, 4);
    memcpy (text + 8, &l0.ecx, 4);
    line ("meta", "cpu_vendor=%s cpu_family=%#x cpu_model=%#x cpu_stepping=%u cpu_signature=%#x",
          line_word (word, sizeof (word), text), family, model, l1.eax & 0xf, l1.eax);

    line ("meta", "cpu_brand=%s", line_word (word, sizeof (word), meta_cpu()));

    line ("meta", "cpuid_1_ecx=%#x cpuid_1_edx=%#x cpuid_7_ebx=%#x cpuid_7_ecx=%#x cpuid_7_edx=%#x cpuid_7_1_eax=%#x "
          "cpuid_7_1_edx=%#x cpuid_80000001_ecx=%#x cpuid_80000001_edx=%#x", l1.ecx, l1.edx,
          l7.ebx, l7.ecx, l7.edx, l71.eax, l71.edx, e1.ecx, e1.edx);

    line ("meta", "counter=tsc tsc_invariant=%u tsc_deadline=%u hypervisor=%u vmx=%u svm=%u ibt=%u shstk=%u pcid=%u smep=%u "
          "smap=%u umip=%u la57=%u rdt_a=%u", e7.edx >> 8 & 1, l1.ecx >> 24 & 1, l1.ecx >> 31, l1.ecx >> 5 & 1, e1.ecx >> 2 & 1,
          l7.edx >> 20 & 1, l7.ecx >> 7 & 1, l1.ecx >> 17 & 1, l7.ebx >> 7 & 1, l7.ebx >> 20 & 1, l7.ecx >> 2 & 1,
          l7.ecx >> 16 & 1, l7.ebx >> 15 & 1);

    if (l1.ecx >> 31) {                                 /* the leaf that emulators and hypervisors sign         */
        struct cpuid const h = cpuid (0x40000000, 0);
        memset (text, 0, sizeof (text));
        memcpy (text + 0, &h.ebx, 4);
        memcpy (text + 4, &h.ecx, 4);
        memcpy (text + 8, &h.edx, 4);
        line ("meta", "hypervisor_signature=%s", line_word (word, sizeof (word), text));
    }

    facts (l0, l1, e7);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs cannot read the identification registers; the devicetree names the CPU. */
#include <devicetree.h>
#include <format.h>
#include <line.h>
#include <meta.h>
#include <record.h>

/* Implementer and part (Arm ARM, D17.2.100), where no tree names the CPU */
char const *meta_cpu (void)
{
    static char text[48];
    struct record_platform const *const p = record_platform();

    if (*dt_cpu() || !p)
        return dt_cpu();

    format (text, sizeof (text), "implementer %#lx, part %#lx, r%lup%lu", p->cpu >> 24 & 0xff, p->cpu >> 4 & 0xfff, p->cpu >> 20 & 0xf,
            p->cpu & 0xf);

    return text;
}

void meta_print_cpu (void)
{
    char word[64];
    uint64_t freq;

    __asm__ volatile ("mrs %0, cntfrq_el0" : "=r" (freq));

    line ("meta", "cpu_brand=%s counter=cntvct cntfrq=%lu smg_num=%u ctx_num=%u", line_word (word, sizeof (word), meta_cpu()), freq,
          root.hip->arch.smg_num, root.hip->arch.ctx_num);
}

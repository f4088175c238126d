/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs cannot read the identification registers; the devicetree names the CPU. */
#include <devicetree.h>
#include <line.h>
#include <meta.h>

char const *meta_cpu (void) { return dt_cpu(); }

void meta_print_cpu (void)
{
    char word[64];
    uint64_t freq;

    __asm__ volatile ("mrs %0, cntfrq_el0" : "=r" (freq));

    line ("meta", "cpu_brand=%s counter=cntvct cntfrq=%lu smg_num=%u ctx_num=%u", line_word (word, sizeof (word), dt_cpu()), freq,
          root.hip->arch.smg_num, root.hip->arch.ctx_num);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The boot CPU starts with 4 levels, which every CPU has; here it moves on to 5 (Intel SDM 3A, 4.5; CR4.LA57, 2.5). All virtual
 * addresses of the kernel stay as they are but the second view of the TSS and the I/O permission bitmap, which belong to slots
 * of the top level. Other CPUs start with the levels that the boot CPU has then (smp.c).
 */
#include <la57.h>

#include <base/macros.h>
#include <buddy.h>
#include <cmdline.h>
#include <console/console.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <hpt.h>
#include <kmem.h>
#include <panic.h>
#include <pmap.h>
#include <space_hst.h>
#include <space_pio.h>

void la57_switch (uint32_t root, int64_t load_offset);  /* start.S                                                  */

void la57_init (void)
{
    if (!cmdline_flag ("la57"))
        return;

    if (!cpu_has (CPU_LA57)) {
        print ("PAGING: la57: this CPU has no 5-level paging, going on with 48-bit addresses");
        return;
    }

    if (kmem_phys (POOL_END) > BIT64 (32)) {            /* the way there has 32-bit registers                       */
        print ("PAGING: la57: the kernel lies above 4 GiB, going on with 48-bit addresses");
        return;
    }

    void *const old = rlx_load (&space_hst_nova.cpu_table[0]);

    hpt_set_levels (5);
    rel_store (&space_hst_nova.cpu_table[0], NULL);

    bool const raised = pmap_cpu_raise (0) && space_pio_raise() == STATUS_SUCCESS;
    paddr_t const root = raised ? space_hst_root (&space_hst_nova, NULL, 0) : 0;

    if (!root)
        panic ("out of memory");

    la57_switch ((uint32_t)root, (int64_t)(kmem_phys ((void *)LINK_ADDR) - LOAD_ADDR));
    rlx_store (&cpu_local.root, root);
    buddy_free (old);

    print ("PAGING: 5 levels, 57-bit addresses");
}

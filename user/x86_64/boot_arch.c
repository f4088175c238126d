/* SPDX-License-Identifier: GPL-2.0-only */
/* There is no other boot protocol than Multiboot. The event log lies in memory that the memory map may call free. */
#include <boot.h>
#include <root.h>

void boot_parse_arch (void) {}

void boot_reserve_arch (void)
{
    struct hip_arch const *const h = &root.hip->arch;

    ram_remove (h->event_log_addr, h->event_log_addr + h->event_log_size);
}

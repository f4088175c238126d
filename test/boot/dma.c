/* SPDX-License-Identifier: GPL-2.0-only */
/* Root task: has the device that the agent of firmware (agent.c) started written to memory since boot services ended? */
#include <console.h>
#include <mem.h>
#include <multiboot.h>
#include <root.h>
#include <stc.h>

#include <agent.h>

static uint64_t find (void)
{
    struct hip const *const h = root.hip;
    uint8_t const *const map = h->uefi_mmap_size ? mem_map (h->uefi_mmap, h->uefi_mmap_size, PERM_MEM_R, MAD_RAM) : NULL;

    for (uint32_t off = 0; map && off < h->uefi_mmap_size; off += h->uefi_desc_size) {

        struct uefi_desc const *const d = (void const *) (map + off);

        if (d->type == AGENT_MEMORY)
            return d->phys;
    }

    return 0;
}

int main (void)
{
    uint64_t const phys = find(), end = stc_read() + root.hip->stc_freq;
    uint8_t const volatile *const p = phys ? mem_map (phys, AGENT_SIZE, PERM_MEM_R, MAD_RAM) : NULL;
    unsigned before = 0, after = 0;

    while (stc_read() < end)                            /* ten times as long as the device takes                    */
        ;

    for (unsigned i = 0; p && i < AGENT_SIZE; i++) {
        before += p[i] == AGENT_BEFORE;
        after  += p[i] == AGENT_AFTER;
    }

    console_printf ("DMA: page at %#lx: %u bytes as they were, %u written by the device\n", phys, before, after);

    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Start of the other CPUs by INIT-SIPI-SIPI (Intel SDM 3A, 9.4.4), one after the other. */
#include <smp.h>

#include <acpi/acpi.h>
#include <buddy.h>
#include <clock.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_local.h>
#include <cr.h>
#include <hpt.h>
#include <lapic.h>
#include <pause.h>
#include <pmap.h>
#include <space_hst.h>
#include <string.h>

#define AP_PAGE         UINT64_C (0x8000)               /* conventional memory on every PC; its contents are put back */
#define AP_TIMEOUT_US   500000
#define AP_POLL_US      50
#define TABLE           (HPT_P | HPT_W | HPT_A)

/* start.S: the code, and its words to fill in */
extern char const ap_start[], ap_end[], ap_gdt[], ap_long[], ap_gdt_base[], ap_far[], ap_cr4[], ap_cr3[], ap_root[];

static _Atomic (uint32_t) online;                       /* Ordering: release by the new CPU, acquire by the boot CPU */

void smp_online (void) { atomic_add (&online, 1); }

static void put (char *page, char const *label, paddr_t v, size_t size) { memcpy (page + (label - ap_start), &v, size); }

static void free_tables (uint64_t *t)
{
    while (t) {
        uint64_t const e = t[0];
        buddy_free (t);
        t = e & HPT_S ? NULL : kmem_virt (e & HPT_ADDR);
    }
}

/* Tables for the moment in which the CPU switches paging on: this page where it is, and the kernel where it will go */
static uint64_t *ap_tables (void)
{
    uint64_t entry = 0 | HPT_P | HPT_W | HPT_A | HPT_D | HPT_S, *t = NULL;

    for (unsigned level = 1; level < hpt_levels; level++, entry = kmem_phys (t) | TABLE) {

        uint64_t *const above = buddy_alloc (0, BUDDY_ZERO);

        if (!above) {
            free_tables (t);
            return NULL;
        }

        t = above;
        t[0] = entry;
    }

    return t;
}

static bool wait_online (uint32_t count, uint64_t us)
{
    for (uint64_t t = 0; t < us; t += AP_POLL_US) {

        if (acq_load (&online) == count)
            return true;

        clock_delay_us (AP_POLL_US);
    }

    return acq_load (&online) == count;
}

/* Returns false if the CPU did not answer; its area stays allocated, because it might still come. */
static bool start (char *page, uint64_t *tables, cpu_t cpu, uint32_t apic_id)
{
    struct cpu_local *const local = pmap_cpu_create (cpu);
    paddr_t const root = local ? space_hst_root (&space_hst_nova, NULL, cpu) : 0;

    if (!root) {
        print ("CPU: out of memory for the CPU with APIC ID %u", apic_id);
        return false;
    }

    local->arch.apic_id = apic_id;
    atomic_init (&local->root, root);
    cpu_remote[cpu]     = local;

    tables[SLOT_KERNEL] = ((uint64_t *)kmem_virt (root))[SLOT_KERNEL];

    memcpy (page, ap_start, (size_t)(ap_end - ap_start));
    put (page, ap_gdt_base, AP_PAGE + (paddr_t)(ap_gdt - ap_start), 4);
    put (page, ap_far,      AP_PAGE + (paddr_t)(ap_long - ap_start), 4);
    put (page, ap_cr4,      CR4_PAE | (hpt_levels == 5 ? CR4_LA57 : 0), 4);
    put (page, ap_cr3,      kmem_phys (tables), 4);
    put (page, ap_root,     root, 8);

    uint32_t const count = rlx_load (&online) + 1;

    lapic_init_ipi (apic_id);
    clock_delay_us (10000);
    lapic_sipi (apic_id, AP_PAGE >> PAGE_BITS);

    if (!wait_online (count, 1000)) {
        lapic_sipi (apic_id, AP_PAGE >> PAGE_BITS);
        if (!wait_online (count, AP_TIMEOUT_US)) {
            print ("CPU: the CPU with APIC ID %u does not answer, going on without it", apic_id);
            lapic_init_ipi (apic_id);                   /* stays in wait-for-SIPI                                   */
            cpu_remote[cpu] = NULL;                     /* its tables map its area: the next CPU needs its own      */
            rel_store (&space_hst_nova.cpu_table[cpu], NULL);
            return false;
        }
    }

    cpuset_set (&cpus_online, cpu);

    return true;
}

void smp_start (struct acpi const *a)
{
    static char saved[PAGE_SIZE];

    uint32_t const self = lapic_id();
    char *const page = a->cpus > 1 ? pmap_low (AP_PAGE) : NULL;
    uint64_t *const tables = page ? ap_tables() : NULL;
    cpu_t cpu = 1;

    if (page && tables) {

        memcpy (saved, page, sizeof saved);

        for (unsigned i = 0; i < a->cpus; i++) {

            if (a->apic_id[i] == self)
                continue;

            if (cpu == CPU_MAX) {
                print ("CPU: more than %u CPUs, the others stay parked", CPU_MAX);
                break;
            }

            if (start (page, tables, cpu, a->apic_id[i]))
                cpu++;
        }

        memcpy (page, saved, sizeof saved);
        free_tables (tables);
    }

    print ("CPU: %u online", cpu);
}

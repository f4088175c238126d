/* SPDX-License-Identifier: GPL-2.0-only */
/* The boot CPU from start.S to the root task, top down. */
#include <init.h>

#include <boot_time.h>
#include <bootstrap_cpu.h>
#include <buddy.h>
#include <cet.h>
#include <cfp.h>
#include <clock.h>
#include <cmdline.h>
#include <console/console.h>
#include <console/mbuf.h>
#include <console/uart_16550.h>
#include <console_sm.h>
#include <cpu.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <cr.h>
#include <desc.h>
#include <exception.h>
#include <facts.h>
#include <fpu.h>
#include <insn.h>
#include <ioapic.h>
#include <kmem.h>
#include <la57.h>
#include <lapic.h>
#include <mmio.h>
#include <multiboot.h>
#include <panic.h>
#include <patch.h>
#include <pcid.h>
#include <pci.h>
#include <pd.h>
#include <pic.h>
#include <pmap.h>
#include <pmu.h>
#include <power.h>
#include <pt.h>
#include <record.h>
#include <release.h>
#include <root.h>
#include <sc.h>
#include <screen.h>
#include <sm.h>
#include <smp.h>
#include <space_hst.h>
#include <space_mem.h>
#include <space_msr.h>
#include <space_obj.h>
#include <space_pio.h>
#include <string.h>
#include <trace.h>
#include <uefi.h>
#include <space_stage2.h>
#include <virt.h>

#define COM1            0x3f8
#define LAPIC_DEFAULT   UINT64_C (0xfee00000)           /* Intel SDM 3A, 11.4.1; also the start of the MSI range    */
#define MSI_RANGE_END   UINT64_C (0xfef00000)

struct acpi acpi;

static struct boot_info boot;
static uint32_t boot_magic, boot_information;           /* as the root task gets them                               */
static bool booted;                                     /* boot is filled                                           */
static bool boot_read, learnt;

/* So many CPUs there may be: the ACPI tables may know more, or none at all */
static unsigned cpus_max (void) { return MAX (MIN (acpi.cpus, CPU_MAX), 1U); }

/* What nobody but the kernel may touch (interface specification, 8.2) */
static void protect (void)
{
    space_mem_protect (kmem_phys ((void *)LINK_ADDR), kmem_phys (POOL_END));
    space_mem_protect (LAPIC_DEFAULT, MSI_RANGE_END);

    if (acpi.lapic)
        space_mem_protect (acpi.lapic, acpi.lapic + PAGE_SIZE);

    for (unsigned i = 0; i < acpi.ioapics; i++)
        space_mem_protect (acpi.ioapic[i].addr, acpi.ioapic[i].addr + PAGE_SIZE);

    for (unsigned i = 0; i < acpi.protects; i++)
        space_mem_protect (acpi.protect[i].start, acpi.protect[i].end);

    struct acpi_gas const *const port[] = { &acpi.pm1a_cnt, &acpi.pm1b_cnt, &acpi.pm2_cnt };

    for (unsigned i = 0; i < ARRAY_SIZE (port); i++)
        if (port[i]->addr && port[i]->space == ACPI_GAS_IO)
            for (unsigned b = 0; b < (port[i]->bits ? port[i]->bits / 8U : 1); b++)
                space_pio_protect ((uint16_t)(port[i]->addr + b));

    if (acpi.smi_cmd)
        space_pio_protect (acpi.smi_cmd);

    uefi_protect();
}

/* The UART that SPCR or DBG2 names. False: they name none that can be used */
static bool uart_named (struct uart_16550 *u)
{
    struct acpi_gas const *const gas = &acpi.uart;

    if (!gas->addr || acpi.uart_kind != ACPI_UART_16550)
        return false;

    *u = gas->space == ACPI_GAS_IO ? (struct uart_16550){ .port = (uint16_t)gas->addr, .stride = 1 } :
                                     (struct uart_16550){ .regs   = mmio_map (gas->addr, PAGE_SIZE),
                                                          .stride = (uint8_t)acpi_gas_stride (gas),
                                                          .width  = (uint8_t)acpi_gas_width (gas) };

    return (gas->space == ACPI_GAS_IO || u->regs) && uart_16550_init (u);
}

static bool uart_com1 (struct uart_16550 *u)
{
    *u = (struct uart_16550){ .port = COM1, .stride = 1 };

    return uart_16550_init (u);
}

static bool uart_pci (struct uart_16550 *u)
{
    struct pci_uart p;

    if (!pci_uart_find (&p, acpi.ecam, acpi.ecams, true))
        return false;

    *u = p.port ? (struct uart_16550){ .port = (uint16_t)p.addr, .stride = 1 } :
                  (struct uart_16550){ .regs = mmio_map (p.addr, PAGE_SIZE), .stride = 1 };

    if (!p.port && !u->regs)
        return false;

    print ("UART: PCI, %s %#lx", p.port ? "port" : "memory at", p.addr);

    return uart_16550_init (u);
}

/* In this order, the first one that is there; what has been said so far is said there, too */
static void console_uart (void)
{
    static struct uart_16550 uart;

    if (cmdline_flag ("noserial") || (!uart_named (&uart) && !uart_com1 (&uart) && !uart_pci (&uart)))
        return;

    mbuf_replay (&uart.console);
    console_add (&uart.console);
}

/* The first words, and what the boot loader says; once */
static void read_boot (void)
{
    if (boot_read)
        return;

    boot_read = true;

    mbuf_init (MBUF_START, (size_t)(MBUF_END - MBUF_START));
    rlx_store (&mbuf_signal, console_sm_line);
    console_add (&mbuf_console);

    print ("Kilonova %s x86_64, %s", release, compiler);

    booted = multiboot_parse (&boot, boot_magic, boot_information);
    mmio_forbid (boot.root_start, boot.root_end);

    cmdline_set (boot.cmdline);
}

/* What firmware says, and the end of DMA; once, as early as it can be */
static void learn (void)
{
    if (learnt)
        return;

    learnt = true;

    uefi_tables (&boot);
    acpi_parse (&acpi, boot.rsdp);
    console_uart();
    pci_stop (acpi.ecam, acpi.ecams);
}

/* On the CPU's own stack and tables */
static INDIRECT_TARGET void init_bsp (void)
{
    if (!cet_cpu_check())
        panic ("CPU %u: control-flow protection is not what was switched on", cpu_local.id);

    record_init (RECORDS_START, (size_t)(RECORDS_END - RECORDS_START));
    record_memory_init();
    boot_time_publish();

    print ("MEM: image at %#lx, %lu KiB free", kmem_phys ((void *)LINK_ADDR), buddy_free_pages() << (PAGE_BITS - 10));

    if (!uefi.mmap)
        uefi_take_map (&boot);

    facts_publish (&boot);

    pcid_init();
    clock_init (&acpi);
    pic_init();
    lapic_init (mmio_map (acpi.lapic ? acpi.lapic : LAPIC_DEFAULT, PAGE_SIZE));
    lapic_cpu_init();
    cpu_local.arch.apic_id = lapic_id();
    ioapic_init (&acpi);
    power_init (&acpi);
    virt_init();
    protect();
    pmu_init();
    screen_publish (&boot.screen, boot.root_start, boot.root_end);
    trace_init (cpus_max());

    if (!objects_init() || !bootstrap() || !nova_init())
        panic ("out of memory");

    boot_time (BOOT_OBJECTS);
    smp_start (&acpi);
    boot_time (BOOT_CPUS);

    if (booted)
        root_create (&boot, boot_magic, boot_information, 0);

    run_first();
}

static void remember (uint32_t magic, uint32_t info, uint32_t load_addr)
{
    boot_time (BOOT_ENTRY);

    boot_magic       = magic;
    boot_information = info;
    kmem_offset      = LINK_ADDR - load_addr;

    cpu_features_init();
}

/*
 * Devices are stopped before the exit, so that nothing is left that firmware would have to wait for or could forget, and again after
 * it, since the last handlers of firmware's drivers may turn one on: OVMF's of xHCI puts back what it found at the start.
 */
void init_uefi (uint32_t magic, uint32_t info, uint32_t load_addr)
{
    remember (magic, info, load_addr);

    bool const on = interrupts_save();                  /* firmware's timer may use configuration space, too        */

    read_boot();
    learn();
    interrupts_restore (on);

    bool const ended = uefi_exit (&boot);

    interrupts_save();

    if (ended)
        print ("UEFI: boot services ended");

    pci_stop (acpi.ecam, acpi.ecams);
}

void init (uint32_t magic, uint32_t info, uint32_t load_addr)
{
    remember (magic, info, load_addr);
    cpu_features_enable();

    read_boot();
    cfp_init();
    fpu_detect();
    patch_apply (PATCH_START, PATCH_END);
    desc_init();                                        /* the stubs are patched now                                */

    learn();
    boot_time (BOOT_FIRMWARE);

    buddy_init (pmap_shstk_init (POOL_START, cfp.ret ? cpus_max() : 0), POOL_END);

    if (space_hst_nova_init() != STATUS_SUCCESS || space_pio_init() != STATUS_SUCCESS)
        panic ("out of memory");

    pmap_init();

    struct cpu_local *const local = pmap_cpu_create (0);
    paddr_t const root = local ? space_hst_root (&space_hst_nova, NULL, 0) : 0;

    if (!root)
        panic ("out of memory");

    atomic_init (&local->root, root);
    cpu_remote[0] = local;
    cpuset_set (&cpus_online, 0);

    cr3_write (root);
    la57_init();
    boot_time (BOOT_MEMORY);

    enter_cpu_stack (init_bsp);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The boot CPU from start.S to the root task, top down. */
#include <init.h>

#include <acpi/acpi.h>
#include <boot_info.h>
#include <boot_time.h>
#include <bootstrap_cpu.h>
#include <buddy.h>
#include <cfp_arch.h>
#include <cmdline.h>
#include <console/console.h>
#include <console/mbuf.h>
#include <console/uart_16550.h>
#include <console/uart_pl011.h>
#include <console_sm.h>
#include <cpu.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <exception.h>
#include <facts.h>
#include <fdt.h>
#include <gic.h>
#include <hpt.h>
#include <hw.h>
#include <kmem.h>
#include <mmio.h>
#include <multiboot.h>
#include <panic.h>
#include <patch.h>
#include <pci.h>
#include <pd.h>
#include <platform.h>
#include <pmap.h>
#include <pmu.h>
#include <psci.h>
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
#include <space_obj.h>
#include <space_stage2.h>
#include <string.h>
#include <sysreg.h>
#include <trace.h>
#include <uefi.h>
#include <uefi_arch.h>
#include <uefi_load.h>
#include <vhe.h>
#include <vtcr.h>
#include <window.h>

#define TIMER_PPI       26                              /* where all platforms have it (Arm BSA, 4.1.4)             */

struct platform platform = { .timer_ppi = TIMER_PPI, .uart = BOARD_UART, .uart_regs = { BOARD_UART_ADDR, PAGE_SIZE },
                             .uart_stride = 4, .uart_width = 4 };

static struct boot_info boot;
static struct region seed;                              /* rng-seed of /chosen                                      */
static uint64_t boot_regs[3];                           /* as the root task gets them                               */

paddr_t hw_rsdp (void) { return boot.rsdp; }

static void protect (void)
{
    struct region const *const r[] = { &platform.gicd, &platform.gicc, &platform.gich, &platform.gicv };

    space_mem_protect (kmem_phys ((void *)LINK_ADDR), kmem_phys (POOL_END));

    for (unsigned i = 0; i < ARRAY_SIZE (r); i++)
        space_mem_protect (r[i]->addr, r[i]->addr + r[i]->size);

    for (unsigned i = 0; i < platform.gicrs; i++)
        space_mem_protect (platform.gicr[i].addr, platform.gicr[i].addr + platform.gicr[i].size);

    for (unsigned i = 0; i < platform.smmus; i++)
        space_mem_protect (platform.smmu[i].addr, platform.smmu[i].addr + platform.smmu[i].size);

    for (unsigned i = 0; i < platform.msis; i++)
        space_mem_protect (platform.msi[i].addr, platform.msi[i].addr + platform.msi[i].size);

    if (platform.reserved_left)
        print ("MEM: %u SMMUs, ITS or message frames beyond %u of a kind are not protected", platform.reserved_left, RESERVED_MAX);

    uefi_protect();
}

static void console_start (struct console *c)
{
    mbuf_replay (c);
    console_add (c);
}

/* Where firmware names no UART; memory only, as Arm has no ports */
static void find_uart (void)
{
    struct pci_uart p;

    if (platform.uart != UART_NONE || cmdline_flag ("noserial") || !pci_uart_find (&p, platform.ecam, platform.ecams, false))
        return;

    print ("UART: PCI, memory at %#lx", p.addr);

    platform.uart        = UART_16550;
    platform.uart_regs   = (struct region) { p.addr, PAGE_SIZE };
    platform.uart_stride = platform.uart_width = 1;
}

static void console_uart (void)
{
    static struct uart_pl011 pl011;
    static struct uart_16550 ns16550 = { .keep_rate = true };

    volatile void *const regs = platform.uart == UART_NONE || cmdline_flag ("noserial") ? NULL :
                                mmio_map (platform.uart_regs.addr, MAX (platform.uart_regs.size, PAGE_SIZE));

    if (!regs)
        return;

    if (platform.uart != UART_16550) {
        pl011.regs = regs;
        pl011.sbsa = platform.uart == UART_SBSA;
        uart_pl011_init (&pl011);
        console_start (&pl011.console);
        return;
    }

    ns16550.regs   = regs;
    ns16550.stride = platform.uart_stride;
    ns16550.width  = platform.uart_width;

    if (uart_16550_init (&ns16550))
        console_start (&ns16550.console);
}

/* Before the firmware's tables have been read */
static INDIRECT_TARGET void console_board (void)
{
    platform.uart      = BOARD_UART;
    platform.uart_regs = (struct region) { BOARD_UART_ADDR, PAGE_SIZE };
    console_uart();
}

/*
 * What the boot loader has left in registers (interface specification, 7.1.1): Multiboot 2 or 1, or a device tree and the root task's
 * image (legacy launch; the arm64 boot protocol has both in the tree). From firmware, the kernel has been the boot loader, and knows.
 */
static void read_boot (void)
{
    bool const tree = boot_regs[0] != MULTIBOOT1_MAGIC && boot_regs[0] != MULTIBOOT2_MAGIC;

    if (uefi_boot.efi_systab)
        boot = uefi_boot;
    else if (!tree && !multiboot_parse (&boot, (uint32_t)boot_regs[0], boot_regs[1]))
        return;                                         /* it has said why                                          */

    if (tree)
        boot.fdt = boot_regs[0];

    if (uefi_regime.sctlr && boot.efi_systab && boot.efi_image)
        boot.efi_services = true;

    uefi_tables (&boot);
}

/* The machine by a device tree. False: there is none */
static bool learn_fdt (void)
{
    struct fdt fdt;
    void const *header = !boot.fdt || boot.fdt % 8 ? NULL : window_map (WINDOW_BOOT, boot.fdt, FDT_HEADER);
    uint32_t const size = header ? fdt_size (header) : 0;

    if (size < FDT_HEADER || size > FDT_SIZE_MAX)
        return false;

    if (!fdt_open (&fdt, window_map (WINDOW_BOOT, boot.fdt, size), size))
        return false;

    if (boot.fdt == boot_regs[0] && !boot.efi_systab) {

        fdt_boot_info (&fdt, &boot);

        if (!boot.root_end && boot_regs[1]) {           /* it ends where it says, at the end of memory at the latest */
            boot.root_end   = platform_fdt_memory (&fdt, boot_regs[1]);
            boot.root_start = boot.root_end ? boot_regs[1] : 0;
        }
    }

    if (boot.root_end && (!platform_fdt_memory (&fdt, boot.root_start) || !platform_fdt_memory (&fdt, boot.root_end - 1))) {
        print ("BOOT: the root task at %#lx-%#lx is not in memory", boot.root_start, boot.root_end);
        boot.root_start = boot.root_end = 0;
    }

    struct fdt_walk w;

    if (fdt_find (&w, &fdt, "/chosen")) {

        struct fdt_prop const p = fdt_prop (&w, "rng-seed");

        if (p.size)
            seed = (struct region) { boot.fdt + (uint64_t)((char const *)p.data - fdt.blob), p.size };
    }

    platform_fdt (&platform, &fdt);
    screen_fdt (&boot.screen, &fdt);

    return true;
}

/* What the keys come from is nobody else's: the root task finds zeros in the tree, as Linux leaves it */
static void take_seed (void)
{
    void const *const from = cfp.ret ? window_map (WINDOW_ROOT, seed.addr, seed.size) : NULL;

    if (from) {
        cfp_seed (from, seed.size);
        window_erase (seed.addr, seed.size);
    }
}

/* The machine by ACPI tables */
static bool learn_acpi (void)
{
    static struct acpi acpi;

    if (!boot.rsdp || !acpi_parse (&acpi, boot.rsdp))
        return false;

    platform_acpi (&platform, &acpi);
    platform.end = 0;                                   /* these tables do not say where memory is                  */

    return true;
}

/* Devices are stopped before the exit and again after it, since the last handlers of firmware's drivers may turn one on */
static void leave_firmware (void)
{
    if (uefi_exit (&boot))
        print ("UEFI: boot services ended");

    pci_stop (platform.ecam, platform.ecams);
}

/*
 * The first words, and what boot loader and firmware say. Where both kinds of description are, the device tree counts, unless it names no
 * interrupt controller: then it is a boot loader's, with /chosen alone.
 */
static bool learn (void)
{
    enum uart_kind const board = platform.uart;

    print ("Kilonova %s aarch64, %s", release, compiler);
    console_last_resort (console_board);                /* x0 may be an address where reading aborts                */

    read_boot();
    platform.uart = UART_NONE;

    bool known = learn_fdt();

    if (!platform.gic)
        known |= learn_acpi();

    if (!known)
        platform.uart = board;

    mmio_forbid (boot.root_start, boot.root_end);
    cmdline_set (boot.cmdline);
    console_last_resort (NULL);
    find_uart();
    console_uart();
    pci_stop (platform.ecam, platform.ecams);

    if (!known)
        print ("BOOT: x0 = %#lx is no device tree, and no ACPI tables are named", boot_regs[0]);

    if (boot.efi_services && uefi_regime.sctlr)
        leave_firmware();

    return known;
}

/* Number of the word bits=N; 0: there is none */
static unsigned bits_wanted (void)
{
    char const *value;
    size_t length;
    unsigned n = 0;

    if (cmdline_value ("bits", &value, &length))
        for (size_t i = 0; i < MIN (length, (size_t)3) && value[i] >= '0' && value[i] <= '9'; i++)
            n = n * 10 + (unsigned)(value[i] - '0');

    return n;
}

/* Host and guest spaces are as wide as the machine wants them, now that it is known. There is one so far, and nothing in it. */
static bool size_spaces (void)
{
    unsigned const wanted = bits_wanted(), most = cpu_space_bits_max(), usual = cpu_space_bits (platform.end);
    bool const valid = wanted >= VTCR_BITS_MIN && wanted <= most;

    if (wanted && !valid)
        print ("MEM: bits=%u is not one of %u...%u, going on with %u", wanted, VTCR_BITS_MIN, most, usual);

    cpu_features_spaces (valid ? wanted : usual);

    pte_slot_t *const old = space_hst_nova.table;

    if (!space_root_create (&space_hst_nova))
        return false;

    space_hst_switch (space_hst_root (&space_hst_nova, NULL, 0));
    cpu_features_enable();
    buddy_free (old);

    return true;
}

/* On the CPU's own stack and tables */
static INDIRECT_TARGET void init_bsp (void)
{
    bool const known = learn();                         /* firmware runs once more, with its timer as it has left it        */

    boot_time (BOOT_FIRMWARE);

    if (!size_spaces())
        panic ("out of memory");

    cfp_init();
    take_seed();

    if (cfp.branch)
        pmap_guard();

    cfp_cpu_enable();

    if (!cfp_cpu_check())
        panic ("CFP: this CPU does not have what was switched on");

    record_init (RECORDS_START, (size_t)(RECORDS_END - RECORDS_START));
    record_memory_init();
    boot_time_publish();

    if (!uefi.mmap)
        uefi_take_map (&boot);

    facts_publish (&boot);

    print ("MEM: image at %#lx, %lu KiB free", kmem_phys ((void *)LINK_ADDR), buddy_free_pages() << (PAGE_BITS - 10));
    print ("CPU: MIDR %#lx, affinity %#lx, %u address bits, host spaces of %u bits by stage %u", sysreg_read (midr_el1),
           cpu_local.arch.mpidr, cpu_paddr_bits(), hpt_bits(), vhe() ? 1 : 2);

    if (platform.el3)
        platform.psci = PSCI_NONE;                      /* whatever the tree says: it is us who are there           */

    psci_init (platform.psci);

    if (!hw_stc_freq())
        panic ("no time: CNTFRQ_EL0 is 0");

    if (!gic_init (&platform) || !gic_cpu_init (platform.timer_ppi))
        panic ("no interrupts");

    protect();
    pmu_init();
    screen_publish (&boot.screen, boot.root_start, boot.root_end);
    trace_init (smp_cpus());

    if (!objects_init() || !bootstrap() || !nova_init())
        panic ("out of memory");

    boot_time (BOOT_OBJECTS);
    smp_start();
    boot_time (BOOT_CPUS);
    cfp_forget();

    if (known)
        root_create (&boot, boot_regs[0], boot_regs[1], boot_regs[2]);

    run_first();
}

void init (uint64_t x0, uint64_t x1, uint64_t x2, paddr_t load_addr, unsigned el)
{
    sysreg_write (cntvoff_el2, 0);                      /* firmware's; from here on all times are of one clock      */
    isb();
    boot_time (BOOT_ENTRY);

    boot_regs[0] = x0;
    boot_regs[1] = x1;
    boot_regs[2] = x2;
    kmem_offset  = LINK_ADDR - load_addr;
    platform.el3 = el == 3;

    cpu_features_init();
    mbuf_init (MBUF_START, (size_t)(MBUF_END - MBUF_START));
    rlx_store (&mbuf_signal, console_sm_line);
    console_add (&mbuf_console);

    patch_apply (PATCH_START, PATCH_END);               /* before anybody takes a lock                              */
    buddy_init (POOL_START, POOL_END);

    struct cpu_local *const local = space_hst_nova_init() == STATUS_SUCCESS ? pmap_cpu_create (0) : NULL;

    if (!local)
        cpu_halt_forever();                             /* no memory at all: nothing to say it with                 */

    pmap_init();
    boot_time (BOOT_MEMORY);

    local->arch.mpidr = sysreg_read (mpidr_el1) & MPIDR_AFFINITY;
    local->arch.start = init_bsp;
    cpu_remote[0]     = local;
    cpuset_set (&cpus_online, 0);

    ((void (*) (uint64_t)) (load_addr + (addr_cpu_leave - LOAD_ADDR))) (local->arch.below);
    UNREACHED;
}

# SPDX-License-Identifier: GPL-2.0-only
#
# Tests. check-host runs kernel code on the build machine under the address and undefined-behaviour sanitizers, compiled
# with $(COMP); make it with COMP=gcc and with COMP=clang. Each check-X target leaves "PASSED FAILED" in $(SUMMARY)/X,
# so that check-total can add them up.

# Host tests: $(call host-test,NAME,SOURCES) makes the program $H/NAME from SOURCES and whatever they need of HOST_LIB:
# modelled memory, captured lines, a panic that aborts. Functions in SOURCES replace those of the library.

H           := build/host/$(COMP)
SUMMARIES   := $H/summary
SUMMARY     := $(SUMMARIES)/$(ARCH)
HOST_CC     := $(if $(filter clang,$(COMP)),clang,gcc)
SANITIZE    ?= address,undefined
# Other instrumentation: --coverage
PROFILE     ?=
HOST_LDFLAGS = $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(PROFILE)
HOST_FLAGS  := -std=gnu11 -O1 -g -fno-omit-frame-pointer -fno-strict-aliasing -fwrapv -fno-common -fno-builtin \
               -MMD -MP $(WARN) \
               $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all) $(PROFILE) -DDEBUG=1 -DKMEM_MIB=$(KMEM_MIB) \
               -Itest/host/fake -Itest/host/fake_x86 -Itest/host -Iarch/$(ARCH) -Ikernel
HOST_LIB    := $(wildcard test/host/fake/*.c) kernel/console/format.c kernel/alloc_fail.c
HOST_OBJ     = $(patsubst %.c,$H/%.o,$1)
HOST_TESTS  :=

define host-test
HOST_TESTS += $H/$1
HOST_SRC   += $2
$H/$1: $(call HOST_OBJ,$2) $H/libhost.a $H/host.list
	$$(call say,HOSTLD,$$@)
	$$Q$$(HOST_CC) $$(HOST_LDFLAGS) $$(filter %.o %.a,$$^) -lcmocka -lpthread -o $$@
endef

# One line for each test program ---------------------------------------------------------------------------------------

# The page-table core (below) on several CPUs in every order. Its tables have no memory that a sanitizer could watch. It runs for a minute,
# so it starts first.
$(eval $(call host-test,ptab_model,test/model/ptab.c test/model/explore.c test/model/tlbs.c))
$(addprefix $H/test/model/,ptab.o explore.o tlbs.o): HOST_FLAGS := -Itest/model -I$H/tiny $(filter-out -O1 -fsanitize% -fno-sanitize%,$(HOST_FLAGS)) -O2
$(addprefix $H/test/model/,ptab.o explore.o tlbs.o): $H/tiny/ptab.h

ACPI        := test/host/acpi_machine.c $(wildcard kernel/acpi/*.c)
$(eval $(call host-test,acpi,test/host/acpi.c $(ACPI)))
$(eval $(call host-test,acpi_tables,test/host/acpi_tables.c $(ACPI)))
$(eval $(call host-test,acpi_damage,test/host/acpi_damage.c $(ACPI)))
$(eval $(call host-test,acpi_arm,test/host/acpi_arm.c $(ACPI)))
$(eval $(call host-test,multiboot,test/host/multiboot.c kernel/multiboot.c kernel/fdt.c))
$(eval $(call host-test,screen,test/host/screen.c test/host/fdt_blob.c kernel/screen.c kernel/record.c kernel/space_mem.c kernel/fdt.c))
$(eval $(call host-test,uefi,test/host/uefi.c kernel/uefi.c))
$(eval $(call host-test,smbios,test/host/smbios.c kernel/smbios.c))
$(eval $(call host-test,user_console,test/host/user_console.c user/console.c user/format.c))
$H/test/host/user_console.o $H/user/console.o: HOST_FLAGS += -idirafter user
$(eval $(call host-test,facts,test/host/facts.c kernel/facts.c kernel/smbios.c kernel/record.c kernel/uefi.c))
$(eval $(call host-test,fdt,test/host/fdt.c test/host/fdt_blob.c kernel/fdt.c))
$(eval $(call host-test,handover,test/host/handover.c test/host/fdt_blob.c kernel/handover.c kernel/fdt.c kernel/multiboot.c))
$(eval $(call host-test,platform,test/host/platform.c test/host/fdt_blob.c kernel/fdt.c arch/aarch64/platform_fdt.c))
$(eval $(call host-test,platform_acpi,test/host/platform_acpi.c $(ACPI) arch/aarch64/platform_acpi.c))
$(eval $(call host-test,elf,test/host/elf.c kernel/elf.c))
$(eval $(call host-test,cmdline,test/host/cmdline.c kernel/cmdline.c))
$(eval $(call host-test,string,test/host/string.c))
$(eval $(call host-test,format,test/host/format.c))
# Of the benchmark suite: its own headers, and what of user/ stands in for the host's
$(eval $(call host-test,bench_stats,test/host/bench_stats.c bench/stats.c))
$(eval $(call host-test,bench_method,test/host/bench_method.c bench/method.c bench/counter.c bench/stats.c))
$(addprefix $H/,$(addprefix test/host/,bench_stats.o bench_method.o bench_rdpmc.o) $(addprefix bench/,stats.o method.o counter.o)): HOST_FLAGS := -Itest/host/fake_bench $(HOST_FLAGS) -idirafter bench
$H/bench_stats: HOST_LDFLAGS += -lm
$(eval $(call host-test,bench_cold,test/host/bench_cold.c bench/cold.c))
$(call HOST_OBJ,test/host/bench_cold.c bench/cold.c): HOST_FLAGS := -Itest/host/fake_bench $(HOST_FLAGS) -idirafter bench
BENCH_DRIVER := test/host/bench_driver.c bench/driver.c bench/neighbour.c bench/glob.c user/format.c
$(eval $(call host-test,bench_driver,$(BENCH_DRIVER)))
$(call HOST_OBJ,$(BENCH_DRIVER)): HOST_FLAGS := -Itest/host/fake_bench $(HOST_FLAGS) -idirafter bench -idirafter user
$H/bench/driver.o: HOST_FLAGS += -Dmain=driver_main
$(eval $(call host-test,bench_rdpmc,test/host/bench_rdpmc.c))
$H/test/host/bench_rdpmc.o: HOST_FLAGS := -Ibench/x86_64 $(HOST_FLAGS)
$(eval $(call host-test,console,test/host/console.c kernel/cmdline.c))
$(eval $(call host-test,mbuf,test/host/mbuf.c))
$(eval $(call host-test,uart_16550,test/host/uart_16550.c))
$(eval $(call host-test,uart_pl011,test/host/uart_pl011.c))

X86         := arch/x86_64
# Registers of a modelled PC; the headers beside it hide the kernel's
MACHINE     := test/host/fake_x86/machine.c
$(eval $(call host-test,clock,test/host/clock.c $(MACHINE) $(X86)/clock.c $(X86)/clock_measure.c $(X86)/cpu_features.c))
$(eval $(call host-test,lapic,test/host/lapic.c $(MACHINE) $(X86)/lapic.c $(X86)/lapic_timer.c $(X86)/cpu_features.c))
$(eval $(call host-test,ioapic,test/host/ioapic.c $(MACHINE) $(X86)/ioapic.c $(X86)/pic.c))
$(eval $(call host-test,interrupt,test/host/interrupt.c kernel/interrupt.c $(X86)/interrupt_arch.c))
$(eval $(call host-test,power,test/host/power.c $(MACHINE) $(X86)/power.c))
$(eval $(call host-test,pci,test/host/pci.c kernel/pci.c kernel/pci_uart.c $(X86)/pci_config.c))
$(eval $(call host-test,virt,test/host/virt.c $(MACHINE) $(X86)/virt.c $(X86)/cpu_features.c))
$(eval $(call host-test,facts_x86,test/host/facts_x86.c $(MACHINE) $(X86)/facts_arch.c $(X86)/cpu_features.c))
$(eval $(call host-test,pmu_x86,test/host/pmu_x86.c $(MACHINE) $(X86)/pmu_arch.c $(X86)/cpu_features.c))
$(eval $(call host-test,cfp,test/host/cfp.c $(MACHINE) kernel/cfp.c $(X86)/cet.c $(X86)/cpu_features.c))
$H/test/host/cfp.o $H/kernel/cfp.o $H/$(X86)/cet.o: HOST_FLAGS += -DCFP_BRANCH=1 -DCFP_RETURN=1
$(eval $(call host-test,patch,test/host/patch.c kernel/patch.c $(X86)/patch_arch.c))
$(eval $(call host-test,fpu,test/host/fpu.c kernel/patch.c $(X86)/patch_arch.c $(X86)/fpu.c))
# Its own instructions are patched: the table stands between symbols, as in the kernel
$H/fpu: HOST_LDFLAGS += -Wl,-T,test/host/patch.ld
$H/fpu: test/host/patch.ld
$(eval $(call host-test,cpu_features,test/host/cpu_features.c $(MACHINE) $(X86)/cpu_features.c))

# The kernel core on modelled CPUs: page pool, time, CPUs, and what stands around the objects
CORE_MEM    := test/host/core_pool.c
CORE_CPU    := test/host/core_time.c test/host/core_cpus.c kernel/cpu.c kernel/rcu.c kernel/tlb.c $(X86)/pcid.c
CORE        := test/host/core.c $(CORE_MEM) $(CORE_CPU) $(addprefix kernel/,slab.c kobject.c pd.c ec.c sc.c pt.c sm.c timeout.c \
               scheduler.c space_obj.c space_hst.c space_root.c space_mem.c space_stage2.c) \
               $(addprefix $(X86)/,hpt.c ept.c stage2.c space_pio.c space_msr.c)
$(eval $(call host-test,inbox,test/host/inbox.c))
$(eval $(call host-test,buddy,test/host/buddy.c))
$(eval $(call host-test,record,test/host/record.c kernel/record.c kernel/boot_time.c kernel/buddy.c kernel/slab.c))
$(eval $(call host-test,trace,test/host/trace.c kernel/record.c kernel/cmdline.c kernel/buddy.c))
$(eval $(call host-test,pmu,test/host/pmu.c kernel/record.c kernel/cmdline.c kernel/buddy.c))
$(eval $(call host-test,slab,test/host/slab.c $(CORE_MEM) kernel/slab.c))
$(eval $(call host-test,timeout,test/host/timeout.c test/host/core_time.c $(CORE_MEM) kernel/timeout.c))
$(eval $(call host-test,rcu,test/host/rcu.c $(CORE_MEM) $(CORE_CPU)))
$(eval $(call host-test,cap,test/host/cap.c $(CORE)))
$(eval $(call host-test,create,test/host/create.c $(CORE)))
$(eval $(call host-test,sm,test/host/sm.c $(CORE)))
$(eval $(call host-test,sm_hand_over,test/host/sm_hand_over.c $(CORE)))
$(eval $(call host-test,hpt,test/host/hpt.c $(CORE)))
$(eval $(call host-test,space_mem,test/host/space_mem.c kernel/space_mem.c))
$(eval $(call host-test,space_hst,test/host/space_hst.c $(CORE)))
$(eval $(call host-test,space_tag,test/host/space_tag.c $(CORE)))
$(eval $(call host-test,space_pio,test/host/space_pio.c $(CORE)))
$(eval $(call host-test,space_msr,test/host/space_msr.c $(CORE)))
$(eval $(call host-test,space_stage2,test/host/space_stage2.c $(CORE)))
$(eval $(call host-test,scheduler,test/host/scheduler.c $(CORE)))
$(eval $(call host-test,steps,test/host/steps.c $(CORE)))
$(eval $(call host-test,ptab,test/host/ptab.c $(CORE_MEM)))
$(eval $(call host-test,pcid,test/host/pcid.c test/host/tagged_tlb.c test/host/orders.c))

# Page tables, tags and interrupts of aarch64, with that architecture's headers before all others
AARCH64_OBJ := $(addprefix $H/,$(addprefix test/host/,gic.o stage2.o hpt_arm.o arm_walk.o tag.o tag_machine.o pmu_arm.o) \
               $(addprefix arch/aarch64/,stage2.o hpt.o vtcr.o pmu_arch.o))
$(eval $(call host-test,stage2,test/host/stage2.c test/host/arm_walk.c $(CORE_MEM) arch/aarch64/stage2.c arch/aarch64/vtcr.c))
$(eval $(call host-test,hpt_arm,test/host/hpt_arm.c test/host/arm_walk.c $(CORE_MEM) $(addprefix arch/aarch64/,hpt.c stage2.c vtcr.c)))
$(eval $(call host-test,gic,test/host/gic.c))
$(eval $(call host-test,tag,test/host/tag.c test/host/tag_machine.c test/host/orders.c))
$(eval $(call host-test,pmu_arm,test/host/pmu_arm.c arch/aarch64/pmu_arch.c))
$(AARCH64_OBJ): HOST_FLAGS := -Itest/host/fake_aarch64 -Iarch/aarch64 $(filter-out -Itest/host/fake_x86 -Iarch/$(ARCH),$(HOST_FLAGS))

# The page-table core with tables of two entries, so that short sequences of updates are all that there are
$H/tiny/ptab.h: kernel/ptab.h
	@mkdir -p $(@D)
	$Qsed 's/^\(#define PTAB_BPL *\)9/\11/' $< > $@
$H/test/host/ptab.o: HOST_FLAGS := -I$H/tiny $(HOST_FLAGS)
$H/test/host/ptab.o: $H/tiny/ptab.h

# What is aarch64's and depends on no CPU is tested wherever the tests run
$H/arch/aarch64/%.o $H/test/host/platform.o $H/test/host/platform_acpi.o $H/test/fuzz/fdt.o: HOST_FLAGS += -Iarch/aarch64

# Fuzz targets
include test/fuzz/rules.mk

# ----------------------------------------------------------------------------------------------------------------------

# Compile all again when a flag changes or a header begins or ceases to hide another one; link when a program's sources change
$H/host.stamp: FORCE
	$(call stamp,$(HOST_CC) $(HOST_FLAGS) $(HIDING) $(wildcard test/host/*.h test/host/fake*/*.h))
$H/host.list: FORCE
	$(call stamp,$(HOST_CC) $(HOST_LDFLAGS) $(HOST_SRC))

$H/%.o: %.c $H/host.stamp
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$Q$(HOST_CC) $(HOST_FLAGS) -c $< -o $@

$H/libhost.a: $(call HOST_OBJ,$(HOST_LIB))
	@rm -f $@
	$Qar rcs $@ $^

host-tests: $(HOST_TESTS)

check-host: $(HOST_TESTS)
	@mkdir -p $(SUMMARY)
	@$(PYTHON) test/host/run.py $(COMP) $(SUMMARY)/host $(JOBS) $(HOST_TESTS)

# Totals of all suites that ran with this compiler: of each architecture, of all
check-total:
	@awk 'FNR == 1 { n = split (FILENAME, f, "/"); a = f[n - 1]; if (!(a in p)) order[++archs] = a; p[a] += $$1; q[a] += $$2; t += $$1; u += $$2 } \
	  END { for (i = archs; i; i--) printf "  %-9s %d passed, %d failed\n", order[i], p[order[i]], q[order[i]]; \
	  if (!archs) { print "  no suite ran"; exit 1 } printf "  %-9s %d passed, %d failed\n", "total", t, u; exit u > 0 }' $(SUMMARIES)/*/* /dev/null

.PHONY: host-tests check-host check-total
# What boot tests of UEFI need: a driver of firmware that keeps a device copying, and the root task that looks for what it wrote
$(eval $(call root-task,test/boot/dma,test/boot/dma.c,-Itest/boot))

AGENT_FLAGS := --target=$(ARCH)-unknown-windows -std=gnu11 -O2 -ffreestanding -fno-stack-protector -mno-red-zone -mgeneral-regs-only \
               -Wall -Wextra -Werror -Itest/boot
AGENTS      := $(patsubst %,$O/test/boot/%.efi,agent agent-again agent-twice agent-never agent-crc)
$O/test/boot/agent-again.efi: AGENT_FLAGS += -DAGENT_AGAIN
$O/test/boot/agent-twice.efi: AGENT_FLAGS += -DAGENT_REFUSE=2 -DAGENT_CRC
$O/test/boot/agent-never.efi: AGENT_FLAGS += -DAGENT_REFUSE=-1u -DAGENT_CRC
$O/test/boot/agent-crc.efi:   AGENT_FLAGS += -DAGENT_REFUSE=0

$(AGENTS): $O/%.efi: test/boot/agent.c test/boot/agent.h test/rules.mk
	$(call say,EFI,$@)
	@mkdir -p $(@D)
	$Qclang $(AGENT_FLAGS) -c $< -o $@.o
	$Qlld-link -subsystem:efi_boot_service_driver -entry:agent -nodefaultlib -out:$@ $@.o

agents: $(AGENTS)

.PHONY: agents
# What launches the kernel as boot loaders do that QEMU lacks
ifeq ($(ARCH),aarch64)
LAUNCH      := $O/test/boot/launch.elf
roots: $(LAUNCH)
$(LAUNCH): test/boot/launch.c test/boot/launch_start.S $O/user.stamp test/rules.mk
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$Q$(CC) $(filter-out -MMD -MP,$(UFLAGS)) -c test/boot/launch.c -o $@.c.o
	$Q$(CC) $(filter-out -MMD -MP,$(UFLAGS)) -DLAUNCH_WISH=0x47100000 -c test/boot/launch_start.S -o $@.S.o
	$Q$(LD) $(ARCH_LDFLAGS) -static -Ttext 0x47010000 -e _start $@.S.o $@.c.o -o $@
endif

# The conformance root task
include test/root/rules.mk
# Longest stretches of the kernel without interrupts
include test/wcet/rules.mk
# Test kernels of control-flow protection
include test/cfp/rules.mk
# Page tables of all sizes, as the CPU reads them
include test/sizes/rules.mk
# The abuse root task
include test/abuse/rules.mk

-include $(patsubst %.o,%.d,$(call HOST_OBJ,$(HOST_SRC) $(HOST_LIB)))

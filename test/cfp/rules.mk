# SPDX-License-Identifier: GPL-2.0-only
# Test kernels that break the rules of control-flow protection: the kernel's own objects and those of test/cfp
VIOLATE     := $O/test/cfp/kilonova-violate.elf
VIOLATE_OBJ := $(addprefix $O/test/cfp/,violate.o $(ARCH)/violate_arch.o $(ARCH)/violate_insn.o)
VIOLATE_WRAP := root_create $(if $(filter x86_64,$(ARCH)),cpu_idle interrupt_kernel)

$O/test/cfp/%.o: test/cfp/%.c $O/kernel.stamp
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -Itest/cfp -c $< -o $@
$O/test/cfp/%.o: test/cfp/%.S $O/kernel.stamp
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -D__ASSEMBLY__ -c $< -o $@
$(VIOLATE): $(VIOLATE_OBJ) $(KELF)
	$(call say,LD,$@)
	$Q$(LD) $(ARCH_LDFLAGS) $(KERNEL_LDFLAGS) -static -n --gc-sections --fatal-warnings $(VIOLATE_WRAP:%=--wrap=%) \
	  -T $O/kernel.ld $(KOBJ) $(VIOLATE_OBJ) $O/release.o -o $@
$(VIOLATE:.elf=.img): $(VIOLATE)
	$Q$(OBJCOPY) --strip-all -O binary $< $@

# What boot tests want of one level of CFP: the kernel, and that one
violate: $(KELF) $(IMAGES) $(VIOLATE) $(if $(filter aarch64,$(ARCH)),$(VIOLATE:.elf=.img))

.PHONY: violate
-include $(VIOLATE_OBJ:.o=.d)

# Its root task for user mode, with nothing of the runtime but two instructions
ifeq ($(ARCH),x86_64)
ROOTS += $O/test/cfp/user.elf
endif
$O/test/cfp/user.elf: test/cfp/x86_64/user.c user/$(ARCH)/pio.h
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$Q$(CC) -Wall -Wextra $(TOOL_WARN) -O2 -ffreestanding -fno-pic -fno-asynchronous-unwind-tables -mgeneral-regs-only -nostdlib -static -Iuser/$(ARCH) -Ikernel \
	  -fcf-protection=none -Wl,-z,separate-code,--build-id=none,-Ttext-segment=0x10000000 -o $@ $<

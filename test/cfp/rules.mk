# SPDX-License-Identifier: GPL-2.0-only
# Test kernels that break the rules of control-flow protection: the kernel's own objects and those of test/cfp
VIOLATE     := $O/test/cfp/kilonova-violate.elf
VIOLATE_OBJ := $O/test/cfp/violate.o $O/test/cfp/violate_insn.o

$O/test/cfp/violate.o: test/cfp/violate.c $O/kernel.stamp
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -c $< -o $@
$O/test/cfp/violate_insn.o: test/cfp/violate_insn.S $O/kernel.stamp
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -D__ASSEMBLY__ -c $< -o $@
$(VIOLATE): $(VIOLATE_OBJ) $(KELF)
	$(call say,LD,$@)
	$Q$(LD) $(ARCH_LDFLAGS) -static -n --gc-sections --fatal-warnings --wrap=root_create --wrap=cpu_idle \
	  --wrap=interrupt_kernel -T $O/kernel.ld $(KOBJ) $(VIOLATE_OBJ) $O/release.o -o $@

# What boot tests want of one level of CFP: the kernel, and that one
violate: $(KELF) $(VIOLATE)

.PHONY: violate
-include $(VIOLATE_OBJ:.o=.d)

# Its root task for user mode, with nothing of the runtime but two instructions
ifeq ($(ARCH),x86_64)
ROOTS += $O/test/cfp/user.elf
endif
$O/test/cfp/user.elf: test/cfp/user.c user/$(ARCH)/pio.h
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$Q$(CC) -Wall -Wextra $(TOOL_WARN) -O2 -ffreestanding -fno-pic -fno-asynchronous-unwind-tables -mgeneral-regs-only -nostdlib -static -Iuser/$(ARCH) -Ikernel \
	  -fcf-protection=none -Wl,-z,separate-code,--build-id=none,-Ttext-segment=0x10000000 -o $@ $<

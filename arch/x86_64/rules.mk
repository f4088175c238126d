# SPDX-License-Identifier: GPL-2.0-only
# x86_64: compiler and linker flags, emulator

# Indirect-branch tracking: ENDBR64 where compiler.h says so (GCC), no jump tables, whose jumps would be exempt by NOTRACK. Shadow
# stacks need nothing of the compiler.
CFP_FLAGS    := $(if $(filter branch full,$(CFP)),-fcf-protection=branch -fno-jump-tables $(if $(filter gcc,$(COMP)),-mmanual-endbr),\
                -fcf-protection=none)
ARCH_KFLAGS  := -m64 -march=x86-64 -mcmodel=kernel -mno-red-zone -mgeneral-regs-only $(CFP_FLAGS)
ARCH_UFLAGS  := -m64 -march=x86-64 -mno-red-zone -mgeneral-regs-only -fcf-protection=none
ARCH_LDFLAGS := -m elf_x86_64 -z max-page-size=0x1000 -z noexecstack

# Multiboot 1 by QEMU's -kernel wants a 32-bit file
IMAGES       := $O/kilonova.elf32

$O/kilonova.elf32: $O/kilonova.elf
	$Q$(OBJCOPY) --strip-debug -O elf32-i386 $< $@

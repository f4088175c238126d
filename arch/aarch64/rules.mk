# SPDX-License-Identifier: GPL-2.0-only
# aarch64: compiler and linker flags

ARCH_UFLAGS  := -march=armv8-a -mgeneral-regs-only -mstrict-align $(if $(filter gcc,$(COMP)),-mno-outline-atomics) -mbranch-protection=none
ARCH_LDFLAGS := -m aarch64elf -z max-page-size=0x1000 -z noexecstack

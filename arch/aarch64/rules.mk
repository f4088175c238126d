# SPDX-License-Identifier: GPL-2.0-only
# aarch64: compiler and linker flags, images, boards

$(call choice,BOARD,$(patsubst arch/aarch64/board/%.h,%,$(wildcard arch/aarch64/board/*.h)))

# Landing pads for indirect calls where compiler.h says so (GCC), and signed return addresses; no jump tables, which are jumps that need
# pads of their own, and that nobody can follow who checks how return addresses are kept. Both are hints, which CPUs without them pass over.
CFP_PADS     := $(if $(filter branch full,$(CFP)),$(if $(filter clang,$(COMP)),bti))
CFP_SIGNED   := $(if $(filter return full,$(CFP)),pac-ret)
CFP_FLAGS    := -mbranch-protection=$(or $(if $(CFP_PADS),$(if $(CFP_SIGNED),bti+pac-ret,bti)),$(CFP_SIGNED),none) \
                $(if $(filter none,$(CFP)),,-fno-jump-tables)

# board.h is the board's header. LSE atomics are an instruction each, but CPUs before Armv8.1 lack them.
ARCH_KFLAGS  := -march=armv8-a -mgeneral-regs-only -mstrict-align -mcmodel=small -mno-outline-atomics $(CFP_FLAGS) -I$O/board
ARCH_UFLAGS  := -march=armv8-a -mgeneral-regs-only -mstrict-align -mno-outline-atomics -mbranch-protection=none
ARCH_LDFLAGS := -m aarch64elf -z max-page-size=0x1000 -z noexecstack
# Where the pointers are: with VHE the kernel runs at other addresses than it is linked at (start.S)
KERNEL_LDFLAGS := -pie --no-dynamic-linker -z notext

$(if $(wildcard $O/board),,$(shell mkdir -p $O/board))
$(if $(filter clean help deps,$(MAKECMDGOALS)),,$(shell echo '#include <board/$(BOARD).h>' | cmp -s - $O/board/board.h || \
  echo '#include <board/$(BOARD).h>' > $O/board/board.h))

# Raw image behind an arm64 Image header, for boot loaders that start Linux: QEMU's -kernel, GRUB, U-Boot. It is a UEFI application, too.
IMAGES       := $O/kilonova.img

$O/kilonova.img: $O/kilonova.elf
	$(call check-pic,$(UEFI_LOAD))
	$Q$(OBJCOPY) --strip-all -O binary $< $@

# What runs where UEFI has loaded it holds no address of the image that only boot would make right
UEFI_LOAD    := $(addprefix $O/,arch/aarch64/uefi_load.o kernel/handover.o kernel/fdt.o kernel/cmdline.o kernel/string.o)
check-pic     = $Q$(PREFIX)readelf -rW $1 | awk '/^File:/ { f = $$2 } /^Relocation section/ { s = $$3 } \
                  (/R_AARCH64_ABS/ || /_GOT/) && !/_ABS_LO12_NC / && s !~ /debug/ { print f ": " s ": " $$5 " is an address that boot would have to change"; bad = 1 } END { exit bad }' >&2

# SPDX-License-Identifier: GPL-2.0-only
# aarch64: compiler and linker flags, images, boards

$(call choice,BOARD,$(patsubst arch/aarch64/board/%.h,%,$(wildcard arch/aarch64/board/*.h)))

# Landing pads for indirect branches, signed return addresses. Both are hints, which CPUs without them pass over.
CFP_FLAGS    := -mbranch-protection=$(if $(filter full,$(CFP)),bti+pac-ret,$(if $(filter branch,$(CFP)),bti,$(if $(filter return,$(CFP)),pac-ret,none)))

# board.h is the board's header. LSE atomics are an instruction each, but CPUs before Armv8.1 lack them.
ARCH_KFLAGS  := -march=armv8-a -mgeneral-regs-only -mstrict-align -mcmodel=small -mno-outline-atomics $(CFP_FLAGS) -I$O/board
ARCH_UFLAGS  := -march=armv8-a -mgeneral-regs-only -mstrict-align -mno-outline-atomics -mbranch-protection=none
ARCH_LDFLAGS := -m aarch64elf -z max-page-size=0x1000 -z noexecstack

$(if $(wildcard $O/board),,$(shell mkdir -p $O/board))
$(if $(filter clean help deps,$(MAKECMDGOALS)),,$(shell echo '#include <board/$(BOARD).h>' | cmp -s - $O/board/board.h || \
  echo '#include <board/$(BOARD).h>' > $O/board/board.h))

# Raw image behind an arm64 Image header, for boot loaders that start Linux: QEMU's -kernel, GRUB, U-Boot
IMAGES       := $O/kilonova.img

$O/kilonova.img: $O/kilonova.elf
	$Q$(OBJCOPY) --strip-all -O binary $< $@

# SPDX-License-Identifier: GPL-2.0-only
# The example of doc/first-root-task.md
$(eval $(call root-task,user/example/hello,user/example/hello.c))

# The client of doc/porting-clients.md, with the command that is printed there: nothing of this tree goes into it
ifeq ($(ARCH),x86_64)
ROOTS += $O/user/example/bare.elf
$O/user/example/bare.elf: user/example/bare.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$Q$(CC) -Wall -Wextra -O2 -ffreestanding -fno-pic -fno-asynchronous-unwind-tables -mgeneral-regs-only -nostdlib -static \
	  -Wl,-z,separate-code,--build-id=none,-Ttext-segment=0x10000000 -o $@ $<
endif

# SPDX-License-Identifier: GPL-2.0-only
# The conformance root task: test/root/*.c and what test/root/$(ARCH) adds
ifneq ($(wildcard test/root/$(ARCH)),)
$(eval $(call root-task,test/root/conformance,$(wildcard test/root/*.[cS] test/root/$(ARCH)/*.[cS]),-Itest/root/$(ARCH) -Itest/root))
endif

# make conformance [KERNEL=FILE] [ONLY=THEME+THEME] [SMP=N] [EMULATOR=bochs]
SMP         ?= 1
EMULATOR    ?=

conformance: tools-check $(if $(KERNEL),,$(KELF)) $O/test/root/conformance.elf
	$Q$(PYTHON) -B test/root/run.py --theme --kernel '$(or $(KERNEL),$(KELF))' --root $O/test/root/conformance.elf \
	  --smp '$(SMP)' --emulator '$(or $(EMULATOR),qemu)' $(if $(ONLY),--only '$(ONLY)')

conformance-path: $O/test/root/conformance.elf
	@echo $(abspath $<)

.PHONY: conformance conformance-path

# SPDX-License-Identifier: GPL-2.0-only
# Longest stretches of the kernel without interrupts (doc/wcet.md): root task, QEMU plugin, limit
ifneq ($(wildcard test/wcet/root/$(ARCH)),)
$(eval $(call root-task,test/wcet/wcet,$(wildcard test/wcet/root/*.c test/wcet/root/$(ARCH)/*.S),\
  -Itest/wcet/root/$(ARCH) -Itest/wcet/root -Itest/root/$(ARCH)))
endif

WCET_LIMIT  ?= 10000
WCET_SIZE   ?= 1024
WCET        := $(PYTHON) -B test/wcet/run.py

$H/stretch.so: test/wcet/stretch.c
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$Q$(HOST_CC) -std=gnu11 -O2 -g -fPIC -shared -fvisibility=hidden $(WARN) $< -o $@

wcet check-wcet: tools-check $(KELF) $(IMAGES) $O/test/wcet/wcet.elf $H/stretch.so
	$Q$(WCET) --kernel $(KELF) --root $O/test/wcet/wcet.elf --plugin $H/stretch.so --limit $(WCET_LIMIT) --size $(WCET_SIZE) --jobs $(JOBS) \
	  --json build/wcet/$(ARCH)-$(COMP).json $(if $(filter check-wcet,$@),--worst 1 --summary $(SUMMARY)/wcet) $(if $(ONLY),--only '$(ONLY)')

.PHONY: wcet check-wcet

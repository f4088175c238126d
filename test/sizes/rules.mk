# SPDX-License-Identifier: GPL-2.0-only
# A test kernel that asks the CPU about tables of all sizes: the kernel's own objects and that of test/sizes
ifeq ($(ARCH),aarch64)
SIZES       := $O/test/sizes/kilonova-sizes

$O/test/sizes/sizes.o: test/sizes/sizes.c $O/kernel.stamp
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -c $< -o $@
$(SIZES).elf: $O/test/sizes/sizes.o $(KELF)
	$(call say,LD,$@)
	$Q$(LD) $(ARCH_LDFLAGS) $(KERNEL_LDFLAGS) -static -n --gc-sections --fatal-warnings --wrap=root_create -T $O/kernel.ld \
	  $(KOBJ) $< $O/release.o -o $@
$(SIZES).img: $(SIZES).elf
	$Q$(OBJCOPY) --strip-all -O binary $< $@

# make check-sizes: on a CPU of Armv8.0 with 44 bits, one with 40, and one with 52 and FEAT_LPA2
check-sizes: tools-check $(SIZES).img
	@mkdir -p $(SUMMARY)
	$Q$(PYTHON) -B test/sizes/run.py --kernel $(SIZES).img --jobs $(JOBS) --summary $(SUMMARY)/sizes

.PHONY: check-sizes
-include $O/test/sizes/sizes.d
endif

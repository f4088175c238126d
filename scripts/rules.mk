# SPDX-License-Identifier: GPL-2.0-only
# Tools and measuring: nothing but `deps` installs anything; what needs a tool says which Debian package brings it

# make bench [KERNEL=FILE LABEL=NAME] [BENCH=PATTERNS] [ITERATIONS=N] [CONF=NAME]: another kernel, some benchmarks, fewer samples
KERNEL      ?=
LABEL       ?= $(basename $(notdir $(KERNEL)))
BENCH       ?=
ITERATIONS  ?=
MACHINE     := qemu-q35-icount
CONF        ?= $(ARCH)-$(COMP)-$(CFP)$(if $(filter 1,$(DEBUG)),-debug)
KN          := $(PYTHON) scripts/kn
SUBSET      := $(BENCH)$(ITERATIONS)
RESULT      := $(if $(SUBSET),build/)results/$(or $(LABEL),$(RELEASE))/$(MACHINE)/$(CONF)

deps:
	@scripts/deps

tools-build tools-bench tools-check: tools-%:
	@scripts/deps --check $*

check-tools: tools-check

bench: tools-bench $(if $(KERNEL),,$(KELF)) $O/bench/bench.elf
	$Q$(KN) run -q --kernel '$(or $(KERNEL),$(KELF))' --root $O/bench/bench.elf $(if $(BENCH),--bench '$(BENCH)') \
	  $(if $(ITERATIONS),--iterations $(ITERATIONS)) $(if $(LABEL),--label '$(LABEL)') --release '$(or $(LABEL),$(RELEASE))' \
	  -o '$(RESULT).json'
	$Q$(KN) show '$(RESULT).json'
	@echo
	@echo 'Recorded: $(RESULT).json'
	$Q$(KN) plot '$(RESULT).json' | sed 's/^/Chart:    /'

# Tests of the scripts themselves, and of the kernel in emulators
check-kn: tools-check
	$Q$(PYTHON) -B test/tools/test_kn.py
	$Q$(PYTHON) -B test/tools/test_boot.py

check-boot: tools-check $(KELF) $(KELF32) roots
	$Q$(PYTHON) -B test/boot/run.py --kernel $(KELF) --objects $O --jobs 2 $(if $(ONLY),--only '$(ONLY)')

# Checks of the sources; headers are compiled one by one
check-sources: tools-check
	@$(PYTHON) -B scripts/check --arch $(ARCH) --flags '$(CC) $(KFLAGS)' --summary $(SUMMARY)/sources

.PHONY: check-sources tools-build tools-bench tools-check check-tools check-kn check-boot

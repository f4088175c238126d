# SPDX-License-Identifier: GPL-2.0-only
# Tools and measuring: nothing but `deps` installs anything; what needs a tool says which Debian package brings it

# make bench [KERNEL=FILE LABEL=NAME] [BENCH=PATTERNS] [ITERATIONS=N] [CONF=NAME]: another kernel, some benchmarks, fewer samples
KERNEL      ?=
LABEL       ?= $(basename $(notdir $(KERNEL)))
BENCH       ?=
ITERATIONS  ?=
CONF        ?=
KIND        := $(COMP)-$(CFP)$(if $(filter 1,$(DEBUG)),-debug)
KN          := $(PYTHON) scripts/kn

# A label is the name of a folder; that of another kernel is not for figures of this one
$(if $(or $(findstring /,$(LABEL)),$(filter .%,$(LABEL)),$(word 2,$(LABEL))),$(call refuse,LABEL=$(LABEL) is not a plain name))
$(if $(KERNEL),,$(if $(filter nova-%,$(LABEL)),$(call refuse,LABEL=$(LABEL) names figures of another kernel: give its file as KERNEL=FILE)))
$(if $(filter bench bench-record bench-cet bench-cfp bench-trace,$(MAKECMDGOALS)),$(if $(filter unknown,$(or $(LABEL),$(RELEASE))),\
  $(call refuse,neither git nor VERSION says which release this is: give RELEASE=NAME or LABEL=NAME)))
SUBSET      := $(BENCH)$(ITERATIONS)
RESULTS     := $(if $(SUBSET),build/)results/$(or $(LABEL),$(RELEASE))
MACHINE_x86_64  := qemu-q35-icount
MACHINE_aarch64 := qemu-virt-icount
# $(call result,ARCH): file of one architecture's result, without .json
result       = $(RESULTS)/$(MACHINE_$1)/$(or $(CONF),$1$(if $(KERNEL),,-$(KIND)))
RESULT      := $(call result,$(ARCH))

deps:
	@scripts/deps --arch '$(ARCHES)'
	$(if $(filter aarch64,$(ARCHES)),@echo "GRUB for aarch64: $$(scripts/grub-arm64)")

TOOLS       := tools-build tools-bench tools-bench-cet tools-image tools-check tools-fuzz tools-coverage
$(TOOLS): tools-%:
	@scripts/deps --check $* $(COMP) $(ARCH)

check-tools: tools-check

# One architecture: its table and chart. Several: one table and one chart of all; each is measured by a make of its own.
bench-record: tools-bench $(if $(KERNEL),,$(KELF)) $O/bench/bench.elf
	$Q$(KN) run -q --kernel '$(or $(KERNEL),$(KELF))' --root $O/bench/bench.elf $(if $(BENCH),--bench $(call quoted,$(BENCH))) \
	  $(if $(ITERATIONS),--iterations '$(ITERATIONS)') $(if $(LABEL),--label '$(LABEL)') --release '$(or $(LABEL),$(RELEASE))' \
	  -o '$(RESULT).json'
	$Q$(KN) plot '$(RESULT).json' > /dev/null

ifeq ($(words $(ARCHES)),1)
bench: bench-record
	$Q$(KN) show '$(RESULT).json'
	@printf '\nRecorded: %s\n' '$(RESULT).json'
	@printf 'Chart:    %s\n' '$(RESULT).svg' '$(RESULT).png'
else
bench:
	@scripts/deps --check bench $(COMP) x86_64
	$Qfor a in $(ARCHES); do \
	  if why=$$(scripts/deps --check bench $(COMP) $$a 2>&1); then $(MAKE) --no-print-directory ARCH=$$a bench-record || exit; \
	  else printf '%s\nWithout them, %s is not measured.\n\n' "$$why" $$a >&2; fi; done
	$Qset --; $(foreach a,$(ARCHES),scripts/deps --check bench $(COMP) $a 2> /dev/null && set -- "$$@" '$(call result,$a).json';) \
	  $(KN) show "$$@" && printf '\n' && printf 'Recorded: %s\n' "$$@" && \
	  $(KN) plot -o '$(RESULTS)/$(KIND)' "$$@" | sed 's/^/Chart:    /'
endif

# make release VERSION=YY.WW.N: results of both compilers and architectures, a summary, the section of CHANGES.md; no commit, no tag. It can be
# started again: what is recorded stays.
release:
	$(if $(VERSION),,$(call refuse,make release wants VERSION=YEAR.WEEK.NUMBER))
	@for a in x86_64 aarch64; do for c in gcc clang; do scripts/deps --check bench $$c $$a && scripts/deps --check bench-cet $$c $$a || exit; done; done
	$Q$(KN) release '$(VERSION)'

# make gate: a whole run against results/expected; UPDATE='why': these figures are the expected ones from now on
GATE        := build/gate/$(MACHINE_$(ARCH))/$(ARCH)-$(KIND)
UPDATE      ?=
gate: tools-bench $(KELF) $O/bench/bench.elf
	$Q$(KN) run -q --kernel $(KELF) --root $O/bench/bench.elf --release '$(RELEASE)' -o '$(GATE).json'
	$Q$(KN) gate $(if $(UPDATE),--update --reason $(call quoted,$(UPDATE))) '$(GATE).json'

# Stages of a round trip: the same kernel without trace points and with them. EMULATOR=bochs: on that one
TRACE_ON    := $(or $(EMULATOR),qemu)
TRACE       := build/results/$(RELEASE)/trace-$(TRACE_ON)/$(or $(CONF),$(ARCH)-$(KIND))

bench-trace: $(if $(filter bochs,$(TRACE_ON)),tools-bench-cet,tools-bench) $(KELF) $O/bench/bench.elf
	$Q$(KN) run -q --kernel $(KELF) --root $O/bench/bench.elf --emulator '$(TRACE_ON)' --release '$(RELEASE)' \
	  --bench 'ipc.same.w1,ipc.same.w64,ipc.cross.w1,ipc.cross.w64' $(if $(ITERATIONS),--iterations '$(ITERATIONS)') -o '$(TRACE)-plain.json'
	$Q$(KN) run -q --kernel $(KELF) --root $O/bench/bench.elf --emulator '$(TRACE_ON)' --release '$(RELEASE)' --append 'serial trace=ipc' \
	  --bench 'trace.*' $(if $(ITERATIONS),--iterations '$(ITERATIONS)') -o '$(TRACE)-traced.json'
	$Q$(KN) show --stages '$(TRACE)-plain.json' '$(TRACE)-traced.json'

# One page of everything that is recorded of a release (LABEL=, else the youngest one)
report: tools-bench
	$Q$(KN) report $(if $(LABEL),'results/$(LABEL)')

# The kernels of all levels of control-flow protection. What runs on them, the benchmark root task, does not depend on the level.
LEVELS      := none branch return full
LEVEL_ELF    = $(foreach l,$(LEVELS),$l=$(call level,$l)/kilonova.elf)
LEVELS_OF   := $(ARCH)-$(COMP)$(if $(filter 1,$(DEBUG)),-debug)

$(addprefix kernel-,$(LEVELS)): kernel-%:
	$Q$(MAKE) --no-print-directory CFP=$* $(call level,$*)/kilonova.elf

# make bench-cfp: what control-flow protection costs. x86_64, EMULATOR=qemu: only what is left of it without CET. bench-cet: the same
CET_RESULTS := $(if $(SUBSET),build/)results/$(or $(LABEL),$(RELEASE))
CET_ON      := $(or $(EMULATOR),$(if $(filter x86_64,$(ARCH)),bochs,qemu))
ROUNDS      ?= 2
bench-cet: bench-cfp
bench-cfp: $(if $(filter bochs,$(CET_ON)),tools-bench-cet,tools-bench) $(addprefix kernel-,$(LEVELS)) $O/bench/bench.elf
	$Q$(KN) cfp $(LEVEL_ELF) --root $O/bench/bench.elf --emulator '$(CET_ON)' --rounds '$(ROUNDS)' $(if $(BENCH),--bench $(call quoted,$(BENCH))) \
	  $(if $(ITERATIONS),--iterations '$(ITERATIONS)') $(if $(LABEL),--label '$(LABEL)') --configuration '$(LEVELS_OF)' -o '$(CET_RESULTS)'

# make image: a menu with all of them, for a CD or a USB stick; make netboot: for a TFTP server (doc/bare-metal.md)
IMAGE       := build/$(ARCH)/$(COMP)/kilonova-bench$(if $(filter 1,$(DEBUG)),-debug).iso
NETBOOT     := build/$(ARCH)/$(COMP)/netboot$(if $(filter 1,$(DEBUG)),-debug)

image: tools-image $(addprefix kernel-,$(LEVELS)) $O/bench/bench.elf
	$Q$(KN) image -o $(IMAGE) --release '$(RELEASE)' --configuration '$(LEVELS_OF)' --root $O/bench/bench.elf $(LEVEL_ELF)
	@echo 'Image: $(IMAGE)'

netboot: tools-image $(addprefix kernel-,$(LEVELS)) $O/bench/bench.elf
	$Q$(KN) image --network -o $(NETBOOT) --release '$(RELEASE)' --configuration '$(LEVELS_OF)' --root $O/bench/bench.elf $(LEVEL_ELF)
	@echo 'Folder: $(NETBOOT)'

.PHONY: bench-cet bench-cfp image netboot check-image $(addprefix kernel-,$(LEVELS))

# What only one architecture has, and tests that are the same for all: they run with that one
ONLY_x86_64 := agents check-fuzz check-host check-kn coverage fuzz fuzz-keep fuzzers host-tests
ONLY_aarch64 := check-sizes
$(foreach a,x86_64 aarch64,$(if $(filter $a,$(ARCH)),,$(foreach g,$(filter $(ONLY_$a),$(MAKECMDGOALS)),$(call refuse,make $g is for ARCH=$a only))))
$(if $(filter bochs,$(EMULATOR)),$(if $(filter x86_64,$(ARCH)),,$(call refuse,EMULATOR=bochs is for ARCH=x86_64 only: Bochs is a PC)))

# Tests ----------------------------------------------------------------------------------------------------------------
# Each check-X leaves "PASSED FAILED" in $(SUMMARY)/X; check-total adds them up. All of them with $(COMP).

# Those of one architecture. What is the same for all - the host tests, the parsers, the scripts - runs with x86_64's.
CHECKS_x86_64  := check-sources check-cfp check-host check-fuzz check-kn check-bench check-wcet check-boot check-image
CHECKS_aarch64 := check-sources check-cfp check-sizes check-bench check-wcet check-boot check-image
LEAVE       ?=
CHECKS      := $(filter-out $(LEAVE),$(CHECKS_$(ARCH)))

# LEAVE='check-X check-Y': all but these; BOOTS='smp*|abuse*': of check-boot, these (ONLY means other suites, too)
# All checks of all architectures run, whatever one of them finds; the total decides. One after the other, each with JOBS compilers or tests at
# a time.
check:
	@for a in $(ARCHES); do scripts/deps --check check $(COMP) $$a || exit; done
	@rm -rf $(SUMMARIES)
	@for a in $(ARCHES); do $(MAKE) $(PARALLEL) --no-print-directory ARCH=$$a check-arch || { mkdir -p $(SUMMARIES)/$$a; echo 0 1 > $(SUMMARIES)/$$a/build; }; done
	@printf '\n'; $(MAKE) --no-print-directory check-total

check-arch: all roots
	@for c in $(CHECKS); do printf '\n== %s, %s\n' $$c $(ARCH); $(MAKE) --no-print-directory $$c || mkdir -p $(SUMMARY) && \
	  test -s $(SUMMARY)/$${c#check-} || echo 0 1 > $(SUMMARY)/$${c#check-}; done

# Sources: style, headers that compile alone, documentation that follows the interface headers
check-sources: tools-check
	@$(PYTHON) -B scripts/abi-tables --check doc/interface.md
	@$(PYTHON) -B scripts/check --arch $(ARCH) --flags '$(CC) $(KFLAGS)' --summary $(SUMMARY)/sources

# Control-flow protection of all levels, from their code and relocations
check-cfp: tools-check
	@for l in $(LEVELS); do $(MAKE) --no-print-directory CFP=$$l relocs || exit; done
	@$(PYTHON) -B scripts/cfp --compiler $(COMP) --objdump $(PREFIX)objdump --image $(notdir $(KELF)) --summary $(SUMMARY)/cfp \
	  $(foreach l,$(LEVELS),$l=$(call level,$l)/$(notdir $(KRELOCS)))

check-kn: tools-check
	$Q$(PYTHON) -B test/tools/run.py --jobs $(JOBS) --summary $(SUMMARY)/kn

# The suite itself: the same figures twice, none above results/expected, a delay found where it is
check-bench: tools-check $(KELF) $O/bench/bench.elf
	$Q$(PYTHON) -B test/bench/run.py --kernel $(KELF) --root $O/bench/bench.elf --configuration '$(ARCH)-$(KIND)' --release '$(RELEASE)' \
	  --output build/check-bench/$(ARCH)-$(KIND) --jobs $(JOBS) --summary $(SUMMARY)/bench

# What boot tests boot besides: drivers of UEFI firmware, kernels that break the rules of CFP
BOOT_MORE   := $(if $(filter x86_64,$(ARCH)),agents)
BOOT_BOARDS := $(if $(filter aarch64,$(ARCH)),acpi)
BOOT_CFP    := branch return full

# What runs on the kernel is the same with DEBUG=1
BOOT_ROOTS  := $(patsubst %-debug,%,$O)

check-boot: tools-check $(KELF) $(IMAGES)
	@$(MAKE) --no-print-directory DEBUG=0 roots $(BOOT_MORE)
	$Qscripts/patches $(KELF) > $O/patches.txt
	@for b in $(BOOT_BOARDS); do $(MAKE) --no-print-directory BOARD=$$b all || exit; done
	@for l in $(BOOT_CFP); do $(MAKE) --no-print-directory CFP=$$l violate || exit; done
	$Q$(PYTHON) -B test/boot/run.py --arch $(ARCH) --kernel $(KELF) --objects $(BOOT_ROOTS) --jobs $(JOBS) --summary $(SUMMARY)/boot \
	  $(if $(filter 1,$(DEBUG)),--debug) $(if $(or $(ONLY),$(BOOTS)),--only '$(or $(ONLY),$(BOOTS))') $(if $(SKIP),--skip '$(SKIP)')

check-image: tools-check image netboot
	$Q$(PYTHON) -B test/boot/image.py --image $(IMAGE) --network $(NETBOOT) --configuration $(LEVELS_OF) --jobs $(JOBS) --summary $(SUMMARY)/image \
	  $(if $(ONLY),--only '$(ONLY)') $(LEVEL_ELF)

# By hand, for long: abuse and conformance, boot after boot with fresh seeds. SEED=N: that one, once on each machine; ON='*2 CPUs*': some machines
MINUTES     ?= 10
SEED        ?=
ON          ?=
soak: tools-check $(KELF) $(IMAGES) roots
	$Q$(MAKE) --no-print-directory DEBUG=1 all
	$Q$(PYTHON) -B test/boot/soak.py --arch $(ARCH) --kernel $(KELF) --debug-kernel $(patsubst %-debug,%,$O)-debug/kilonova.elf --objects $O \
	  --minutes '$(MINUTES)' $(if $(SEED),--seed '$(SEED)') $(if $(ON),--on '$(ON)')

.PHONY: bench-record bench-trace check-arch gate release report soak $(TOOLS) check-tools check-sources check-cfp check-kn check-bench check-boot

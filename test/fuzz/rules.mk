# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzzing. $(call fuzz-target,NAME,SOURCES) makes the program $H/fuzz/NAME from test/fuzz/NAME.c, SOURCES and what they
# need of HOST_LIB. make check-fuzz replays test/fuzz/corpus/NAME with it; make fuzz links it with libFuzzer instead.

# make fuzz [TARGET=NAMES] [MINUTES=N]
TARGET      ?= $(notdir $(FUZZERS))
MINUTES     ?= 1
$(if $(filter fuzz,$(MAKECMDGOALS)),$(if $(shell [ '$(MINUTES)' -ge 1 ] 2> /dev/null && echo y),,$(call refuse,MINUTES=$(MINUTES) is not a number above 0)))
FUZZ_MAIN   := $(if $(findstring fuzzer,$(SANITIZE)),,test/fuzz/replay.c)
FUZZERS     :=

define fuzz-target
FUZZERS  += $H/fuzz/$1
HOST_SRC += test/fuzz/$1.c test/fuzz/image.c $(FUZZ_MAIN) $2
$H/fuzz/$1: $(call HOST_OBJ,test/fuzz/$1.c test/fuzz/image.c $(FUZZ_MAIN) $2) $H/libhost.a $H/host.list
	$$(call say,HOSTLD,$$@)
	@mkdir -p $$(@D)
	$$Q$$(HOST_CC) $$(HOST_LDFLAGS) $$(filter %.o %.a,$$^) -lcmocka -o $$@
endef

$(eval $(call fuzz-target,acpi,$(ACPI)))
$(eval $(call fuzz-target,multiboot,kernel/multiboot.c kernel/fdt.c))
$(eval $(call fuzz-target,elf,kernel/elf.c))
$(eval $(call fuzz-target,cmdline,kernel/cmdline.c))
$(eval $(call fuzz-target,fdt,kernel/fdt.c arch/aarch64/platform_fdt.c))

$H/test/fuzz/%.o: HOST_FLAGS := -Itest/fuzz $(HOST_FLAGS)

fuzzers: $(FUZZERS)

check-fuzz: $(FUZZERS)
	@mkdir -p $(SUMMARY)
	@$(PYTHON) test/host/run.py $(COMP) $(SUMMARY)/fuzz $(JOBS) $(FUZZERS)

# New inputs go to build/fuzz/corpus, inputs that fail to build/fuzz/found; nothing but a copy changes the committed corpus
FUZZ_DIR    := build/fuzz
FUZZ_FLAGS  := -timeout=20 -max_len=8192 -use_value_profile=1 -print_final_stats=1 -verbosity=0

fuzz: tools-fuzz
	$Q$(MAKE) --no-print-directory COMP=clang H=$(FUZZ_DIR) SANITIZE=fuzzer,address,undefined $(TARGET:%=$(FUZZ_DIR)/fuzz/%)
	@for t in $(TARGET); do printf '\n== fuzz %s, %s min\n' $$t $(MINUTES); mkdir -p $(FUZZ_DIR)/corpus/$$t $(FUZZ_DIR)/found; \
	  $(FUZZ_DIR)/fuzz/$$t $(FUZZ_FLAGS) -max_total_time=$$(($(MINUTES) * 60)) -artifact_prefix=$(FUZZ_DIR)/found/$$t- \
	    $(FUZZ_DIR)/corpus/$$t test/fuzz/corpus/$$t || exit 1; done

# Adds those of build/fuzz/corpus that run code which nothing of the committed corpus runs
fuzz-keep: tools-fuzz
	@for t in $(TARGET); do rm -rf $(FUZZ_DIR)/merged; cp -r test/fuzz/corpus/$$t $(FUZZ_DIR)/merged && \
	  $(FUZZ_DIR)/fuzz/$$t -merge=1 -max_len=2048 -use_counters=0 $(FUZZ_DIR)/merged $(FUZZ_DIR)/corpus/$$t 2> /dev/null || exit 1; \
	  for f in $(FUZZ_DIR)/merged/*; do n=$${f##*/}; test -e test/fuzz/corpus/$$t/$$n || \
	    cp -v $$f test/fuzz/corpus/$$t/found-$$(echo $$n | cut -c 1-10); done; done

# What of the kernel the host tests and the corpus run: a summary here, each line in build/coverage/index.html
COVERAGE    := build/coverage
coverage: tools-coverage
	@mkdir -p $(COVERAGE) && find $(COVERAGE) -name '*.gcda' -delete
	$Q$(MAKE) --no-print-directory COMP=gcc H=$(COVERAGE)/obj SANITIZE= PROFILE=--coverage check-host check-fuzz
	@gcovr --root . --filter kernel/ --filter arch/ --exclude-unreachable-branches --print-summary \
	  --txt $(COVERAGE)/summary.txt --html-details $(COVERAGE)/index.html $(COVERAGE)/obj && cat $(COVERAGE)/summary.txt
	@for f in $(filter %.c,$(GEN) $(SPEC)); do grep -qE "^$$f( |$$)" $(COVERAGE)/summary.txt || echo $$f; done | \
	  xargs echo 'In no host test:' | fold -s -w 100
	@echo 'Lines in colour: $(COVERAGE)/index.html'

.PHONY: fuzzers check-fuzz fuzz fuzz-keep coverage

# SPDX-License-Identifier: GPL-2.0-only
#
# Kilonova: one Makefile, no recursion in the build. Settings come from the command line, then Makefile.conf (see Makefile.conf.example).
# Every compiled thing lands under build/$(ARCH)/$(COMP)/$(CFP)[-$(BOARD)][-debug]/, named by its source path.

-include Makefile.conf

# make bench and make check do both where nobody says which
ARCHES      := $(if $(filter undefined,$(origin ARCH)),$(if $(KERNEL),x86_64,x86_64 aarch64),$(ARCH))
ARCH        ?= x86_64
COMP        ?= gcc
CFP         ?= none
BOARD       ?= $(if $(filter aarch64,$(ARCH)),qemu)
DEBUG       ?= 0
WERROR      ?= $(if $(CI),1,0)
KMEM_MIB    ?= 32
JOBS        ?= $(shell nproc)
V           ?= 0

MAKEFLAGS   += --no-builtin-rules --no-builtin-variables
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# make help helps, whatever the settings are
refuse       = $(if $(filter help,$(MAKECMDGOALS)),,$(error $1))
choice       = $(if $(filter $($1),$2),,$(call refuse,$1=$($1) is not one of: $2))
$(call choice,ARCH,x86_64 aarch64)
$(call choice,COMP,gcc clang)
$(call choice,CFP,none branch return full)
$(call choice,DEBUG,0 1)
$(if $(and $(filter command,$(origin BOARD)),$(filter 0,$(MAKELEVEL)),$(filter x86_64,$(ARCH)),$(filter-out bench check deps,$(or $(MAKECMDGOALS),all))),\
  $(call refuse,BOARD=$(BOARD) is for ARCH=aarch64 only))
$(if $(shell [ '$(KMEM_MIB)' -ge 1 ] 2> /dev/null && [ '$(KMEM_MIB)' -le 509 ] && echo y),,$(call refuse,KMEM_MIB=$(KMEM_MIB) is not a number from 1 to 509))
$(if $(filter undefined file,$(origin JOBS)),,$(if $(shell [ '$(JOBS)' -ge 1 ] 2> /dev/null && echo y),,$(call refuse,JOBS=$(JOBS) is not a number above 0)))

# Where a level of CFP is built, and this one; a board that is not the default has folders of its own
level        = build/$(ARCH)/$(COMP)/$1$(if $(filter aarch64,$(ARCH)),$(addprefix -,$(filter-out qemu,$(BOARD))))$(if $(filter 1,$(DEBUG)),-debug)
O           := $(call level,$(CFP))
Q           := $(if $(filter 1,$V),,@)
# One short line for each step; none with make -s
silent      := $(findstring s,$(filter-out -% %=%,$(firstword $(MAKEFLAGS))))
# So many jobs for a make below, unless this one was given a number (-j)
PARALLEL     = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
say          = @$(if $(silent),:,printf '  %-7s %s\n' '$1' '$2' >&2)

# $(call quoted,TEXT): one word of the shell, apostrophes and all
quoted       = '$(subst ','\'',$1)'

# Toolchain ------------------------------------------------------------------------------------------------------------

PREFIX_x86_64 ?=
PREFIX_aarch64 ?= $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
PREFIX      := $(PREFIX_$(ARCH))
CC          := $(if $(filter clang,$(COMP)),clang --target=$(ARCH)-linux-gnu,$(PREFIX)gcc)
LD          := $(PREFIX)ld
OBJCOPY     := $(PREFIX)objcopy
PYTHON      := /usr/bin/python3

RELEASE     := $(shell scripts/release)
find         = $(sort $(foreach e,$2,$(shell find $1 -name '*.$e' 2>/dev/null)))

# What the compiler has is asked once each time, in a file that make itself remakes and then starts over with. So `make deps bench`
# can install the compiler first. Goals that compile nothing do without.
ifneq ($(filter-out deps help clean overrides tools-% check-tools fuzz fuzz-keep coverage,$(or $(MAKECMDGOALS),all)),)
# It is there from the start, if empty: make would complain of the missing file after saying what is to be done.
$(if $(shell mkdir -p $O 2> /dev/null && : 2> /dev/null >> $O/toolchain.mk && echo y),,$(error $O cannot be written: build in a copy of this tree))
include $O/toolchain.mk
endif

$O/toolchain.mk: FORCE
	@mkdir -p $(@D)
	$(if $(filter deps,$(MAKECMDGOALS)),@scripts/deps --check build $(COMP) $(ARCH) 2> /dev/null || scripts/deps --arch '$(ARCHES)')
	@scripts/deps --check build $(COMP) $(ARCH)
	@scripts/toolchain $(CC) | cmp -s - $@ || scripts/toolchain $(CC) > $@

include $(wildcard arch/$(ARCH)/rules.mk)

WARN        := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wshadow -Wwrite-strings -Wpointer-arith \
               -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Werror=implicit-int -Werror=implicit-function-declaration \
               $(TOOL_WARN) $(if $(filter 1,$(WERROR)),-Werror)
COMMON      := -std=gnu11 -ffreestanding -fno-common -fno-strict-aliasing -fwrapv -fno-pic -fno-stack-protector \
               -fno-asynchronous-unwind-tables -fno-unwind-tables -fomit-frame-pointer -fdata-sections -ffunction-sections -g -MMD -MP \
               -nostdinc -isystem $(TOOL_INCLUDE) $(WARN)

# Kernel: arch/$(ARCH)/F replaces kernel/F ------------------------------------------------------------------------------

# Control-flow protection: of indirect branches, of return addresses, of both
CFP_BRANCH  := $(if $(filter branch full,$(CFP)),1,0)
CFP_RETURN  := $(if $(filter return full,$(CFP)),1,0)

KFLAGS      := $(COMMON) $(ARCH_KFLAGS) -Iarch/$(ARCH) -Ikernel -Wframe-larger-than=1024 -DKMEM_MIB=$(KMEM_MIB) \
               -DDEBUG=$(DEBUG) -DCFP_BRANCH=$(CFP_BRANCH) -DCFP_RETURN=$(CFP_RETURN) -O2
SPEC        := $(call find,arch/$(ARCH),c S)
OVER        := $(basename $(patsubst arch/$(ARCH)/%,kernel/%,$(SPEC)))
GEN         := $(foreach f,$(call find,kernel,c S),$(if $(filter $(basename $f),$(OVER)),,$f))
SPEC        := $(filter-out arch/$(ARCH)/asm-offsets.c,$(SPEC))
KOBJ        := $(patsubst %,$O/%.o,$(basename $(GEN) $(SPEC)))
HDR         := $(call find,kernel arch/$(ARCH),h)
# Headers that stand before another one of that name
HIDING      := $(wildcard $(patsubst arch/$(ARCH)/%,kernel/%,$(filter arch/%,$(HDR))) \
                 $(patsubst kernel/%,$(TOOL_INCLUDE)/%,$(filter kernel/%,$(HDR))) \
                 $(patsubst arch/$(ARCH)/%,$(TOOL_INCLUDE)/%,$(filter arch/%,$(HDR))))
KELF        := $O/kilonova.elf
KRELOCS     := $O/kilonova-relocs.elf

# IMAGES: what boot loaders want instead of the ELF file, from arch/$(ARCH)/rules.mk
all: $(KELF) $(IMAGES)

FORCE:

# $(call stamp,TEXT): a file that changes with TEXT. kernel.stamp compiles all again when a flag changes or a header begins or
# ceases to hide another one; kernel.list links again when an object comes or goes.
stamp        = @mkdir -p $(@D); echo '$1' | cmp -s - $@ || echo '$1' > $@

$O/kernel.stamp: FORCE
	$(call stamp,$(CC) $(KFLAGS) $(HIDING))
$O/kernel.list: FORCE
	$(call stamp,$(LD) $(ARCH_LDFLAGS) $(KERNEL_LDFLAGS) $(KOBJ))

$O/asm-offsets.h: arch/$(ARCH)/asm-offsets.c $O/kernel.stamp
	$(call say,GEN,$@)
	$Q$(CC) $(KFLAGS) -g0 -MF $O/asm-offsets.d -MT $@ -S $< -o $O/asm-offsets.s
	$Qsed -n 's/^.*->\([A-Z0-9_]*\) [$$#]*\(-*[0-9]*\).*$$/#define \1 \2/p' $O/asm-offsets.s > $@

$O/kernel/%.o $O/arch/%.o: KIND := kernel
$O/kernel/%.o: kernel/%.c $O/kernel.stamp
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -c $< -o $@
$O/arch/%.o: arch/%.c $O/kernel.stamp
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -c $< -o $@
$O/arch/%.o: arch/%.S $O/kernel.stamp $O/asm-offsets.h
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(KFLAGS) -D__ASSEMBLY__ -I$O -c $< -o $@

$O/kernel.ld: kernel/kernel.ld $O/kernel.stamp
	$Q$(CC) $(KFLAGS) -D__ASSEMBLY__ -x c -E -P -MF $O/kernel.ld.d -MT $@ $< -o $@

# $(call build-record,WORDS,FLAGS): a line of C for section .build, which is in the ELF file and never in memory. It says what the file was
# made of and how, for scripts/kn (readelf -p .build); flags that cannot change the code are left out.
build-record = '__asm__ (".pushsection .build, \"\"; .ascii \"%s\\\\n\"; .popsection");\n' $(foreach w,$1,'$w') \
               "compiler=$$($(CC) --version | head -n 1)" 'flags=$(strip $(filter-out -W% -I% -M% -nostdinc -isystem $(TOOL_INCLUDE),$2))'

# The build identity is compiled last, so that a new commit relinks and does nothing else
COMMIT      := $(shell scripts/release --commit)
$O/release.stamp: FORCE
	$(call stamp,$(RELEASE) $(COMMIT))
$O/release.o: $O/release.stamp $O/kernel.stamp
	$Q{ printf 'extern char const release[], compiler[];\nchar const release[] = "%s";\nchar const compiler[] = "%s";\n' \
	  '$(RELEASE)' "$$($(CC) --version | head -n 1)"; printf $(call build-record,commit=$(COMMIT) cfp=$(CFP),$(KFLAGS)); } | \
	  $(CC) $(filter-out -MMD -MP,$(KFLAGS)) -x c -c - -o $@

$(KELF) $(KRELOCS): $(KOBJ) $O/release.o $O/kernel.ld $O/kernel.list
	$(call say,LD,$@)
	$Q$(LD) $(ARCH_LDFLAGS) $(KERNEL_LDFLAGS) -static -n --gc-sections --fatal-warnings $(LINK_MORE) -T $O/kernel.ld $(KOBJ) $O/release.o -o $@
# The same once more, with its relocations, for scripts that want to know what refers to what
$(KRELOCS): LINK_MORE := --emit-relocs
relocs: $(KELF) $(KRELOCS)

kernel-path: $(KELF)
	@echo $(abspath $(KELF))

# Root tasks: $(call root-task,NAME,SOURCES,FLAGS,MORE) makes $O/NAME.elf from SOURCES and the runtime in user/; FLAGS: none or -I...
# MORE: sources of other root tasks that it has, too. They do not say of which commit they are: the same sources give the same file.

UFLAGS      := $(COMMON) $(ARCH_UFLAGS) -Iuser/$(ARCH) -Iuser -Iarch/$(ARCH) -Ikernel -O2
# The kernel's readers of what firmware has left are the runtime's as well
USHARED     := kernel/fdt.c kernel/pci_uart.c kernel/smbios.c $(wildcard kernel/acpi/*.c)
ULIB        := $(patsubst %,$O/%.o,$(basename $(wildcard user/*.[cS] user/$(ARCH)/*.[cS]))) $(patsubst %.c,$O/user/%.o,$(USHARED))
ROOTS       :=
ROOT_OBJ    :=

$O/user.stamp: FORCE
	$(call stamp,$(CC) $(UFLAGS))
$O/user/build.o: $O/user.stamp
	@mkdir -p $(@D)
	$Qprintf $(call build-record,,$(UFLAGS)) | $(CC) $(filter-out -MMD -MP,$(UFLAGS)) -x c -c - -o $@
$O/user.list: FORCE
	$(call stamp,$(LD) $(ARCH_LDFLAGS) $(ULIB) $(ROOT_OBJ))
$O/user/%.o: user/%.c $O/user.stamp
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(UFLAGS) -c $< -o $@
$O/user/kernel/%.o: kernel/%.c $O/user.stamp
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(UFLAGS) -c $< -o $@
$O/user/%.o: user/%.S $O/user.stamp
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(UFLAGS) -D__ASSEMBLY__ -Wa,--noexecstack -c $< -o $@

define root-task
ROOTS += $O/$1.elf
OBJ_$1 := $$(patsubst %,$O/%.o,$$(basename $2 $4))
ROOT_OBJ += $$(OBJ_$1)
$$(patsubst %.c,$O/%.o,$$(filter %.c,$2)): $O/%.o: %.c $O/user.stamp
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$Q$$(CC) $3 $$(UFLAGS) -c $$< -o $$@
$$(patsubst %.S,$O/%.o,$$(filter %.S,$2)): $O/%.o: %.S $O/user.stamp
	$$(call say,AS,$$<)
	@mkdir -p $$(@D)
	$$Q$$(CC) $3 $$(UFLAGS) -D__ASSEMBLY__ -Wa,--noexecstack -c $$< -o $$@
$O/$1.elf: $$(OBJ_$1) $$(ULIB) $O/user/build.o user/$(ARCH)/root.ld $O/user.list
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$Q$$(LD) $$(ARCH_LDFLAGS) -static --gc-sections --fatal-warnings -T user/$(ARCH)/root.ld $$(OBJ_$1) $$(ULIB) $O/user/build.o -o $$@
-include $$(OBJ_$1:.o=.d)
endef

include $(wildcard user/rules.mk bench/rules.mk test/rules.mk scripts/rules.mk)

roots: $(ROOTS)

# Inspection -----------------------------------------------------------------------------------------------------------

overrides:
	@for f in $(patsubst arch/$(ARCH)/%,%,$(call find,arch/$(ARCH),h)); do test -e kernel/$$f && echo arch/$(ARCH)/$$f; done; \
	for f in $(basename $(patsubst arch/$(ARCH)/%,%,$(SPEC))); do ls kernel/$$f.c kernel/$$f.S 2> /dev/null; done; true

clean:
	$Qrm -rf build

help:
	@cat doc/make-help.txt

.PHONY: all FORCE relocs kernel-path roots overrides clean help deps bench check
-include $(KOBJ:.o=.d) $(ULIB:.o=.d) $O/asm-offsets.d $O/kernel.ld.d

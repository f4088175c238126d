# SPDX-License-Identifier: GPL-2.0-only
# The benchmark root task: bench/*.c and what bench/$(ARCH) adds
$(eval $(call root-task,bench/bench,$(wildcard bench/*.[cS] bench/$(ARCH)/*.[cS]),-Ibench/$(ARCH) -Ibench))

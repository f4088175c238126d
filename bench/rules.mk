# SPDX-License-Identifier: GPL-2.0-only
# The benchmark root task: bench/*.c, its folders, and what bench/$(ARCH) adds
$(eval $(call root-task,bench/bench,$(wildcard bench/*.[cS] bench/cos/*.c bench/guest/*.c bench/$(ARCH)/*.[cS]),-Ibench/$(ARCH) -Ibench))

# SPDX-License-Identifier: GPL-2.0-only
# The conformance root task: test/root/*.c and what test/root/$(ARCH) adds
$(eval $(call root-task,test/root/conformance,$(wildcard test/root/*.[cS] test/root/$(ARCH)/*.[cS]),-Itest/root/$(ARCH) -Itest/root))

# SPDX-License-Identifier: GPL-2.0-only
# The abuse root task: its own themes, which come first, and then all those of the conformance root task
ifneq ($(wildcard test/abuse/$(ARCH)),)
$(eval $(call root-task,test/abuse/abuse,$(wildcard test/abuse/*.[cS] test/abuse/$(ARCH)/*.[cS]),-Itest/abuse/$(ARCH) -Itest/abuse \
  -Itest/root/$(ARCH) -Itest/root,$(wildcard test/root/*.[cS] test/root/$(ARCH)/*.[cS])))
endif

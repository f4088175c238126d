# SPDX-License-Identifier: GPL-2.0-only
# The example of doc/first-root-task.md
$(eval $(call root-task,user/example/hello,user/example/hello.c))

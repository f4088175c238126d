/* SPDX-License-Identifier: GPL-2.0-only */
/* Identity of this build, made by the Makefile. */
#pragma once

extern char const release[], compiler[];

/* SPDX-License-Identifier: GPL-2.0-only */
/* The compilers place a landing pad in every function that a pointer may lead to, without being told. */
#pragma once

#define INDIRECT_TARGET
#define INDIRECT_NEVER

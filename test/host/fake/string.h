/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel sources that run on the host get the host's string functions. #include_next would find kernel/string.h first;
 * no other directory of the search path has a sibling named include with such a file than the system's own.
 */
#pragma once

#include <../include/string.h>

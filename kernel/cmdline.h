/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the kernel command line: "flag" or "key=value", separated by blanks. The first word may be a file name. */
#pragma once

#include <base/types.h>

void cmdline_set (char const *text);                    /* copied, cut at CMDLINE_MAX                               */
bool cmdline_flag (char const *name);                   /* is the word present?                                     */
bool cmdline_value (char const *name, char const **value, size_t *length);  /* points into the copy                 */
bool cmdline_is (char const *name, char const *text);   /* has it this value?                                       */

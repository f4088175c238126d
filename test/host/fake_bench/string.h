/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's, and what user/string.h has besides */
#pragma once

#include_next <string.h>

void string_copy (char *, char const *, size_t size);

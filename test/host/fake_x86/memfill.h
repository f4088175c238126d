/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic loop: unlike REP STOSQ, the address sanitizer sees it. */
#pragma once

#include <../../kernel/memfill.h>

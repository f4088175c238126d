/* SPDX-License-Identifier: GPL-2.0-only */
/* Message Transfer Descriptor of regular IPC (interface specification, 4.4.1). Shared with user space. */
#pragma once

#include <stdint.h>
#include <abi/mtd_arch.h>

#define UTCB_WORDS      512                             /* message words in a UTCB                              */
#define MTD_WORDS_MASK  UINT32_C (0x1ff)                /* bits 8...0: number of message words, minus one       */

/* Descriptor for 1 <= words <= UTCB_WORDS message words */
static inline uint32_t mtd_words (unsigned words) { return (words - 1) & MTD_WORDS_MASK; }

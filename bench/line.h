/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of the protocol in doc/line-protocol.md. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One line: KN1 KIND PAYLOAD *CRC. Values must have no spaces: line_word () helps. */
void line (char const *kind, char const *fmt, ...) __attribute__ ((format (printf, 2, 3)));

/* Copies text, with ~ for each blank and each byte that is not printable ASCII; - if it is empty. Returns buf. */
char const *line_word (char *buf, size_t size, char const *text);

/* Samples of a benchmark, run-length encoded, on as many lines of that kind as it takes; key=word says which, if key is not null */
void line_samples (char const *kind, char const *name, char const *key, char const *word, int64_t const *sample, unsigned count);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes flattened device trees for tests: nodes and properties in order, then the whole blob. */
#pragma once

#include <host.h>

struct fdt_blob { uint8_t *data; size_t size; };

void blob_begin (char const *node);                     /* the first one is the root, ""                            */
void blob_cells (char const *prop, unsigned count, ...);        /* uint32_t each                                    */
void blob_text  (char const *prop, char const *strings, size_t size);   /* with its terminators                     */
void blob_nop   (void);
void blob_end   (void);

#define blob_string(prop, s) blob_text (prop, s, sizeof (s))

/* The blob in memory of its own, of exactly its size: who reads behind it is caught. The caller frees data. */
struct fdt_blob blob_finish (void);
